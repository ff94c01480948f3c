/** Tasks: what becomes of updates, kills, questions and messages about them. Decisions only. */
import type { Ref } from '../../runtime/address.js'
import type { AgentCall, AgentEvent } from '../protocol/agent.js'
import type { FrameworkId, LaunchId, TaskId } from '../protocol/ids.js'
import type { SchedulerCall } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'
import { executorKey, type Cluster, type ExecutorRecord, type TaskRecord } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { endStray, liveTasksOf } from './ending.js'
import { readIdOf } from './looking.js'
import type { OutputAnswer } from './present.js'
import { onReconcile, stateOf } from './reconciling.js'
import { fitProblem } from './validation.js'

/**
 * An agent had no room for what the books said it had: tasks of a framework that has ended are still dying there.
 * The same room is not offered to the same framework before they may have ended; otherwise both would go on as fast
 * as messages travel.
 */
export const NO_ROOM_REFUSE_MS = 1_000

type FromAgent<T extends AgentCall['type']> = Extract<AgentCall, { type: T }>
type FromScheduler<T extends SchedulerCall['type']> = Extract<SchedulerCall, { type: T }>

/** The scheduler gets every update; the resources are free with the first that is terminal. */
export function onStatus(
  { cluster, present, now }: Knowledge, { agentId, update, latestState }: FromAgent<'task-status'>,
): Decision {
  // Its tasks are over; what it still does is nobody's business.
  if (cluster.goneAgents.has(agentId)) return NOTHING
  const { frameworkId, taskId, state } = update
  // It may have been held up for long, and its agent be dead or forgotten: of what runs there its registration tells,
  // and then this is said again. An end is one whatever becomes of the agent.
  const from = cluster.agents.get(agentId)
  if ((!from || from.unreachableSinceMs !== undefined) && !isTerminal(state)) return NOTHING
  const agent = present.agents.get(agentId)?.ref
  const framework = cluster.frameworks.get(frameworkId)
  if (!framework) {
    // Nobody is left to acknowledge: the agent may forget the framework altogether.
    const ended = cluster.completedFrameworks.has(frameworkId)
    const orders = tell(agent, { type: 'shutdown-framework', epoch: cluster.epoch, frameworkId })
    return ended ? decision({ effects: orders }) : NOTHING
  }
  const task = framework.tasks.get(taskId)
  const scheduler = present.schedulers.get(frameworkId)?.ref
  const forward = tell(scheduler, { type: 'update', update })
  const unheard = scheduler ? [] : [{ type: 'update-unheard', frameworkId, agentId } as const]
  const former = cluster.completedTasks.get(update.launchId ?? '')
  const stray = former && !isTerminal(latestState) ? endStray(cluster, agent, former) : []
  // The master itself has ended it while its agent was away, and that stands; its launch may have come there since.
  if (!task && former && former.state !== state) {
    // What is acknowledged is never told again: whoever is away has to hear of it first.
    if (!scheduler) return decision({ changes: unheard, effects: stray })
    const told = { type: 'update', update: stateOf(frameworkId, taskId, former, now) } as const
    return decision({ effects: [...stray, ...acknowledged(cluster, agent, update), ...tell(scheduler, told)] })
  }
  if (!task) return decision({ changes: unheard, effects: forward })
  if (task.launchId !== update.launchId) {
    return decision({ effects: [...stray, ...acknowledged(cluster, agent, update)] })
  }
  const over = isTerminal(task.state)
  if (over && (update.state !== task.state || update.updateId === task.updateId)) {
    return decision({ changes: unheard, effects: forward })
  }
  const ends = isTerminal(latestState) && !over
  const isSettled = isTerminal(state) && present.settled.get(task.launchId) === update.updateId
  const own = decision({
    records: [
      { type: 'task-changed', frameworkId, taskId, state: latestState, ...toldBy(update, latestState), atMs: now },
      ...(isSettled ? [{ type: 'task-removed', frameworkId, taskId } as const] : []),
    ],
    changes: [
      ...unheard,
      ...(ends && present.kills.has(task.launchId) ? [{ type: 'kill-over', launchId: task.launchId } as const] : []),
    ],
    allocator: ends ? [recoverOf(task, update.reason === 'no-room' ? NO_ROOM_REFUSE_MS : 0)] : [],
    effects: forward,
  })
  return task.state === 'STAGING' ? combine([own, settleExecutor({ cluster, present }, task, ends)]) : own
}

