/**
 * Cluster: what the master has decided and must not forget, as a fold over the log's records.
 *
 * Every master that folds the same records holds the same cluster; nothing else changes it. It is an
 * owned structure, mutated in place: at 500,000 tasks a copy per record would cost more than the work.
 */
import type { AgentId, ExecutorId, FrameworkId, LaunchId, Role, TaskId, UpdateId } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import type { FrameworkInfo } from '../protocol/scheduler.js'
import { isTerminal, type TaskInfo, type TaskState } from '../protocol/task.js'
import { add, NONE, type Resources } from '../resources/resources.js'
import { applyToAgents, type AgentBooks, type AgentFold } from './agent-record.js'
import { forgetOldest } from './forget-oldest.js'
import { Groups } from './groups.js'

/** Ended tasks that stay readable, over all frameworks. */
export const COMPLETED_TASKS_MAX = 10_000
/** Ended frameworks whose ids are refused by name; older ones are refused as unknown. */
export const COMPLETED_FRAMEWORKS_MAX = 1_000

export interface FrameworkRecord {
  readonly frameworkId: FrameworkId
  info: FrameworkInfo
  readonly admittedMs: number
  /** Since when its scheduler is away, as the masters before this one saw it. */
  disconnectedSinceMs: number | undefined
  readonly tasks: Map<TaskId, TaskRecord>
}

/** Replaced by the next, never changed: a snapshot that is being written may still have it. */
export interface TaskRecord {
  readonly frameworkId: FrameworkId
  readonly agentId: AgentId
  readonly launchId: LaunchId
  readonly role: Role
  readonly task: TaskInfo
  readonly state: TaskState
  /** Of the update that brought the present state. */
  readonly updateId: UpdateId | undefined
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly text: string | undefined
  readonly launchedMs: number
  readonly changedMs: number
}

export interface ExecutorRecord {
  readonly frameworkId: FrameworkId
  readonly agentId: AgentId
  readonly executorId: ExecutorId
  readonly role: Role
  readonly resources: Resources
}

export interface Cluster extends AgentBooks {
  name: string
  /** Tells it from others of its name; empty in records of before there was one. */
  clusterId: string
  prefix: string
  epoch: number
  /** Of the claim that won the epoch. */
  nonce: string
  /** The master that holds the epoch: its name, and where its interface answers. */
  leader: { readonly name: string; readonly url?: string | undefined }
  readonly frameworks: Map<FrameworkId, FrameworkRecord>
  /** By agent, framework and executor, joined by `/`. */
  readonly executors: Map<string, ExecutorRecord>
  /** The same tasks and executors, by agent. */
  readonly tasksAt: Groups<AgentId, LaunchId, TaskRecord>
  readonly executorsAt: Groups<AgentId, string, ExecutorRecord>
  readonly completedTasks: Map<string, TaskRecord>
  readonly completedFrameworks: Map<FrameworkId, { readonly info: FrameworkInfo; readonly removedMs: number }>
  nextAgent: number
  nextFramework: number
  nextLaunch: number
}

export const newCluster = (): Cluster => ({
  name: '', clusterId: '', prefix: '', epoch: 0, nonce: '', leader: { name: '' }, agents: new Map(),
  goneAgents: new Map(), frameworks: new Map(), executors: new Map(), tasksAt: new Groups(),
  executorsAt: new Groups(), completedTasks: new Map(), completedFrameworks: new Map(),
  nextAgent: 0, nextFramework: 0, nextLaunch: 0,
})

