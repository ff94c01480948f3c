/** Acknowledged: tells new updates from those that a scheduler has already seen. Plain data. */
import type { TaskId, UpdateId } from '../protocol/ids.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'

/** Tasks whose last update is remembered; an update older than that many tasks may be seen again. */
export const TASKS_REMEMBERED_MAX = 100_000

interface Seen {
  readonly updateId: UpdateId | undefined
  readonly launchId: string
  readonly ended: boolean
  /** The author has acknowledged it. */
  settled: boolean
}

export class Acknowledged {
  private readonly seen = new Map<TaskId, Seen>()

  /** Whether the author must see this update; says so once for each. */
  isNew({ taskId, updateId, launchId, state, source }: StatusUpdate): boolean {
    // Of a task that was never launched there is nothing to repeat: the master says it once.
    if (launchId === undefined) return true
    const last = this.seen.get(taskId)
    const known = last?.launchId === launchId ? last : undefined
    if (known?.ended || (known && updateId !== undefined && updateId === known.updateId)) return false
    // What the master says of itself (a reconciliation) is no step in the task's own life.
    if (source === 'master' && !isTerminal(state)) return true
    this.seen.delete(taskId)
    this.seen.set(taskId, { updateId, launchId, ended: isTerminal(state), settled: false })
    const [oldest] = this.seen.keys()
    if (this.seen.size > TASKS_REMEMBERED_MAX && oldest !== undefined) this.seen.delete(oldest)
    return true
  }

  /** The author is done with this update; should it be repeated, it may be acknowledged for them. */
  settle({ taskId, updateId, launchId }: StatusUpdate): void {
    const last = this.seen.get(taskId)
    if (last && last.launchId === launchId && last.updateId === updateId) last.settled = true
  }

  /** Whether the author is done with it, or will never see it: steps come in order, so all but the last. */
  isSettled({ taskId, updateId, launchId }: StatusUpdate): boolean {
    const last = this.seen.get(taskId)
    return last?.launchId !== launchId || last?.updateId !== updateId || last?.settled === true
  }
}
