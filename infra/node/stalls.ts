/**
 * Stalls: how long this process's event loop keeps everybody waiting. One thread serves all actors, the
 * broker's heartbeats and the timers of a leader, so a stall is the first suspect when peers complain.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Logger } from '../../runtime/logger.js'

const RESOLUTION_MS = 20
/** Waiting this long is worth a word in the log. */
export const STALL_MS = 1_000
const LOOK_MS = 250
const NANOSECONDS_PER_SECOND = 1_000_000_000

export interface StallFigures {
  /** Delays since the process began, in seconds. */
  readonly p50Seconds: number
  readonly p99Seconds: number
  readonly maxSeconds: number
  /** How many were as long as `STALL_MS`. */
  readonly stalls: number
}

export class Stalls {
  private readonly histogram: IntervalHistogram
  private readonly timer: NodeJS.Timeout
  private lookedAtMs = performance.now()
  private count = 0

  constructor(private readonly logger: Logger) {
    this.histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    this.histogram.enable()
    this.timer = setInterval(() => this.look(performance.now()), LOOK_MS).unref()
  }

  figures(): StallFigures {
    const { histogram, count } = this
    const seconds = (nanoseconds: number): number =>
      Math.max(0, nanoseconds - RESOLUTION_MS * 1_000_000) / NANOSECONDS_PER_SECOND
    return {
      p50Seconds: seconds(histogram.percentile(50)), p99Seconds: seconds(histogram.percentile(99)),
      maxSeconds: seconds(histogram.max), stalls: count,
    }
  }

  close(): void {
    clearInterval(this.timer)
    this.histogram.disable()
  }

  private look(nowMs: number): void {
    const lateMs = nowMs - this.lookedAtMs - LOOK_MS
    this.lookedAtMs = nowMs
    if (lateMs < STALL_MS) return
    this.count++
    this.logger.log('warn', 'the event loop stood still', { forMs: Math.round(lateMs) })
  }
}
