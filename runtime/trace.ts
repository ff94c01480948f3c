/**
 * Trace: which message caused which. Every message carries a W3C trace context; what a behaviour
 * sends while it handles a message is caused by that message. Timers and ports begin new traces.
 */
import type { Ref } from './address.js'
import type { Random } from './random.js'

export interface TraceContext {
  /** 32 hexadecimal digits, shared by all that one beginning caused. */
  readonly traceId: string
  /** 16 hexadecimal digits: this message. */
  readonly spanId: string
  /** The message that caused this one; absent at the beginning of a trace. */
  readonly parentId?: string
}

/** One station of a message's way. */
export interface Hop {
  readonly kind: 'sent' | 'delivered' | 'processed' | 'dropped'
  readonly atMs: number
  readonly trace: TraceContext
  readonly from: Ref<never> | undefined
  readonly to: Ref<never>
  readonly message: { readonly type: string }
  /** How long the behaviour took; with `processed`. */
  readonly durationMs?: number
  /** Why it went no further; with `dropped`. */
  readonly reason?: string
}

/** The port of traces. A sink must neither throw nor keep the message beyond the call. */
export interface TraceSink {
  hop(hop: Hop): void
}

/** Makes contexts: a random prefix per node and a counter, so that it costs no entropy per message. */
export class TraceSource {
  private readonly prefix: string
  private count = 0

  constructor(random: Random) {
    this.prefix = hex(random, 8)
  }

  /** A message that nothing caused. */
  begin(): TraceContext {
    const spanId = this.nextId()
    return { traceId: this.prefix + this.prefix + spanId, spanId }
  }

  /** A message that `parent` caused. */
  follow(parent: TraceContext): TraceContext {
    return { traceId: parent.traceId, spanId: this.nextId(), parentId: parent.spanId }
  }

  private nextId(): string {
    this.count = (this.count + 1) >>> 0
    return this.prefix + this.count.toString(16).padStart(8, '0')
  }
}

function hex(random: Random, length: number): string {
  let digits = ''
  while (digits.length < length) digits += Math.floor(random.next() * 16).toString(16)
  return /[^0]/.test(digits) ? digits : `${'0'.repeat(length - 1)}1`
}
