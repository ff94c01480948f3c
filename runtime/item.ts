/**
 * Item: a message in a mailbox, with what the kernel knows of it.
 */
import type { Ref } from './address.js'
import type { TraceContext } from './trace.js'

/** What the kernel knows of every message. */
export interface AnyMessage {
  readonly type: string
}

export interface Item {
  readonly message: AnyMessage
  readonly from: Ref<never> | undefined
  readonly trace: TraceContext
  /** When it was put into the mailbox, in elapsed milliseconds. */
  readonly queuedAt: number
  /** What the actor itself had asked for; undefined when somebody sent it. */
  readonly notice: Notice | undefined
  /** Wall-clock milliseconds after which it must not be acted upon. */
  readonly deadlineMs: number | undefined
}

/**
 * A message that an actor has asked for: by a timer, a watch or a question. Once withdrawn it is never
 * received.
 */
export interface Notice {
  /** What the actor receives; may throw, which is the actor's fault. */
  readonly message: AnyMessage
  readonly live: boolean
  /** The actor receives it now. */
  taken(): void
}
