/**
 * Hops: tells whoever records them of a node's hops, each with its time.
 *
 * A clock costs more than all else here. So it is read once for what is one moment: being sent and being enqueued
 * within a node, and being done with one message and beginning the next. Nothing here makes an object, nor points
 * from what lasts to what is new: both would be paid again when memory is cleared.
 */
import type { Ref } from './address.js'
import type { Clock } from './clock.js'
import {
  recorderOf, wallOf, type HopKind, type HopRecorder, type Outcome, type Traced, type TraceSink, type WallClock,
} from './hop.js'
import type { TraceContext } from './trace.js'

/** Of an actor: when its behaviour was given the message at hand, or the last one. In elapsed milliseconds. */
export interface Pace {
  beganMs: number
  /** When it was done with the message before: the next begins there, since nothing lies between. NaN: not known. */
  endedMs: number
}

/** Messages that a behaviour sends at once, each of which has a time of its own in traces. */
const SENDS_TIMED = 16

export class Hops {
  private readonly recorder: HopRecorder
  private readonly wall: WallClock
  private readonly moment = { atMs: Number.NaN, durationMs: Number.NaN }
  private sentMs = Number.NaN
  /** Whether the message that was just sent is wanted, when its next hop comes in the same moment. */
  private isWanted: boolean | undefined
  /** Since a behaviour was last given a message. */
  private sends = 0

  constructor(traces: TraceSink | HopRecorder, private readonly clock: Clock) {
    this.recorder = recorderOf(traces)
    this.wall = wallOf(clock)
  }

  /** Whether the hops of this trace are recorded. */
  wants(trace: TraceContext): boolean {
    return this.recorder.wants?.(trace) !== false
  }

  /** @param isAtHome its receiver lives here, so that it is put into its mailbox now */
  sent(traced: Traced, to: Ref<never>, isAtHome: boolean): void {
    const isWanted = this.wants(traced.trace)
    this.isWanted = isAtHome ? isWanted : undefined
    if (!isWanted) return
    if (!this.isInBurst()) this.sentMs = this.clock.elapsedMs()
    this.moment.atMs = this.sentMs
    this.wall.place(this.moment)
    this.recorder.record('sent', this.moment, traced, to)
  }

  /** Of any kind that has no words of its own here. */
  hop(kind: HopKind, traced: Traced, to: Ref<never>, reason?: string): void {
    const { isWanted } = this
    this.isWanted = undefined
    if (!(isWanted ?? this.wants(traced.trace))) return
    if (isWanted === undefined) {
      this.moment.atMs = this.clock.elapsedMs()
      this.wall.place(this.moment)
    }
    this.recorder.record(kind, this.moment, traced, to, reason)
  }

  /** To a behaviour, at the time that `pace` has. Only what is wanted is told of here. */
  delivered(traced: Traced, to: Ref<never>, pace: Pace): void {
    this.sends = 0
    this.moment.atMs = pace.beganMs
    this.wall.place(this.moment)
    this.recorder.record('delivered', this.moment, traced, to)
  }

  /** By a behaviour, as `delivered` has it. */
  processed(
    traced: Traced, to: Ref<never>, pace: Pace, outcome: Outcome, given: readonly number[] | undefined,
  ): void {
    this.moment.atMs = pace.endedMs
    this.wall.place(this.moment)
    this.moment.durationMs = pace.endedMs - pace.beganMs
    this.recorder.processed(this.moment, traced, to, outcome, given)
  }

  /** Who sends many messages at once has the time read for each of the first, then now and then. */
  private isInBurst(): boolean {
    this.sends++
    return this.sends > SENDS_TIMED && this.sends % SENDS_TIMED !== 0
  }
}
