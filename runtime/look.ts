/** Look: what can be seen of one actor from outside: what waits for it, and what it holds. */
import type { Ref } from './address.js'
import type { AnyMessage, Item } from './item.js'

export interface Waiting {
  readonly message: AnyMessage
  readonly from: Ref<never> | undefined
  readonly waitedMs: number
  /** The actor itself had asked for it, by a timer, a watch or a question. */
  readonly isNotice: boolean
  /** Wall-clock milliseconds after which it will not be acted upon. */
  readonly deadlineMs: number | undefined
}

export interface Look {
  /** As they will be received, so that of each lane the oldest comes first. */
  readonly waiting: readonly Waiting[]
  /** With those that are not listed. */
  readonly waitingTotal: number
  /** The very value, which is the actor's own: for reading only, and at once. Undefined between two lives. */
  readonly state: unknown
}

/** @param items all that is in the mailbox, withdrawn or not */
export function lookOf(items: readonly Item[], state: unknown, nowMs: number, waitingMax: number): Look {
  const live = items.filter(({ notice }) => !notice || notice.live)
  const waiting = live.slice(0, waitingMax).map(({ message, from, queuedAt, notice, deadlineMs }) =>
    ({ message, from, waitedMs: nowMs - queuedAt, isNotice: notice !== undefined, deadlineMs }))
  return { waiting, waitingTotal: live.length, state }
}
