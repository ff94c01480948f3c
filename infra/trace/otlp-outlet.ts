/**
 * OTLP outlet: tells an OpenTelemetry collector of a node's messages, over HTTP. What the collector does not
 * take in time is dropped and counted; the node never waits.
 */
import { gzipSync } from 'node:zlib'
import { setTimeout as pause } from 'node:timers/promises'
import { type Backoff, backoffMs } from '../backoff.js'
import type { HopBatch, HopOutlet } from './hop-bus.js'
import { requestOf, spanOf, type OtlpSpan } from './otlp-spans.js'

export interface OtlpOptions {
  /** Where requests are posted. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly isCompressed: boolean
  /** Said of the node with each request. */
  readonly resource: Readonly<Record<string, string>>
  /** Spans that may wait; beyond it the newest are dropped. */
  readonly queueMax: number
  readonly batchMax: number
  readonly delayMs: number
}

export const ATTEMPTS_MAX = 5
const RETRY: Backoff = { firstMs: 500, maxMs: 10_000 }
const RETRY_AFTER_MAX_MS = 30_000
const FLUSH_MAX_MS = 2_000
/** Answers after which the same request may succeed. */
const PASSING = new Set([429, 502, 503, 504])

export class OtlpOutlet implements HopOutlet {
  private waiting: OtlpSpan[] = []
  private timer: NodeJS.Timeout | undefined
  private sending: Promise<void> | undefined
  private readonly closing = new AbortController()
  private droppedSpans = 0

  constructor(private readonly options: OtlpOptions) {}

  /** Spans that the collector never had, as far as is known. */
  get dropped(): number {
    return this.droppedSpans
  }

  publish({ records, isBacklog }: HopBatch): boolean {
    // The beginning of a node is in its backlog, so that is told as well; only once, since nobody leaves.
    const { queueMax, batchMax, delayMs } = this.options
    for (const record of records) {
      const span = spanOf(record)
      if (!span) continue
      if (this.waiting.length < queueMax) this.waiting.push(span)
      else this.droppedSpans++
    }
    if (this.waiting.length >= batchMax) this.flush()
    else if (!this.timer && this.waiting.length > 0) {
      this.timer = setTimeout(() => this.flush(), isBacklog ? 0 : delayMs)
      this.timer.unref()
    }
    return true
  }

  watchListeners(tell: (isListenedTo: boolean) => void): void {
    tell(true)
  }

  async close(): Promise<void> {
    this.flush()
    const late = setTimeout(() => this.closing.abort(), FLUSH_MAX_MS)
    while (this.sending !== undefined) await this.sending
    clearTimeout(late)
    this.closing.abort()
  }

  private flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.sending || this.waiting.length === 0) return
    const spans = this.waiting.splice(0, this.options.batchMax)
    this.sending = this.send(spans).then((isTaken) => {
      if (!isTaken) this.droppedSpans += spans.length
      this.sending = undefined
      this.flush()
    })
  }

  /** False when the collector would not have it. */
  private async send(spans: readonly OtlpSpan[]): Promise<boolean> {
    const { url, headers, timeoutMs, isCompressed, resource } = this.options
    const text = JSON.stringify(requestOf(spans, resource))
    const body = isCompressed ? gzipSync(text) : text
    const coding = isCompressed ? { 'content-encoding': 'gzip' } : {}
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !this.closing.signal.aborted; attempt++) {
      let waitMs = backoffMs(RETRY, attempt)
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.closing.signal])
        const answer = await fetch(url, {
          method: 'POST', body, signal, headers: { 'content-type': 'application/json', ...coding, ...headers },
        })
        await answer.arrayBuffer()
        if (answer.ok) return true
        if (!PASSING.has(answer.status)) return false
        const wantedMs = 1_000 * (Number(answer.headers.get('retry-after')) || 0)
        waitMs = Math.max(waitMs, Math.min(wantedMs, RETRY_AFTER_MAX_MS))
      } catch {
        // Not reached, or not in time: the collector may be starting.
      }
      await pause(waitMs, undefined, { signal: this.closing.signal, ref: false }).catch(() => undefined)
    }
    return false
  }
}
