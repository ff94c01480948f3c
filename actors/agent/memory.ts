/**
 * Memory: what an agent knows of its tasks, as a fold over its journal. The same fold serves the
 * running agent and the one that comes back after a kill -9.
 */
import type { HeldTask } from '../protocol/agent.js'
import type { AgentId, ExecutorId, FrameworkId, LaunchId, TaskId } from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import { isTerminal, type StatusUpdate, type TaskState } from '../protocol/task.js'
import { add, NONE, type Resources } from '../resources/resources.js'

export interface TaskMemory extends HeldTask {
  state: TaskState
  /** Updates that the scheduler has not acknowledged, oldest first. */
  readonly pending: StatusUpdate[]
  /** Updates made so far; the next one's id follows from it. */
  updates: number
}

export interface Memory {
  agentId: AgentId | undefined
  cluster: string | undefined
  /** Tasks that run, or whose end is not yet acknowledged. */
  readonly tasks: Map<LaunchId, TaskMemory>
  /** Every launch ever taken: none is taken twice. */
  readonly launches: Set<LaunchId>
  /** The launch under which a task was last known; also of the last that have ended, whose output may be read. */
  readonly lastLaunch: Map<string, LaunchId>
}

export const LAST_LAUNCHES_MAX = 100_000

export const newMemory = (): Memory => ({
  agentId: undefined, cluster: undefined, tasks: new Map(), launches: new Set(), lastLaunch: new Map(),
})

export function remember(memory: Memory, entry: JournalEntry): void {
  switch (entry.type) {
    case 'became-agent':
      memory.agentId = entry.agentId
      memory.cluster = entry.cluster
      return
    case 'launch-admitted': return hold(memory, entry, 'STAGING', 0)
    case 'task-remembered': return hold(memory, entry, entry.state, entry.updates)
    case 'launches-remembered':
      for (const launchId of entry.launchIds) memory.launches.add(launchId)
      return
    case 'update-queued': {
      const task = memory.tasks.get(entry.update.launchId as LaunchId)
      if (!task) return
      task.pending.push(entry.update)
      task.state = entry.update.state
      task.updates = Math.max(task.updates + 1, countOf(entry.update.updateId))
      return
    }
    case 'update-acknowledged': {
      const task = findTask(memory, entry.frameworkId, entry.taskId)
      const head = task?.pending[0]
      if (!task || head?.updateId !== entry.updateId) return
      task.pending.shift()
      if (isTerminal(head.state)) memory.tasks.delete(task.launchId)
      return
    }
    default: {
      const unknown: never = entry
      throw new Error(`unknown journal entry ${JSON.stringify(unknown)}`)
    }
  }
}

/** The shortest journal that folds to this memory. */
export function compact(memory: Memory): JournalEntry[] {
  const entries: JournalEntry[] = []
  const { agentId, cluster } = memory
  if (agentId !== undefined && cluster !== undefined) entries.push({ type: 'became-agent', agentId, cluster })
  entries.push({ type: 'launches-remembered', launchIds: [...memory.launches].filter((launchId) => !memory.tasks.has(launchId)) })
  for (const { launchId, frameworkId, role, task, state, updates, pending } of memory.tasks.values()) {
    entries.push({ type: 'task-remembered', launchId, frameworkId, role, task, state, updates: updates - pending.length })
    for (const update of pending) entries.push({ type: 'update-queued', update })
  }
  return entries
}

type Held = Pick<HeldTask, 'launchId' | 'frameworkId' | 'role' | 'task'>

function hold(memory: Memory, { launchId, frameworkId, role, task }: Held, state: TaskState, updates: number): void {
  memory.launches.add(launchId)
  memory.tasks.set(launchId, { launchId, frameworkId, role, task, state, pending: [], updates })
  const key = taskKey(frameworkId, task.taskId)
  memory.lastLaunch.delete(key)
  memory.lastLaunch.set(key, launchId)
  if (memory.lastLaunch.size > LAST_LAUNCHES_MAX) memory.lastLaunch.delete(memory.lastLaunch.keys().next().value as string)
}

/** The number that an update's id ends with. */
const countOf = (updateId: string | undefined): number => Number(updateId?.slice(updateId.lastIndexOf('.') + 1) ?? 0)

export function findTask(memory: Memory, frameworkId: FrameworkId, taskId: TaskId): TaskMemory | undefined {
  const launchId = memory.lastLaunch.get(taskKey(frameworkId, taskId))
  return launchId === undefined ? undefined : memory.tasks.get(launchId)
}

export const taskKey = (frameworkId: FrameworkId, taskId: TaskId): string => `${frameworkId}/${taskId}`
export const executorKey = (frameworkId: FrameworkId, executorId: ExecutorId): string => `${frameworkId}/${executorId}`

/** What the tasks that have not ended take together, each custom executor counted once. */
export function usedResources(memory: Memory): Resources {
  let used = NONE
  const executors = new Set<string>()
  for (const { frameworkId, task, state } of memory.tasks.values()) {
    if (isTerminal(state)) continue
    used = add(used, task.resources)
    if (!task.executor || executors.has(executorKey(frameworkId, task.executor.executorId))) continue
    executors.add(executorKey(frameworkId, task.executor.executorId))
    used = add(used, task.executor.resources)
  }
  return used
}
