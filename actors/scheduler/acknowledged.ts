/**
 * Acknowledged: what a scheduler has seen of its tasks, and so which updates are news to its author. Plain data.
 *
 * An update that is repeated is no news, nor is what follows an end, nor the answer to a reconciliation that says
 * what is known already, unless the author has asked for it.
 */
import { stepOf, type TaskId, type UpdateId } from '../protocol/ids.js'
import { isTerminal, type StatusUpdate, type TaskState } from '../protocol/task.js'
import { digestOf } from '../protocol/task-digest.js'

/** Tasks whose last update is remembered; an update older than that many tasks may be seen again. */
export const TASKS_REMEMBERED_MAX = 100_000

interface Seen {
  updateId: UpdateId | undefined
  /** Undefined until the first update of a task that was launched. */
  readonly launchId: string | undefined
  state: TaskState
  readonly ended: boolean
  /** The author has acknowledged it. */
  settled: boolean
  /** Of a reconciliation: steps before it may still be on their way. */
  isAhead: boolean
}

export class Acknowledged {
  private readonly seen = new Map<TaskId, Seen>()
  /** Whose present state the author wants to hear whatever it is. */
  private readonly wanted = new Set<TaskId>()

  /** The author has launched a task: it is one to ask for, though nothing has been heard of it. */
  expect(taskId: TaskId): void {
    const last = this.seen.get(taskId)
    if (last && !last.ended) return
    this.remember(taskId, { ...NOTHING_YET })
  }

  /** The author asks for tasks, or with none for all: the answers are told though they be no news. */
  want(taskIds: readonly TaskId[]): void {
    for (const taskId of taskIds.length > 0 ? taskIds : this.live()) this.wanted.add(taskId)
    for (const taskId of this.wanted) {
      if (this.wanted.size <= TASKS_REMEMBERED_MAX) return
      this.wanted.delete(taskId)
    }
  }

  /** Tasks that have not ended, as far as is known here. */
  live(): TaskId[] {
    return [...this.seen].filter(([, { ended }]) => !ended).map(([taskId]) => taskId)
  }

  /** Of the tasks that have not ended, for a master to compare. */
  digest(): string {
    return digestOf([...this.seen].filter(([, { ended }]) => !ended).map(([taskId, seen]) => ({ taskId, ...seen })))
  }

  /** Whether the author must see this update; says so once for each. */
  isNew(update: StatusUpdate): boolean {
    const { taskId, updateId, launchId, state, source, reason } = update
    const last = this.seen.get(taskId)
    const isAnswer = reason === 'reconciliation'
    const isWanted = isAnswer && this.wanted.delete(taskId)
    if (launchId === undefined) return isAnswer ? this.isNewUnknown(update, isWanted) : this.isRefusal(update)
    const known = last?.launchId === launchId ? last : undefined
    if (known?.ended) return false
    if (known && updateId !== undefined && updateId === known.updateId) return isWanted
    // Who tells an older step knows less: the masters' log has lost the later one.
    if (updateId && known?.updateId && stepOf(updateId) < stepOf(known.updateId)) return false
    if (isAnswer && known?.state === state) return isWanted
    if (known?.isAhead && comesBefore(state, known.state)) return false
    const ended = isTerminal(state)
    // What the master says of itself is no step in the task's own life: the next step is still to come.
    const isOwnStep = source !== 'master' || ended || updateId !== undefined
    this.remember(taskId, {
      updateId: isOwnStep ? updateId : known?.updateId, launchId, state, ended,
      settled: isOwnStep ? false : known?.settled ?? false, isAhead: isAnswer,
    })
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

  /** The master does not know the task: of one that has ended, or is known to be unknown, that is no news. */
  private isNewUnknown({ taskId, state }: StatusUpdate, isWanted: boolean): boolean {
    const last = this.seen.get(taskId)
    if (last?.ended) return false
    if (last?.state === state) return isWanted
    if (last) last.state = state
    return true
  }

  /**
   * Of a task that was never launched there is nothing to repeat: the master says it once. But the words that have
   * launched it may have come twice, and the second time there was nothing to launch it on.
   */
  private isRefusal({ taskId, reason }: StatusUpdate): boolean {
    const wasLaunched = this.seen.get(taskId)?.launchId !== undefined
    if (!wasLaunched) this.seen.delete(taskId)
    return !wasLaunched || reason !== 'invalid-offers'
  }

  private remember(taskId: TaskId, seen: Seen): void {
    this.seen.delete(taskId)
    this.seen.set(taskId, seen)
    const [oldest] = this.seen.keys()
    if (this.seen.size > TASKS_REMEMBERED_MAX && oldest !== undefined) this.seen.delete(oldest)
  }
}

const NOTHING_YET: Seen = {
  updateId: undefined, launchId: undefined, state: 'STAGING', ended: false, settled: false, isAhead: false,
}

const STEPS: readonly TaskState[] = ['STAGING', 'STARTING', 'RUNNING', 'KILLING']

const comesBefore = (state: TaskState, other: TaskState): boolean =>
  STEPS.includes(state) && STEPS.indexOf(state) < STEPS.indexOf(other)
