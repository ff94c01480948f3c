/**
 * Hop ring: the newest hops of one node, at the least cost for whoever makes them. They become records only
 * when somebody reads; whoever reads too slowly learns how many it has missed.
 */
import type { NodeAddress, Ref } from '../../runtime/address.js'
import {
  hopOf, processedOf, type HopKind, type HopRecorder, type Moment, type Outcome, type Traced,
} from '../../runtime/hop.js'
import { isChosen, type TraceContext } from '../../runtime/trace.js'
import { describe } from './describe.js'
import type { HopRecord } from './hop-record.js'

/** Hops of a node that are kept; a power of two. A message makes about four. */
export const RING_HOPS = 8_192

export interface Reading {
  readonly records: readonly HopRecord[]
  /** Where to go on. */
  readonly next: number
  /** How many had been overwritten before they were read. */
  readonly missed: number
}

export class HopRing implements HopRecorder {
  private readonly kinds: HopKind[]
  private readonly times: Float64Array
  /** Undefined where it is the same as in the place before: to point from here to what is new costs most. */
  private readonly traced: (Traced | undefined)[]
  private readonly receivers: Ref<never>[]
  /** Of what was processed. Kept apart: an object for each would live as long as the ring, and so be dear. */
  private readonly durations: Float64Array
  private readonly outcomes: Outcome[]
  /** Reasons, and what the context gave. */
  private readonly details: (readonly number[] | string | undefined)[]
  /** Where the message of the newest hop stands. To hold the message itself would be one more dear pointer. */
  private lastAt = 0
  private count = 0

  /**
   * @param part of all traces that is kept, 0 to 1
   * @param size how many hops; a power of two
   */
  constructor(private readonly node: NodeAddress, private readonly part = 1, private readonly size = RING_HOPS) {
    this.kinds = new Array<HopKind>(size).fill('sent')
    this.times = new Float64Array(size)
    this.traced = new Array<undefined>(size).fill(undefined)
    this.receivers = new Array<Ref<never>>(size).fill('' as Ref<never>)
    this.durations = new Float64Array(size)
    this.outcomes = new Array<Outcome>(size).fill('ok')
    this.details = new Array<undefined>(size).fill(undefined)
  }

  /** How many there have been. */
  get recorded(): number {
    return this.count
  }

  wants(trace: TraceContext): boolean {
    return this.part >= 1 || isChosen(trace, this.part)
  }

  record(kind: HopKind, moment: Moment, traced: Traced, to: Ref<never>, reason?: string): void {
    if (this.wants(traced.trace)) this.keep(this.put(kind, moment, traced, to), reason)
  }

  processed(
    moment: Moment, traced: Traced, to: Ref<never>, outcome: Outcome, given: readonly number[] | undefined,
  ): void {
    if (!this.wants(traced.trace)) return
    const at = this.put('processed', moment, traced, to)
    this.durations[at] = moment.durationMs
    this.outcomes[at] = outcome
    this.keep(at, given)
  }

  /** The hops from the one with this number on, oldest first. */
  read(from: number, hopsMax: number): Reading {
    const oldest = Math.max(0, this.count - this.size)
    const begin = Math.max(from, oldest)
    const next = Math.min(this.count, begin + hopsMax)
    const records: HopRecord[] = []
    let traced = this.tracedBefore(begin, oldest)
    for (let number = begin; number < next; number++) {
      const index = number & (this.size - 1)
      traced = this.traced[index] ?? traced
      // What the oldest was about may have been overwritten.
      if (traced) records.push(this.recordAt(index, traced))
    }
    return { records, next, missed: next - from - records.length }
  }

  private put(kind: HopKind, { atMs }: Moment, traced: Traced, to: Ref<never>): number {
    const at = this.count++ & (this.size - 1)
    this.kinds[at] = kind
    this.times[at] = atMs
    this.receivers[at] = to
    if (this.traced[this.lastAt] === traced && this.lastAt !== at) {
      this.traced[at] = undefined
      return at
    }
    this.traced[at] = traced
    this.lastAt = at
    return at
  }

  private keep(at: number, detail: readonly number[] | string | undefined): void {
    if (detail !== undefined || this.details[at] !== undefined) this.details[at] = detail
  }

  private tracedBefore(number: number, oldest: number): Traced | undefined {
    for (let each = number - 1; each >= oldest; each--) {
      const traced = this.traced[each & (this.size - 1)]
      if (traced) return traced
    }
    return undefined
  }

  private recordAt(index: number, traced: Traced): HopRecord {
    const kind = this.kinds[index] as HopKind
    const moment = { atMs: this.times[index] as number, durationMs: this.durations[index] as number }
    const [to, outcome] = [this.receivers[index] as Ref<never>, this.outcomes[index] as Outcome]
    const detail = this.details[index]
    const hop = kind === 'processed' ? processedOf(moment, traced, to, outcome, detail as readonly number[] | undefined)
      : hopOf(kind, moment, traced, to, detail as string | undefined)
    return describe(hop, this.node)
  }
}