/** A task that was under way brings back the executor that has ended meanwhile, or, as the last one, does not. */
function settleExecutor({ cluster, present }: Books, task: TaskRecord, ends: boolean): Decision {
  const { agentId, frameworkId, task: { taskId, executor } } = task
  if (!executor) return NOTHING
  const { executorId } = executor
  const key = executorKey({ agentId, frameworkId, executorId })
  const gone = present.awaited.get(key)
  if (!gone || gone.has(task.launchId)) return NOTHING
  const changes = [{ type: 'executor-settled', executor: key }] as const
  const holder = cluster.executors.get(key)
  if (!ends || !holder) return decision({ changes })
  const { role, resources } = holder
  const others = underWay(cluster, { agentId, frameworkId, executorId }, gone)
    .filter((each) => each.task.taskId !== taskId)
  if (others.length > 0) return NOTHING
  return decision({
    changes, records: [{ type: 'executor-ended', agentId, frameworkId, executorId }],
    allocator: [{ type: 'recover', agentId, frameworkId, role, resources, refuseMs: 0 }],
  })
}

type Books = Pick<Knowledge, 'cluster' | 'present'>
type OfExecutor = Pick<ExecutorRecord, 'agentId' | 'frameworkId' | 'executorId'>

/** Tasks that were sent to the executor and are not known to have come there, besides those that are gone with it. */
const underWay = (
  cluster: Cluster, { agentId, frameworkId, executorId }: OfExecutor, gone: ReadonlySet<LaunchId>,
): TaskRecord[] => liveTasksOf(cluster, agentId).filter((task) => task.state === 'STAGING'
  && task.frameworkId === frameworkId && task.task.executor?.executorId === executorId && !gone.has(task.launchId))

/**
 * A launch whose task id runs again: its end is known to the scheduler, or the id were not free. The
 * scheduler would take the update for one of the task's present run.
 */
const acknowledged = (
  { epoch }: Cluster, agent: Ref<AgentEvent> | undefined, { frameworkId, taskId, updateId }: StatusUpdate,
): Effect[] => updateId === undefined ? []
  : tell(agent, { type: 'acknowledge-status', epoch, frameworkId, taskId, updateId })

export function onAcknowledge({ cluster, present }: Knowledge, call: FromScheduler<'acknowledge'>): Decision {
  const { frameworkId, agentId, taskId, updateId } = call
  const task = cluster.frameworks.get(frameworkId)?.tasks.get(taskId)
  const over = task && isTerminal(task.state)
  const isKnown = over && task.updateId === updateId
  return decision({
    records: isKnown ? [{ type: 'task-removed', frameworkId, taskId }] : [],
    // Told by a leader before: the agent forgets the update now, and here it may still be on its way.
    changes: over && !isKnown ? [{ type: 'end-acknowledged', launchId: task.launchId, updateId }] : [],
    effects: tell(present.agents.get(agentId)?.ref, {
      type: 'acknowledge-status', epoch: cluster.epoch, frameworkId, taskId, updateId,
    }),
  })
}

/** A kill is remembered until the task has ended: its agent may be away, and hears of it when it is back. */
export function onKill(knowledge: Knowledge, { frameworkId, taskId, graceMs }: FromScheduler<'kill'>): Decision {
  const { cluster, present } = knowledge
  const task = cluster.frameworks.get(frameworkId)?.tasks.get(taskId)
  if (!task || isTerminal(task.state)) {
    return onReconcile(knowledge, { frameworkId, taskIds: [taskId] })
  }
  const kill = graceMs === undefined ? {} : { graceMs }
  return decision({
    changes: [{ type: 'kill-asked', launchId: task.launchId, kill }],
    effects: tell(present.agents.get(task.agentId)?.ref, {
      type: 'kill-task', epoch: cluster.epoch, frameworkId, taskId, ...kill,
    }),
  })
}

