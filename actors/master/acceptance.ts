/**
 * Acceptance: what becomes of offers that a scheduler accepts. Every task is launched or refused with a
 * reason, and what the tasks leave unused returns at once. Decisions only.
 */
import type { AgentId, LaunchId, OfferId, Role } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import type { Offer, SchedulerCall } from '../protocol/scheduler.js'
import type { StatusUpdate, TaskInfo } from '../protocol/task.js'
import { isEmpty, subtract, sum, type Resources } from '../resources/resources.js'
import { executorKey, newId, type ExecutorRecord, type FrameworkRecord } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { giveBack, refusal } from './offering.js'
import { taskProblem } from './validation.js'

type Accept = Extract<SchedulerCall, { type: 'accept' }>

export function onAccept(knowledge: Knowledge, call: Accept): Decision {
  const { cluster, present } = knowledge
  const framework = cluster.frameworks.get(call.frameworkId)
  if (!framework) return NOTHING
  const found = [...new Set(call.offerIds)].map((offerId) => present.offers.get(offerId)?.offer)
  const own = found.filter((offer): offer is Offer => offer?.frameworkId === call.frameworkId)
  const problem = offersProblem(call.offerIds, own)
  if (problem) return refuseAll(knowledge, framework, call, own, problem)
  return launch(knowledge, framework, call, own)
}

/** Offers are spent together only when all stand, and all are of one agent and one role. */
function offersProblem(asked: readonly OfferId[], own: readonly Offer[]): string | undefined {
  const first = own[0]
  if (!first || own.length < asked.length) return 'an offer no longer stands, or is named twice; wait for new offers'
  if (own.some((offer) => offer.agentId !== first.agentId)) {
    return 'the offers are of different agents; accept each agent\'s on their own'
  }
  const isOneRole = own.every((offer) => offer.role === first.role)
  return isOneRole ? undefined : 'the offers are for different roles; accept each role\'s on their own'
}

/** A task that is there was launched by the same words, which have come twice: what becomes of it is told anyway. */
function refuseAll(
  knowledge: Knowledge, { tasks }: FrameworkRecord, call: Accept, own: readonly Offer[], problem: string,
): Decision {
  const scheduler = knowledge.present.schedulers.get(call.frameworkId)?.ref
  const dropped = tasksIn(call).filter(({ taskId }) => !tasks.has(taskId)).flatMap((task) => tell(scheduler, {
    type: 'update', update: refused(knowledge, call, task, 'DROPPED', 'invalid-offers', problem),
  }))
  return combine([decision({ effects: dropped }), ...own.map((offer) => giveBack(offer, 0))])
}

/** What a launch has decided so far. */
interface Progress {
  remaining: Resources
  nextLaunch: number
  readonly executors: Map<string, ExecutorRecord>
  readonly records: LogRecord[]
  readonly effects: Effect[]
}

function launch(knowledge: Knowledge, framework: FrameworkRecord, call: Accept, own: readonly Offer[]): Decision {
  const { cluster, present } = knowledge
  const { agentId, role, offerId } = own[0] as Offer
  const progress: Progress = {
    remaining: sum(own.map((offer) => offer.resources)), nextLaunch: cluster.nextLaunch,
    executors: new Map(), records: [], effects: [],
  }
  const taken = new Set<string>()
  for (const task of tasksIn(call)) {
    const repeated = taken.has(task.taskId) ? `task id '${task.taskId}' is named twice` : undefined
    const running = runningExecutor(knowledge, progress, call, agentId, task)
    const problem = repeated ?? taskProblem(framework, task, progress.remaining, running)
    taken.add(task.taskId)
    if (problem) {
      const update = refused(knowledge, call, task, 'ERROR', 'task-invalid', problem, agentId)
      progress.effects.push(...tell(present.schedulers.get(call.frameworkId)?.ref, { type: 'update', update }))
    } else launchOne(knowledge, progress, call, agentId, role, task)
  }
  const { remaining, records, effects } = progress
  return decision({
    records, effects,
    changes: own.map((offer) => ({ type: 'offer-ended', offerId: offer.offerId, outcome: 'accepted' })),
    allocator: isEmpty(remaining) ? [] : [{
      type: 'recover', frameworkId: call.frameworkId, role, agentId, resources: remaining,
      refuseMs: refusal(call.refuseMs), offerId,
    }],
  })
}

function launchOne(
  knowledge: Knowledge, progress: Progress, call: Accept, agentId: AgentId, role: Role, task: TaskInfo,
): void {
  const { cluster, present, now } = knowledge
  const { frameworkId } = call
  if (task.executor && !runningExecutor(knowledge, progress, call, agentId, task)) {
    const { executorId, resources } = task.executor
    const executor = { frameworkId, agentId, executorId, role, resources }
    progress.executors.set(executorKey(executor), executor)
    progress.records.push({ type: 'executor-launched', ...executor })
    progress.remaining = subtract(progress.remaining, resources)
  }
  const launchId = newId(cluster, `L${progress.nextLaunch++}`) as LaunchId
  progress.remaining = subtract(progress.remaining, task.resources)
  progress.records.push({
    type: 'task-launched', frameworkId, agentId, launchId, role, task, state: 'STAGING', atMs: now,
  })
  progress.effects.push(...tell(present.agents.get(agentId)?.ref, {
    type: 'run-task', epoch: cluster.epoch, frameworkId, launchId, role, task,
  }))
}

function runningExecutor(
  { cluster }: Knowledge, progress: Progress, { frameworkId }: Accept, agentId: AgentId, task: TaskInfo,
): ExecutorRecord | undefined {
  if (!task.executor) return undefined
  const key = executorKey({ agentId, frameworkId, executorId: task.executor.executorId })
  return progress.executors.get(key) ?? cluster.executors.get(key)
}

const tasksIn = (call: Accept): readonly TaskInfo[] => call.operations.flatMap((operation) => operation.tasks)

/** An update of the master's own: sent once, never acknowledged. */
function refused(
  { now }: Knowledge, { frameworkId }: Accept, { taskId }: TaskInfo,
  state: 'ERROR' | 'DROPPED', reason: 'task-invalid' | 'invalid-offers', text: string, agentId?: AgentId,
): StatusUpdate {
  return { frameworkId, taskId, state, source: 'master', reason, text, atMs: now, ...(agentId ? { agentId } : {}) }
}

