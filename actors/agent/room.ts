/**
 * Room: whether a launch fits beside all that this machine already holds. The master counts the same; the
 * agent counts again, because it alone knows for certain. Pure.
 */
import type { FrameworkId } from '../protocol/ids.js'
import { isTerminal, type TaskInfo } from '../protocol/task.js'
import { contains, NONE, without, type Resources } from '../resources/resources.js'
import { executorKey } from './memory.js'
import type { State } from './state.js'

export function hasRoom(state: State, total: Resources, frameworkId: FrameworkId, task: TaskInfo): boolean {
  const { left, executors } = leftOf(state, total)
  const { resources, executor } = task
  const isNew = executor && !executors.has(executorKey(frameworkId, executor.executorId))
  const ofExecutor = isNew ? executor.resources : NONE
  return contains(left, ofExecutor) && contains(without(left, ofExecutor), resources)
}

/** What nobody holds. Taken away one by one: added up first, a port that two hold would count once. */
function leftOf({ memory, active }: State, total: Resources): { left: Resources; executors: ReadonlySet<string> } {
  let left = total
  const executors = new Set(active.executors.keys())
  for (const { task, state } of memory.tasks.values()) if (!isTerminal(state)) left = without(left, task.resources)
  for (const { resources } of active.executors.values()) left = without(left, resources)
  for (const { entry: { frameworkId, task }, outcome } of active.admitting.values()) {
    if (outcome !== 'start') continue
    left = without(left, task.resources)
    const key = task.executor && executorKey(frameworkId, task.executor.executorId)
    if (!task.executor || !key || executors.has(key)) continue
    executors.add(key)
    left = without(left, task.executor.resources)
  }
  return { left, executors }
}
