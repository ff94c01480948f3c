/**
 * Message times: how long the behaviours of this process take, counted only while somebody scrapes. The first
 * scrape begins it, and it ends some minutes after the last.
 */
import type { Ref } from '../../runtime/address.js'
import type { Meter } from '../../runtime/meter.js'
import type { System } from '../../runtime/system.js'
import type { TraceContext } from '../../runtime/trace.js'
import { actorKind } from './actor-kind.js'
import { durations } from './exposition.js'

/** Longer than anybody's interval between two scrapes. */
export const LISTEN_MS = 300_000
/** Who was slower has its trace named, if it is recorded; of the quick nobody asks why. */
export const EXEMPLAR_MS = 0.1
const BUCKETS_SECONDS = [0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 5]

export class MessageTimes implements Meter {
  readonly histogram = durations(
    'warren_message_process_duration_seconds',
    'How long behaviours took with a message, by kind of actor; measured while somebody scrapes.', BUCKETS_SECONDS)
  private readonly observers = new Map<string, { observe(seconds: number): void }>()
  private measured: readonly System[] = []
  private timer: NodeJS.Timeout | undefined

  processed(actor: Ref<never>, durationMs: number, trace?: TraceContext): void {
    const kind = actorKind(actor)
    if (trace && durationMs >= EXEMPLAR_MS) return this.example(kind, durationMs / 1_000, trace)
    let observer = this.observers.get(kind)
    if (!observer) {
      observer = this.histogram.labels(kind)
      this.observers.set(kind, observer)
    }
    observer.observe(durationMs / 1_000)
  }

  private example(kind: string, value: number, { traceId, spanId }: TraceContext): void {
    this.histogram.observe({ labels: { kind }, value, exemplarLabels: { trace_id: traceId, span_id: spanId } })
  }

  /** Somebody has scraped: goes on with these nodes. */
  listen(nodes: readonly System[]): void {
    this.measured = nodes
    for (const node of nodes) node.measure(this)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.close(), LISTEN_MS).unref()
  }

  close(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    for (const node of this.measured) node.measure(undefined)
    this.measured = []
  }
}
