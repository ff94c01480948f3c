/**
 * Load executor: runs tasks of the load in a process of its own, and says in the witness when each begins and ends.
 * Bundled by itself, as any author's file.
 */
import { appendFileSync } from 'node:fs'
import { executor } from '../../../infra/author.js'

/** What a task of it is to do: a task's `data`, as JSON. */
export interface ExecutorTask {
  readonly witnessPath: string
  readonly lastsMs: number
}

/** It ends when it has had nothing to do for this long, so that the next task has to bring it back. */
const IDLE_MS = 1_000
const IDLE = 'idle'

export default executor<ReadonlyMap<string, ExecutorTask>>({
  initial: () => new Map(),
  receive(running, event, ctx) {
    const end = (taskId: string, state: 'FINISHED' | 'KILLED') => {
      const task = running.get(taskId)
      if (!task) return running
      appendFileSync(task.witnessPath, `ended:${taskId} ${Date.now()}\n`)
      ctx.update(taskId, state)
      if (running.size === 1) ctx.after(IDLE, IDLE_MS)
      return new Map([...running].filter(([each]) => each !== taskId))
    }
    switch (event.type) {
      case 'launch': {
        const { taskId, data } = event.task
        const task = JSON.parse(new TextDecoder().decode(data)) as ExecutorTask
        appendFileSync(task.witnessPath, `begun:${taskId} ${Date.now()}\n`)
        ctx.update(taskId, 'RUNNING')
        ctx.cancel(IDLE)
        ctx.after(taskId, task.lastsMs)
        return new Map([...running, [taskId, task]])
      }
      case 'timer':
        if (event.name !== IDLE) return end(event.name, 'FINISHED')
        ctx.finish()
        return running
      case 'kill': return end(event.taskId, 'KILLED')
      case 'shutdown':
        ctx.finish()
        return running
      default: return running
    }
  },
})
