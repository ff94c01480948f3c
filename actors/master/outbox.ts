/**
 * Outbox: holds what the master wants to say until the log has committed what it decided.
 *
 * First in, first out: an effect without a record of its own still waits behind those before it, so
 * that nobody hears of a thing before its cause.
 */
import type { Effect } from './decision.js'

interface Held {
  readonly token: number
  readonly effects: readonly Effect[]
}

export class Outbox {
  private held: Held[] = []
  private lastToken = 0

  /** A token for an append whose commit releases `effects`. */
  hold(effects: readonly Effect[]): number {
    this.held.push({ token: ++this.lastToken, effects })
    return this.lastToken
  }

  /** Effects of a decision without records: at once if nothing is held, else with the last that is. */
  pass(effects: readonly Effect[]): readonly Effect[] {
    if (this.held.length === 0) return effects
    if (effects.length > 0) this.held.push({ token: this.lastToken, effects })
    return []
  }

  /** What may go out now that everything up to `token` is committed. */
  release(token: number): Effect[] {
    const firstHeld = this.held.findIndex((held) => held.token > token)
    const free = firstHeld < 0 ? this.held.splice(0) : this.held.splice(0, firstHeld)
    return free.flatMap((held) => held.effects)
  }

  get size(): number {
    return this.held.length
  }
}
