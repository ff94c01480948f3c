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
  private readonly kept: DeadLetter[] = []
  private readonly counts = new Map<DeadLetterReason, number>()
  private next = 0

  add(letter: DeadLetter): void {
    this.counts.set(letter.reason, this.count(letter.reason) + 1)
    this.kept[this.next] = letter
    this.next = (this.next + 1) % DEAD_LETTERS_KEPT
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
    if (this.kept.length < DEAD_LETTERS_KEPT) return [...this.kept]
    return [...this.kept.slice(this.next), ...this.kept.slice(0, this.next)]
  }
}
