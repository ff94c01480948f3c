/**
 * Outbox: holds what the master wants to say until the log has committed what it decided.
 *
 * First in, first out: an effect without a record of its own still waits behind those before it, so
 * that nobody hears of a thing before its cause.
 */
import type { Cause } from '../../runtime/actor.js'
import type { Effect } from './decision.js'

/** What may go out together, and why. */
export interface Released {
  readonly effects: readonly Effect[]
  /** Undefined where it is the commit by which it is released. */
  readonly cause: Cause | undefined
}

interface Held extends Released {
  readonly token: number
}

export class Outbox {
  private held: Held[] = []
  private lastToken = 0

  /** A token for an append whose commit releases `effects`. */
  hold(effects: readonly Effect[]): number {
    this.held.push({ token: ++this.lastToken, effects, cause: undefined })
    return this.lastToken
  }

  /** Effects of a decision without records: at once if nothing is held, else with the last that is. */
  pass(effects: readonly Effect[], cause?: Cause): readonly Effect[] {
    if (this.held.length === 0) return effects
    if (effects.length > 0) this.held.push({ token: this.lastToken, effects, cause })
    return []
  }

  /** What may go out now that everything up to `token` is committed. */
  release(token: number): readonly Released[] {
    const firstHeld = this.held.findIndex((held) => held.token > token)
    return firstHeld < 0 ? this.held.splice(0) : this.held.splice(0, firstHeld)
  }

  get size(): number {
    return this.held.length
  }
}
