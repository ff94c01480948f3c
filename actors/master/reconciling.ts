/** Reconciling: what the master answers a scheduler that asks what has become of its tasks. Decisions only. */
import type { FrameworkId, TaskId } from '../protocol/ids.js'
import type { SchedulerCall } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'
import type { Cluster, TaskRecord } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { rescindOfFramework } from './offering.js'

type Reconcile = Extract<SchedulerCall, { type: 'reconcile' }>

/** So long agents have to tell of ends themselves before the master does, and again after so long. */
export const OWED_MS = 10_000
export const OWED_AGAIN_MS = 60_000

/**
 * That a task is unknown may be a reason to launch it again elsewhere: it is said only by a master that leads for sure,
 * and what was offered is taken back before, since an accept that launches it may still be on its way.
 *
 * Of a task that has ended and whose agent is there, the agent tells itself, with all there is to tell: it is asked
 * to say it again. Should it have forgotten that, because the end was acknowledged and the log has lost that, the
 * master tells what it knows a little later. Of one that the scheduler has acknowledged the end is remembered for a
 * while.
 */
export function onReconcile(
  knowledge: Knowledge, { frameworkId, taskIds }: Omit<Reconcile, 'type'>,
  scheduler = knowledge.present.schedulers.get(frameworkId)?.ref,
): Decision {
  const { cluster, present, now } = knowledge
  const tasks: ReadonlyMap<TaskId, TaskRecord> = cluster.frameworks.get(frameworkId)?.tasks ?? new Map()
  const asked = taskIds.length > 0 ? new Set(taskIds) : tasks.keys()
  const unknown = new Set([...taskIds].filter((taskId) => !tasks.has(taskId)))
  const ended = lastEnds(cluster, frameworkId, unknown)
  const again = new Set<TaskRecord['agentId']>()
  const answers = [...asked].flatMap((taskId): Effect[] => {
    const task = tasks.get(taskId) ?? ended.get(taskId)
    // While agents may still come back with it, nobody can say of a task that it is unknown.
    if (!task && now < present.recoveringUntilMs) return []
    const isOwed = task !== undefined && tasks.has(taskId) && isTerminal(task.state) && task.updateId !== undefined
    if (isOwed && present.agents.get(task.agentId)?.ref) {
      again.add(task.agentId)
      return []
    }
    return tell(scheduler, { type: 'update', update: stateOf(frameworkId, taskId, task, now) })
  })
  const orders = [...again].flatMap((agentId) => tell(present.agents.get(agentId)?.ref, {
    type: 'scheduler-back', epoch: cluster.epoch, frameworkId,
  }))
  const isLeftToAgents = again.size > 0 && !present.owed.has(frameworkId)
  const barrier = [...unknown].some((taskId) => !ended.has(taskId)) && now >= present.recoveringUntilMs
  const answered = decision({
    effects: [...answers, ...orders], barrier,
    changes: isLeftToAgents ? [{ type: 'ends-owed', frameworkId, dueMs: now + OWED_MS }] : [],
  })
  return barrier ? combine([rescindOfFramework(knowledge, frameworkId), answered]) : answered
}

/** Ends that no agent has told of although it was asked. */
export function onOwedSweep({ cluster, present, now }: Knowledge): Decision {
  return combine([NOTHING, ...[...present.owed].map(([frameworkId, dueMs]) => {
    if (now < dueMs) return NOTHING
    const scheduler = present.schedulers.get(frameworkId)?.ref
    const owed = [...cluster.frameworks.get(frameworkId)?.tasks ?? []]
      .filter(([, { state, updateId }]) => isTerminal(state) && updateId !== undefined)
    if (!scheduler || owed.length === 0) return decision({ changes: [{ type: 'ends-told', frameworkId }] })
    return decision({
      changes: [{ type: 'ends-owed', frameworkId, dueMs: now + OWED_AGAIN_MS }],
      effects: owed.flatMap(([taskId, task]) =>
        tell(scheduler, { type: 'update', update: stateOf(frameworkId, taskId, task, now) })),
    })
  })])
}

/** How the last launches of these tasks ended, as far as that is remembered. */
function lastEnds(
  cluster: Cluster, frameworkId: FrameworkId, wanted: ReadonlySet<TaskId>,
): ReadonlyMap<TaskId, TaskRecord> {
  const ends = new Map<TaskId, TaskRecord>()
  if (wanted.size === 0) return ends
  for (const record of cluster.completedTasks.values()) {
    const { task: { taskId } } = record
    if (record.frameworkId === frameworkId && wanted.has(taskId)) ends.set(taskId, record)
  }
  return ends
}

/** With the update that brought the state, so that a scheduler that has it already knows it again. */
export function stateOf(
  frameworkId: FrameworkId, taskId: TaskId, task: TaskRecord | undefined, now: number,
): StatusUpdate {
  const common = { frameworkId, taskId, source: 'master', reason: 'reconciliation', atMs: now } as const
  if (!task) return { ...common, state: 'UNKNOWN' }
  const { state, agentId, launchId, updateId, exitCode, signal, text } = task
  return {
    ...common, state, agentId, launchId, ...(updateId === undefined ? {} : { updateId }),
    ...(exitCode === undefined ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }),
    ...(text === undefined ? {} : { text }),
  }
}