/** Passes a question about output on to the agent that has it. */
export function onReadOutput(
  knowledge: Knowledge, call: Omit<FromScheduler<'read-output'>, 'type'>, replyTo: Ref<OutputAnswer>,
): Decision {
  const { cluster, present, now } = knowledge
  const { frameworkId, requestId, taskId, stream, offset, bytesMax, follow } = call
  const task = findTask(cluster, frameworkId, taskId)
  const agent = task && present.agents.get(task.agentId)?.ref
  if (!task || !agent) {
    if (!task && now < present.recoveringUntilMs) return NOTHING
    const problem = task ? 'its agent is away' : `there is no task '${taskId}'`
    const nothing = { type: 'output', requestId, offset, data: new Uint8Array(), end: true, problem } as const
    return decision({ effects: tell(replyTo, nothing) })
  }
  const readId = readIdOf(knowledge, requestId)
  return decision({
    changes: [{ type: 'read-asked', readId, replyTo }],
    effects: tell(agent, {
      type: 'read-task', requestId: readId, frameworkId, taskId, stream, offset, bytesMax, follow,
    }),
  })
}

export function onOutput({ present }: Knowledge, answer: FromAgent<'task-output'>): Decision {
  const { requestId: readId, offset, data, end, size, problem, refusal } = answer
  const requestId = readId.slice(readId.indexOf('.') + 1)
  return decision({
    changes: [{ type: 'read-answered', readId }],
    effects: tell(present.readers.get(readId), {
      type: 'output', requestId, offset, data, end, ...(size === undefined ? {} : { size }),
      ...(problem ? { problem } : {}), ...(refusal ? { refusal } : {}),
    }),
  })
}

export function onExecutorExited({ cluster, present }: Knowledge, call: FromAgent<'executor-exited'>): Decision {
  const { agentId, frameworkId, executorId, exitCode } = call
  const executor = cluster.executors.get(executorKey(call))
  // Of an earlier life; the executor that is there now is another.
  if (!executor || (call.life ?? Infinity) < (present.agents.get(agentId)?.life ?? 0)) return NOTHING
  const { role, resources } = executor
  // A task that is under way brings the executor back: what it takes stays promised to it.
  const gone = new Set(call.launches)
  const comesBack = underWay(cluster, call, gone).length > 0
  return decision({
    changes: comesBack ? [{ type: 'executor-awaited', executor: executorKey(call), gone }] : [],
    records: comesBack ? [] : [{ type: 'executor-ended', agentId, frameworkId, executorId }],
    allocator: comesBack ? [] : [{ type: 'recover', agentId, frameworkId, role, resources, refuseMs: 0 }],
    effects: tell(present.schedulers.get(frameworkId)?.ref, {
      type: 'failure', agentId, executorId, ...(exitCode === undefined ? {} : { exitCode }),
    }),
  })
}

export function onMessageToExecutor(
  { cluster, present }: Knowledge, { agentId, frameworkId, executorId, data }: FromScheduler<'framework-message'>,
): Decision {
  return decision({ effects: tell(present.agents.get(agentId)?.ref, {
    type: 'message-to-executor', epoch: cluster.epoch, frameworkId, executorId, data,
  }) })
}

export function onMessageFromExecutor(
  { present }: Knowledge, { agentId, frameworkId, executorId, data }: FromAgent<'message-from-executor'>,
): Decision {
  return decision({ effects: tell(present.schedulers.get(frameworkId)?.ref, {
    type: 'message', agentId, executorId, data,
  }) })
}

export function onCheckFit({ cluster, present }: Knowledge, call: FromScheduler<'check-fit'>): Decision {
  const problem = fitProblem(cluster, call.resources)
  return decision({ effects: tell(present.schedulers.get(call.frameworkId)?.ref, {
    type: 'fit', requestId: call.requestId, agents: cluster.agents.size, ...(problem ? { problem } : {}),
  }) })
}

/** Live or ended: output can be read as long as the master remembers the task. */
function findTask(cluster: Cluster, frameworkId: FrameworkId, taskId: TaskId): TaskRecord | undefined {
  const live = cluster.frameworks.get(frameworkId)?.tasks.get(taskId)
  if (live) return live
  let last: TaskRecord | undefined
  for (const task of cluster.completedTasks.values()) {
    if (task.frameworkId === frameworkId && task.task.taskId === taskId) last = task
  }
  return last
}

/** What an update tells about the state; an older update that travels with a newer state tells nothing of it. */
function toldBy({ state, updateId, exitCode, signal, text }: StatusUpdate, latestState: StatusUpdate['state']) {
  if (state !== latestState) return {}
  return {
    ...(updateId ? { updateId } : {}), ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }), ...(text === undefined ? {} : { text }),
  }
}

const recoverOf = ({ frameworkId, role, agentId, task }: TaskRecord, refuseMs: number) =>
  ({ type: 'recover', frameworkId, role, agentId, resources: task.resources, refuseMs }) as const
