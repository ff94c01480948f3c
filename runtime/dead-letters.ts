/**
 * Dead letters: messages that nobody took, counted by reason. The last few are kept with their
 * origin, so that a developer can see what was lost; the counts are complete.
 */
import type { Ref } from './address.js'
import type { Refusal } from './envelope.js'
import type { UndeliverableReason } from './transport.js'

export type DeadLetterReason =
  | Refusal | UndeliverableReason
  | 'forged' | 'no-such-actor' | 'not-accepted' | 'mailbox-full' | 'stopped' | 'crashed' | 'port-failed'

export interface DeadLetter {
  /** Counts the letters of this life of the node, from 1. */
  readonly number: number
  readonly reason: DeadLetterReason
  readonly atMs: number
  readonly to: Ref<never> | undefined
  readonly from: Ref<never> | undefined
  /** The message where it could be read. */
  readonly message: { readonly type: string } | undefined
  /** What exactly was wrong; for people. */
  readonly detail?: string
}

export const DEAD_LETTERS_KEPT = 1_000

export class DeadLetters {
  private readonly kept: (DeadLetter | undefined)[] = []
  private readonly counts = new Map<DeadLetterReason, number>()
  private total = 0

  add(letter: Omit<DeadLetter, 'number'>): void {
    this.counts.set(letter.reason, this.count(letter.reason) + 1)
    this.kept[this.total % DEAD_LETTERS_KEPT] = { number: ++this.total, ...letter }
  }

  /** Undefined when it is no longer kept, or was taken out. */
  find(number: number): DeadLetter | undefined {
    return this.kept.find((letter) => letter?.number === number)
  }

  /** Keeps a letter no longer; it stays counted. */
  remove(number: number): void {
    const index = this.kept.findIndex((letter) => letter?.number === number)
    if (index >= 0) this.kept[index] = undefined
  }

  count(reason: DeadLetterReason): number {
    return this.counts.get(reason) ?? 0
  }

  /** How many of each reason, since the node began. */
  countsByReason(): ReadonlyMap<DeadLetterReason, number> {
    return this.counts
  }

  /** The last letters, oldest first. */
  last(): DeadLetter[] {
    const first = this.kept.length < DEAD_LETTERS_KEPT ? 0 : this.total % DEAD_LETTERS_KEPT
    const letters = [...this.kept.slice(first), ...this.kept.slice(0, first)]
    return letters.filter((letter) => letter !== undefined)
  }
}

export interface Replay {
  readonly to: Ref<never>
  readonly from: Ref<never> | undefined
  readonly message: { readonly type: string }
}

/** What to send so that a letter is tried again, or why it cannot be. */
export function replayOf(letter: DeadLetter | undefined, number: number): Replay | string {
  if (!letter) return `there is no dead letter ${number}: only the last ${DEAD_LETTERS_KEPT} are kept`
  const { reason, to, from, message } = letter
  if (!message || !to) return `dead letter ${number} (${reason}) could not be read, so it cannot be sent`
  // Sent again from within the node it would pass the door that has refused it.
  if (reason === 'not-accepted') return `${to} does not accept '${message.type}' from other nodes`
  return { to, from, message }
}
