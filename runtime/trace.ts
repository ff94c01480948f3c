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
  readonly parentId?: string | undefined
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

/**
 * Makes contexts: a random prefix per node and a counter, so that it costs no entropy per message. The
 * digits are written only when somebody reads them, which for most messages nobody does.
 */
export class TraceSource {
  private readonly prefix: string
  private count = 0

  constructor(random: Random) {
    this.prefix = hex(random, 8)
  }

  /** A message that nothing caused. */
  begin(): TraceContext {
    const number = this.next()
    return new Span(this.prefix, number, number, undefined)
  }

  /** A message that `parent` caused. */
  follow(parent: TraceContext): TraceContext {
    const number = this.next()
    // The parent's numbers and not the parent: a chain of causes must not be kept alive by its last link.
    if (parent instanceof Span) return new Span(this.prefix, number, parent.root, parent.number)
    return new Span(this.prefix, number, parent.traceId, parent.spanId)
  }

  private next(): number {
    this.count = (this.count + 1) >>> 0
    return this.count
  }
}

/** A message of this node; what began elsewhere is known by its digits, what began here by numbers. */
class Span implements TraceContext {
  constructor(
    private readonly prefix: string, readonly number: number, readonly root: number | string,
    private readonly parent: number | string | undefined,
  ) {}

  get traceId(): string {
    return typeof this.root === 'string' ? this.root : this.prefix + this.prefix + this.digits(this.root)
  }

  get spanId(): string {
    return this.digits(this.number)
  }

  get parentId(): string | undefined {
    return typeof this.parent === 'number' ? this.digits(this.parent) : this.parent
  }

  toJSON(): object {
    const { traceId, spanId, parentId } = this
    return parentId === undefined ? { traceId, spanId } : { traceId, spanId, parentId }
  }

  private digits(number: number): string {
    return this.prefix + number.toString(16).padStart(8, '0')
  }
}

function hex(random: Random, length: number): string {
  let digits = ''
  while (digits.length < length) digits += Math.floor(random.next() * 16).toString(16)
  return /[^0]/.test(digits) ? digits : `${'0'.repeat(length - 1)}1`
}
