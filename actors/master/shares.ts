/** Shares: what the allocator must know of agents and of frameworks. Pure. */
import type { AgentInfo, HeldTask } from '../protocol/agent.js'
import type { AgentShare, FrameworkShare, Holding } from '../protocol/allocator.js'
import type { AgentId, FrameworkId, Role } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import type { FrameworkInfo } from '../protocol/scheduler.js'
import { isTerminal } from '../protocol/task.js'
import { isOffered } from './agent-record.js'
import { executorKey, type Cluster, type ExecutorRecord } from './cluster.js'

/** What a decision is about to change of an agent; it is not in the cluster yet. */
export interface Pending {
  /** Tasks and executors that were found there. */
  readonly adopted: readonly HeldTask[]
  readonly executors: readonly ExecutorRecord[]
  readonly records: readonly LogRecord[]
}

const NO_CHANGE: Pending = { adopted: [], executors: [], records: [] }

export function agentShare(
  cluster: Cluster, agentId: AgentId, info: AgentInfo, pending: Pending = NO_CHANGE,
): AgentShare {
  const over = endedBy(pending.records)
  const used: Holding[] = pending.adopted.filter((held) => !isTerminal(held.state))
    .map(({ frameworkId, role, task }) => ({ frameworkId, role, resources: task.resources }))
  for (const { frameworkId, role, task, state } of cluster.tasksAt.of(agentId)) {
    if (isTerminal(state) || over.has(`${frameworkId}/${task.taskId}`)) continue
    used.push({ frameworkId, role, resources: task.resources })
  }
  for (const executor of [...cluster.executorsAt.of(agentId), ...pending.executors]) {
    if (over.has(executorKey(executor))) continue
    used.push({ frameworkId: executor.frameworkId, role: executor.role, resources: executor.resources })
  }
  const known = cluster.agents.get(agentId)
  return { agentId, total: info.resources, used, active: known === undefined || isOffered(known) }
}

export const frameworkShare = (
  frameworkId: FrameworkId, { roles, needs }: FrameworkInfo, suppressed: readonly Role[] = [], active = true,
): FrameworkShare => ({ frameworkId, roles, suppressed, active, ...(needs === undefined ? {} : { needs }) })

/** Tasks and executors that hold nothing any more once the records are applied. */
function endedBy(records: readonly LogRecord[]): ReadonlySet<string> {
  const over = new Set<string>()
  for (const record of records) {
    if (record.type === 'executor-ended') over.add(executorKey(record))
    if (record.type === 'task-changed' && isTerminal(record.state)) over.add(`${record.frameworkId}/${record.taskId}`)
  }
  return over
}
