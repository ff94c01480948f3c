/**
 * Recent: the last messages that an actor received, so that its failure can be told with what led to it.
 */
import type { AnyMessage } from './item.js'

/** A power of two, so that the place of the next is a mask. */
export const RECENT_MESSAGES_KEPT = 8

export class Recent {
  private readonly kept: AnyMessage[] = []
  private count = 0

  add(message: AnyMessage): void {
    this.kept[this.count++ & (RECENT_MESSAGES_KEPT - 1)] = message
  }

  /** Oldest first. */
  list(): readonly AnyMessage[] {
    const first = this.count & (RECENT_MESSAGES_KEPT - 1)
    if (this.count < RECENT_MESSAGES_KEPT) return [...this.kept]
    return [...this.kept.slice(first), ...this.kept.slice(0, first)]
  }
}