/** Folds one record in. Total: a record about something unknown changes nothing. */
export function apply(cluster: Cluster, record: LogRecord): void {
  switch (record.type) {
    case 'genesis':
      cluster.name = record.cluster
      cluster.prefix = record.prefix
      cluster.clusterId = record.clusterId ?? ''
      return
    case 'leadership-claimed':
      if (record.epoch < cluster.epoch) return
      cluster.epoch = record.epoch
      cluster.nonce = record.nonce
      cluster.leader = { name: record.master, url: record.url }
      return
    case 'agent-admitted': case 'agent-unreachable': case 'agent-reachable': case 'agent-removed':
    case 'agent-deactivated': case 'agent-activated': case 'agent-draining': case 'agent-gone':
      return onAgentRecord(cluster, record)
    case 'framework-admitted': return onFrameworkAdmitted(cluster, record)
    case 'framework-disconnected': return setDisconnected(cluster, record.frameworkId, record.atMs)
    case 'framework-connected': return setDisconnected(cluster, record.frameworkId, undefined)
    case 'framework-removed': return onFrameworkRemoved(cluster, record.frameworkId, record.atMs)
    case 'task-launched': return onTaskLaunched(cluster, record)
    case 'task-changed': return onTaskChanged(cluster, record)
    case 'task-removed': return complete(cluster, cluster.frameworks.get(record.frameworkId), record.taskId)
    case 'executor-launched': {
      const { type: _, ...executor } = record
      cluster.executors.set(executorKey(record), executor)
      cluster.executorsAt.put(record.agentId, executorKey(record), executor)
      return
    }
    case 'executor-ended': return endExecutor(cluster, record)
    default: {
      const unknown: never = record
      throw new Error(`unknown record ${JSON.stringify(unknown)}`)
    }
  }
}

type Of<T extends LogRecord['type']> = Extract<LogRecord, { type: T }>

function onAgentRecord(cluster: Cluster, record: AgentFold): void {
  applyToAgents(cluster, record)
  if (record.type === 'agent-admitted' || record.type === 'agent-gone') {
    cluster.nextAgent = Math.max(cluster.nextAgent, numberAfter(`${cluster.prefix}-S`, record.agentId) + 1)
  }
  if (record.type !== 'agent-removed' && record.type !== 'agent-gone') return
  for (const executor of [...cluster.executorsAt.of(record.agentId)]) endExecutor(cluster, executor)
}

function endExecutor(cluster: Cluster, of: Pick<ExecutorRecord, 'agentId' | 'frameworkId' | 'executorId'>): void {
  cluster.executors.delete(executorKey(of))
  cluster.executorsAt.delete(of.agentId, executorKey(of))
}

function onFrameworkAdmitted(cluster: Cluster, { frameworkId, info, atMs }: Of<'framework-admitted'>): void {
  const known = cluster.frameworks.get(frameworkId)
  if (known) known.info = info
  else {
    const framework = { frameworkId, info, admittedMs: atMs, disconnectedSinceMs: undefined, tasks: new Map() }
    cluster.frameworks.set(frameworkId, framework)
  }
  cluster.nextFramework = Math.max(cluster.nextFramework, numberAfter(`${cluster.prefix}-`, frameworkId) + 1)
}

function setDisconnected(cluster: Cluster, frameworkId: FrameworkId, sinceMs: number | undefined): void {
  const framework = cluster.frameworks.get(frameworkId)
  if (framework) framework.disconnectedSinceMs = sinceMs
}

function onFrameworkRemoved(cluster: Cluster, frameworkId: FrameworkId, atMs: number): void {
  const framework = cluster.frameworks.get(frameworkId)
  if (!framework) return
  for (const [taskId, task] of framework.tasks) {
    const text = 'its framework has ended'
    if (!isTerminal(task.state)) framework.tasks.set(taskId, { ...task, state: 'KILLED', changedMs: atMs, text })
    complete(cluster, framework, taskId)
  }
  for (const executor of [...cluster.executors.values()]) {
    if (executor.frameworkId === frameworkId) endExecutor(cluster, executor)
  }
  cluster.frameworks.delete(frameworkId)
  cluster.completedFrameworks.set(frameworkId, { info: framework.info, removedMs: atMs })
  forgetOldest(cluster.completedFrameworks, COMPLETED_FRAMEWORKS_MAX)
}

