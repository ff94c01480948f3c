/** Custom executor of simulated frameworks: each task runs for a while and ends somehow, or when it is killed. */
import { executor, type Executor } from '../../actors/executor/executor.js'
import type { Random } from '../../runtime/random.js'

const TASK_MS = 25_000
const IDLE_MS = 4_000

/** @param began, ended hear of each task, by its id */
export const custom = (
  random: Random, began: (taskId: string) => void, ended: (taskId: string) => void,
): Executor<ReadonlySet<string>> => executor<ReadonlySet<string>>({
  initial: () => new Set(),
  receive(tasks, event, ctx) {
    const finish = (taskId: string, state: 'FINISHED' | 'FAILED' | 'KILLED'): ReadonlySet<string> => {
      if (!tasks.has(taskId)) return tasks
      ctx.update(taskId, state)
      ended(taskId)
      const left = new Set([...tasks].filter((other) => other !== taskId))
      if (left.size === 0) ctx.after('idle', IDLE_MS)
      return left
    }
    switch (event.type) {
      case 'launch': {
        const { taskId } = event.task
        began(taskId)
        ctx.cancel('idle')
        ctx.update(taskId, 'RUNNING')
        ctx.after(taskId, random.next() ** 2 * TASK_MS)
        return new Set(tasks).add(taskId)
      }
      case 'kill': return finish(event.taskId, 'KILLED')
      case 'shutdown':
        for (const taskId of tasks) {
          ctx.update(taskId, 'KILLED')
          ended(taskId)
        }
        ctx.finish()
        return new Set()
      case 'timer':
        if (event.name !== 'idle') return finish(event.name, random.next() < 0.8 ? 'FINISHED' : 'FAILED')
        if (tasks.size === 0) ctx.finish()
        return tasks
      default: return tasks
    }
  },
})
