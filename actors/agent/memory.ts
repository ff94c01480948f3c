/**
 * Memory: what an agent knows of its tasks, as a fold over its journal. The same fold serves the
 * running agent and the one that comes back after a kill -9.
 */
import type { HeldTask } from '../protocol/agent.js'
import {
  stepOf, type AgentId, type ExecutorId, type FrameworkId, type LaunchId, type TaskId, type UpdateId,
} from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import { isTerminal, type StatusUpdate, type TaskState } from '../protocol/task.js'

export interface TaskMemory extends HeldTask {
  state: TaskState
  /** Updates that the scheduler has not acknowledged, oldest first. */
  readonly pending: StatusUpdate[]
  /** Updates made so far; the next one's id follows from it. */
  updates: number
  /** When it began to run, if it has. */
  startedAtMs?: number
  /** The last report of its custom executor that is on disk. */
  sequence?: number
}

/** A leadership: the cluster by its log, and the claim that won the epoch. */
export interface Obeyed {
  readonly clusterId: string
  readonly epoch: number
  readonly nonce: string
}

type Entry<T extends JournalEntry['type']> = Extract<JournalEntry, { type: T }>

export interface Memory {
  agentId: AgentId | undefined
  cluster: string | undefined
  /** The newest master that was obeyed. */
  obeyed: Obeyed | undefined
  /** The last life that wrote anything. */
  life: Entry<'life-begun'> | undefined
  /** Custom executors that run, as far as is known. */
  readonly executors: Map<string, Entry<'executor-held'>>
  /** Tasks that run, or whose end is not yet acknowledged. */
  readonly tasks: Map<LaunchId, TaskMemory>
  /** Every launch ever taken: none is taken twice. */
  readonly launches: Set<LaunchId>
  /** The launch under which a task was last known; of those that have ended, the last ones, to be read. */
  readonly lastLaunch: Map<string, LaunchId>
  /** How the last ones ended, though all is acknowledged: the masters' log may lose that. */
  readonly ends: Map<LaunchId, StatusUpdate>
}

export const LAST_LAUNCHES_MAX = 100_000
export const ENDS_MAX = 100
/** In one entry of a shortened journal: an agent takes launches without end, and an entry has one. */
const LAUNCHES_AT_ONCE_MAX = 10_000

export const newMemory = (): Memory => ({
  agentId: undefined, cluster: undefined, obeyed: undefined, life: undefined, executors: new Map(),
  tasks: new Map(), launches: new Set(), lastLaunch: new Map(), ends: new Map(),
})

/** An update's id says which launch it is of, so that an acknowledgement finds its launch at once. */
export const updateIdOf = (launchId: LaunchId, count: number): UpdateId => `${launchId}.${count}` as UpdateId
export const launchOf = (updateId: UpdateId): LaunchId => updateId.slice(0, updateId.lastIndexOf('.')) as LaunchId

/** As a master is told of it. */
export function heldOf({ frameworkId, launchId, role, task, state, updates, pending }: TaskMemory): HeldTask {
  const held = { frameworkId, launchId, role, task, state }
  return pending.length > 0 || updates === 0 ? held : { ...held, updateId: updateIdOf(launchId, updates) }
}

/** Folds one entry in. Total: an entry about a launch that is not held changes nothing. */
export function remember(memory: Memory, entry: JournalEntry): void {
  switch (entry.type) {
    case 'became-agent':
      memory.agentId = entry.agentId
      memory.cluster = entry.cluster
      return
    case 'obeyed': {
      const { type: _, ...obeyed } = entry
      memory.obeyed = obeyed
      return
    }
    case 'life-begun':
      memory.life = entry
      return
    case 'executor-held':
      memory.executors.set(executorKey(entry.frameworkId, entry.executorId), entry)
      return
    case 'executor-dropped': {
      const key = executorKey(entry.frameworkId, entry.executorId)
      if (memory.executors.get(key)?.launchId === entry.launchId) memory.executors.delete(key)
      return
    }
    case 'launch-admitted': return hold(memory, entry, 'STAGING', 0)
    case 'task-remembered': return hold(memory, entry, entry.state, entry.updates, entry)
    case 'launches-remembered':
      for (const launchId of entry.launchIds) memory.launches.add(launchId)
      return
    case 'update-queued': return queue(memory, entry)
    case 'update-acknowledged': {
      // By its launch: the id of its task may have been taken again by the time the disk knows of it.
      const task = memory.tasks.get(launchOf(entry.updateId))
      const head = task?.pending[0]
      if (!task || head?.updateId !== entry.updateId) return
      task.pending.shift()
      if (!isTerminal(head.state)) return
      memory.tasks.delete(task.launchId)
      return keepLast(memory.ends, task.launchId, head, ENDS_MAX)
    }
    default: {
      const unknown: never = entry
      throw new Error(`unknown journal entry ${JSON.stringify(unknown)}`)
    }
  }
}