function onTaskLaunched(cluster: Cluster, record: Of<'task-launched'>): void {
  const { frameworkId, agentId, launchId, role, task, state, atMs } = record
  cluster.nextLaunch = Math.max(cluster.nextLaunch, numberAfter(`${cluster.prefix}-L`, launchId) + 1)
  const tasks = cluster.frameworks.get(frameworkId)?.tasks
  if (!tasks) return
  const launched: TaskRecord = {
    frameworkId, agentId, launchId, role, task, state, updateId: undefined, exitCode: undefined,
    signal: undefined, text: undefined, launchedMs: atMs, changedMs: atMs,
  }
  const former = tasks.get(task.taskId)
  if (former) cluster.tasksAt.delete(former.agentId, former.launchId)
  tasks.set(task.taskId, launched)
  cluster.tasksAt.put(agentId, launchId, launched)
}

function onTaskChanged(cluster: Cluster, record: Of<'task-changed'>): void {
  const tasks = cluster.frameworks.get(record.frameworkId)?.tasks
  const task = tasks?.get(record.taskId)
  // A terminal state stays; what is learnt of it later (its own update, an exit code) is added.
  if (!tasks || !task || (isTerminal(task.state) && task.state !== record.state)) return
  const { state, updateId, exitCode, signal, text, atMs: changedMs } = record
  const changed = { ...task, state, updateId, exitCode, signal, text, changedMs }
  tasks.set(record.taskId, changed)
  cluster.tasksAt.put(task.agentId, task.launchId, changed)
}

function complete(cluster: Cluster, framework: FrameworkRecord | undefined, taskId: TaskId): void {
  const task = framework?.tasks.get(taskId)
  if (!framework || !task) return
  framework.tasks.delete(taskId)
  cluster.tasksAt.delete(task.agentId, task.launchId)
  cluster.completedTasks.set(task.launchId, task)
  forgetOldest(cluster.completedTasks, COMPLETED_TASKS_MAX)
}

/** What tells the present leadership from every other, for who must not take one for the other. */
export const leadershipOf = ({ name, epoch, clusterId, nonce }: Cluster) =>
  ({ epoch, cluster: name, ...(clusterId === '' ? {} : { clusterId, nonce }) })

export const executorKey = (of: { agentId: AgentId; frameworkId: FrameworkId; executorId: ExecutorId }): string =>
  `${of.agentId}/${of.frameworkId}/${of.executorId}`

/** Every task that holds resources, or whose end its scheduler has not yet acknowledged. */
export function* tasksOf(cluster: Cluster): Iterable<TaskRecord> {
  for (const framework of cluster.frameworks.values()) yield* framework.tasks.values()
}

/** What one framework's live tasks and executors take, over all agents. */
export function usedBy(cluster: Cluster, framework: FrameworkRecord): Resources {
  let used = NONE
  for (const task of framework.tasks.values()) if (!isTerminal(task.state)) used = add(used, task.task.resources)
  for (const executor of cluster.executors.values()) {
    if (executor.frameworkId === framework.frameworkId) used = add(used, executor.resources)
  }
  return used
}

/** Of the claim of who gives an id. */
const CLAIM_LENGTH = 4

/**
 * An id that nobody else gives. Numbers alone come again when the log has lost its end, while agents and schedulers
 * still go by what it held: so it also says under which claim it was given.
 */
export const newId = ({ prefix, nonce }: Cluster, numbered: string): string =>
  [prefix, numbered, ...(nonce === '' ? [] : [nonce.slice(0, CLAIM_LENGTH)])].join('-')

function numberAfter(prefix: string, id: string): number {
  const [number = ''] = id.startsWith(prefix) ? id.slice(prefix.length).split('-', 1) : []
  return /^\d+$/.test(number) ? Number(number) : -1
}
