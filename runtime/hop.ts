/**
 * Hop: one station of a message's way, as a node's kernel sees it, and the port by which it is told.
 *
 * A message is sent; enqueued in its receiver's mailbox; delivered, which is when the behaviour is given it;
 * and processed. What cannot go on is dropped.
 */
import type { Ref } from './address.js'
import type { AnyMessage } from './item.js'
import type { TraceContext } from './trace.js'

export const HOP_KINDS = [
  'sent', 'enqueued', 'delivered', 'processed',
  /** An answer has come to its question. */
  'replied',
  /** Whoever carries it has said that it has it; known of what leaves the node over a broker. */
  'acknowledged',
  'dropped',
  /** Its receiver has failed, and begins a new life. */
  'restarted',
] as const
export type HopKind = (typeof HOP_KINDS)[number]

/** How a behaviour ended. Unhandled: it was given a message of a type that it does not know. */
export type Outcome = 'ok' | 'crashed' | 'unhandled'

export interface Hop {
  readonly kind: HopKind
  /** Wall clock, with fractions of a millisecond. */
  readonly atMs: number
  readonly trace: TraceContext
  readonly from: Ref<never> | undefined
  readonly to: Ref<never>
  readonly message: AnyMessage
  /** How long the behaviour took; with `processed`. */
  readonly durationMs?: number
  /** With `processed`. */
  readonly outcome?: Outcome
  /** Why it went no further, or why its receiver begins anew. */
  readonly reason?: string
  /** What the context gave of time and chance, in the order in which it was asked; with `processed`. */
  readonly given?: readonly number[]
}

/** What is told of a message. */
export interface Traced {
  readonly message: AnyMessage
  readonly from: Ref<never> | undefined
  readonly trace: TraceContext
}

/** The port of traces, for whoever wants each hop as an object. A sink must neither throw nor keep the message. */
export interface TraceSink {
  hop(hop: Hop): void
}

/**
 * When a hop was. The same object is used for the next one: a number that is handed from call to call is put into
 * memory each time, and to clear that up costs more than to record the hop.
 */
export interface Moment {
  /** Wall clock, with fractions of a millisecond. */
  readonly atMs: number
  /** How long the behaviour took; with `processed`. */
  readonly durationMs: number
}

/** The same without the object, for whoever records every message of a busy node. Must not keep the moment. */
export interface HopRecorder {
  /** Whether the hops of this trace are recorded; all are, unless it says otherwise. */
  wants?(trace: TraceContext): boolean
  /** Of any kind but `processed`. */
  record(kind: HopKind, moment: Moment, traced: Traced, to: Ref<never>, reason?: string): void
  /** How it went is told without an object, too. */
  processed(
    moment: Moment, traced: Traced, to: Ref<never>, outcome: Outcome, given: readonly number[] | undefined,
  ): void
}

export const recorderOf = (sink: TraceSink | HopRecorder): HopRecorder => ('record' in sink ? sink : {
  record: (...hop) => sink.hop(hopOf(...hop)),
  processed: (...hop) => sink.hop(processedOf(...hop)),
})

/** As an object, what a recorder is told. */
export function hopOf(...[kind, { atMs }, traced, to, reason]: Parameters<HopRecorder['record']>): Hop {
  const { trace, from, message } = traced
  return { kind, atMs, trace, from, to, message, ...(reason === undefined ? {} : { reason }) }
}

export function processedOf(...[moment, traced, to, outcome, given]: Parameters<HopRecorder['processed']>): Hop {
  const { durationMs } = moment
  return { ...hopOf('processed', moment, traced, to), durationMs, outcome, ...(given ? { given } : {}) }
}

/**
 * Wall-clock time with fractions, from the two times of a clock. The two drift apart slowly, so they are
 * held against each other at first, and then now and then.
 *
 * `now` knows whole milliseconds only, so it is behind by a part of one, and by another part each time: the least by
 * which it was behind is kept. So nodes of one machine agree, and an effect is not seen before its cause.
 */
export class WallClock {
  private originMs = Number.NEGATIVE_INFINITY
  private heldAtMs = Number.NEGATIVE_INFINITY
  private held = 0

  constructor(private readonly clock: { now(): number; elapsedMs(): number }) {}

  /** @param elapsedMs as the clock has said */
  at(elapsedMs: number): number {
    const moment = { atMs: elapsedMs }
    this.place(moment)
    return moment.atMs
  }

  /** Makes wall-clock time of what a clock has said: in its place, for the reason that `Moment` gives. */
  place(moment: { atMs: number }): void {
    const elapsedMs = moment.atMs
    if (this.held < HELD_FIRST || elapsedMs - this.heldAtMs > RECKON_EVERY_MS) this.reckon(elapsedMs)
    moment.atMs = this.originMs + elapsedMs
  }

  private reckon(elapsedMs: number): void {
    this.held++
    this.heldAtMs = elapsedMs
    const originMs = this.clock.now() - this.clock.elapsedMs()
    if (originMs > this.originMs || originMs < this.originMs - BEHIND_MAX_MS) this.originMs = originMs
  }
}

const WALLS = new WeakMap<object, WallClock>()

/** Of a clock: nodes that share it tell the time alike, to the last digit. */
export function wallOf(clock: ConstructorParameters<typeof WallClock>[0]): WallClock {
  const wall = WALLS.get(clock) ?? new WallClock(clock)
  WALLS.set(clock, wall)
  return wall
}

/** So many times at first, which is in the first moments of a node. */
const HELD_FIRST = 256
const RECKON_EVERY_MS = 1_000
/** It shows whole milliseconds and follows one that does; what is further behind has been set. */
const BEHIND_MAX_MS = 3