/** The shortest journal that folds to the same tasks and launches; only what can be read of the ended is lost. */
export function compact(memory: Memory): JournalEntry[] {
  const entries: JournalEntry[] = []
  const { agentId, cluster, obeyed } = memory
  if (agentId !== undefined && cluster !== undefined) entries.push({ type: 'became-agent', agentId, cluster })
  if (obeyed) entries.push({ type: 'obeyed', ...obeyed })
  if (memory.life) entries.push(memory.life)
  entries.push(...memory.executors.values())
  const over = [...memory.launches].filter((launchId) => !memory.tasks.has(launchId))
  for (let at = 0; at < over.length; at += LAUNCHES_AT_ONCE_MAX) {
    entries.push({ type: 'launches-remembered', launchIds: over.slice(at, at + LAUNCHES_AT_ONCE_MAX) })
  }
  for (const held of memory.tasks.values()) {
    const { launchId, frameworkId, role, task, state, updates, pending } = held
    const sent = updates - pending.length
    const begun = { ...startOf(held), ...sequenceOf(held) }
    entries.push({ type: 'task-remembered', launchId, frameworkId, role, task, state, updates: sent, ...begun })
    for (const update of pending) entries.push({ type: 'update-queued', update })
  }
  return entries
}

/** The task's last launch, if it is still held. */
export function findTask(memory: Memory, frameworkId: FrameworkId, taskId: TaskId): TaskMemory | undefined {
  const launchId = memory.lastLaunch.get(taskKey(frameworkId, taskId))
  return launchId === undefined ? undefined : memory.tasks.get(launchId)
}

export const executorKey = (frameworkId: FrameworkId, executorId: ExecutorId): string => `${frameworkId}/${executorId}`
export const taskKey = (frameworkId: FrameworkId, taskId: TaskId): string => `${frameworkId}/${taskId}`

type Held = Pick<HeldTask, 'launchId' | 'frameworkId' | 'role' | 'task'>

type Progress = Pick<TaskMemory, 'startedAtMs' | 'sequence'>
export const startOf = ({ startedAtMs }: Progress): Pick<Progress, 'startedAtMs'> =>
  startedAtMs === undefined ? {} : { startedAtMs }
export const sequenceOf = ({ sequence }: Progress): Pick<Progress, 'sequence'> =>
  sequence === undefined ? {} : { sequence }

function hold(memory: Memory, held: Held, state: TaskState, updates: number, progress: Progress = {}): void {
  const { launchId, frameworkId, role, task } = held
  memory.launches.add(launchId)
  const begun = { ...startOf(progress), ...sequenceOf(progress) }
  memory.tasks.set(launchId, { launchId, frameworkId, role, task, state, pending: [], updates, ...begun })
  keepLaunch(memory, taskKey(frameworkId, task.taskId), launchId)
}

/** Whoever is to be ended must be found: of tasks that are held the launch is kept, and they are few. */
function keepLaunch({ lastLaunch, tasks }: Memory, key: string, launchId: LaunchId): void {
  lastLaunch.delete(key)
  lastLaunch.set(key, launchId)
  for (const [oldest, of] of lastLaunch) {
    if (lastLaunch.size <= LAST_LAUNCHES_MAX || tasks.size >= LAST_LAUNCHES_MAX) return
    lastLaunch.delete(oldest)
    if (tasks.has(of)) lastLaunch.set(oldest, of)
  }
}

function keepLast<K, V>(kept: Map<K, V>, key: K, value: V, max: number): void {
  kept.delete(key)
  kept.set(key, value)
  const [oldest] = kept.keys()
  if (kept.size > max && oldest !== undefined) kept.delete(oldest)
}

function queue(memory: Memory, { update, sequence }: Entry<'update-queued'>): void {
  const task = update.launchId && memory.tasks.get(update.launchId)
  if (!task || update.updateId === undefined) return
  task.pending.push(update)
  task.state = update.state
  task.updates = Math.max(task.updates + 1, stepOf(update.updateId))
  if (update.state === 'RUNNING') task.startedAtMs ??= update.atMs
  if (sequence !== undefined) task.sequence = Math.max(task.sequence ?? 0, sequence)
}
