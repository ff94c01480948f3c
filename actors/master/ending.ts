/** Ending: what the master itself says of tasks whose agent cannot. Decisions only. */
import type { Ref } from '../../runtime/address.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { AgentId } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import { isTerminal, type Reason, type StatusUpdate, type TaskState } from '../protocol/task.js'
import type { Cluster, TaskRecord } from './cluster.js'
import { decision, tell, type Decision, type Effect, type Knowledge } from './decision.js'

/** A state, and for people how it came about. */
export interface Verdict {
  readonly state: TaskState
  readonly reason: Reason
  readonly text: string
}

export const endTasksOf = (knowledge: Knowledge, agentId: AgentId, verdict: Verdict): Decision =>
  endTasks(knowledge, liveTasksOf(knowledge.cluster, agentId), verdict)

export const liveTasksOf = (cluster: Cluster, agentId: AgentId): TaskRecord[] =>
  [...cluster.tasksAt.of(agentId)].filter((task) => !isTerminal(task.state))

/** Says it of each. The allocator is not told: whoever decides this tells it of the agent as a whole. */
export function endTasks(
  { present, now }: Knowledge, tasks: readonly TaskRecord[], { state, reason, text }: Verdict,
): Decision {
  const over = isTerminal(state)
  return decision({
    records: tasks.flatMap(({ frameworkId, task: { taskId } }): LogRecord[] => [
      { type: 'task-changed', frameworkId, taskId, state, text, atMs: now },
      // The master's own updates are not acknowledged, so nothing else would ever remove the task.
      ...(over ? [{ type: 'task-removed', frameworkId, taskId } as const] : []),
    ]),
    changes: over ? tasks.filter(({ launchId }) => present.kills.has(launchId))
      .map(({ launchId }) => ({ type: 'kill-over', launchId })) : [],
    effects: tasks.flatMap(({ frameworkId, agentId, launchId, task: { taskId } }) => {
      const common = { frameworkId, agentId, taskId, launchId, state, reason, text }
      const update: StatusUpdate = { ...common, source: 'master', atMs: now }
      return tell(present.schedulers.get(frameworkId)?.ref, { type: 'update', update })
    }),
  })
}

/** A launch that runs although it is over: for nobody. An executor that it has brought comes into the books first. */
export const endStray = (
  { epoch }: Cluster, agent: Ref<AgentEvent> | undefined, { frameworkId, launchId, task }: TaskRecord,
): Effect[] => [
  ...(task.executor ? tell(agent, { type: 'account-wanted', epoch }) : []),
  ...tell(agent, { type: 'kill-task', epoch, frameworkId, taskId: task.taskId, launchId }),
]
