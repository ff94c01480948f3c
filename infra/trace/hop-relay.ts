/**
 * Hop relay: brings a node's hops from its ring to a reader, in batches, while there is one.
 *
 * The ring is the buffer: a reader that is slow, or away, misses the oldest, and learns how many.
 */
import type { HopBatch, HopOutlet } from './hop-bus.js'
import type { HopRing } from './hop-ring.js'

export const RELAY_EVERY_MS = 50
/** Hops in one batch, and in one go: a node has other things to do. */
export const BATCH_HOPS_MAX = 500
export const TURN_HOPS_MAX = 5_000
/** What a new reader is told of the past, at most. */
export const BACKLOG_HOPS_MAX = 4_096

export class HopRelay {
  private cursor = 0
  private missed = 0
  private timer: NodeJS.Timeout | undefined
  /** Not yet told whether anybody listens. */
  private isUnsure = true

  constructor(private readonly ring: HopRing, private readonly outlet: HopOutlet) {
    outlet.watchListeners((isListenedTo) => {
      this.isUnsure = false
      if (isListenedTo) this.begin()
      else this.end()
    })
  }

  /** Tells what is left, then leaves. A node so brief that it never learned whether there is a reader tells it, too. */
  async close(): Promise<void> {
    if (this.isUnsure) await this.outlet.opened?.()
    if (this.timer) this.pump(false)
    else if (this.isUnsure) {
      this.rewind()
      this.pump(true)
    }
    this.end()
    await this.outlet.close()
  }

  private begin(): void {
    if (this.timer) return
    this.rewind()
    this.timer = setInterval(() => this.pump(false), RELAY_EVERY_MS)
    this.timer.unref()
    // Not at once: whoever began to listen must be able to say so to others first.
    setImmediate(() => {
      if (this.timer) this.pump(true)
    })
  }

  private rewind(): void {
    this.cursor = Math.max(0, this.ring.recorded - BACKLOG_HOPS_MAX)
    this.missed = 0
  }

  private end(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  private pump(isBacklog: boolean): void {
    const until = this.ring.recorded
    for (let told = 0; told < TURN_HOPS_MAX && this.cursor < until; told += BATCH_HOPS_MAX) {
      const { records, next, missed } = this.ring.read(this.cursor, Math.min(BATCH_HOPS_MAX, until - this.cursor))
      const batch: HopBatch = { isBacklog, missed: this.missed + missed, records }
      this.missed = this.outlet.publish(batch) ? 0 : batch.missed + records.length
      this.cursor = next
    }
  }
}
