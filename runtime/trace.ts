/**
 * Trace: which message caused which. Every message carries a W3C trace context; what a behaviour
 * sends while it handles a message is caused by that message, unless it says otherwise (`because`). Timers, and ports
 * that nobody has asked, begin new traces.
 */
import type { Random } from './random.js'

export interface TraceContext {
  /** 32 hexadecimal digits, shared by all that one beginning caused. */
  readonly traceId: string
  /** 16 hexadecimal digits: this message. */
  readonly spanId: string
  /** The message that caused this one; absent at the beginning of a trace. */
  readonly parentId?: string | undefined
}

/**
 * Makes contexts: a random prefix per node and a counter, so that it costs no entropy per message. The
 * digits are written only when somebody reads them, which for most messages nobody does.
 */
export class TraceSource {
  private readonly prefix: number
  private count = 0

  constructor(random: Random) {
    this.prefix = parseInt(hex(random, 8), 16)
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
    const words = traceWords(parent)
    return new Span(this.prefix, number, words, [words[4] as number, words[5] as number])
  }

  private next(): number {
    this.count = (this.count + 1) >>> 0
    return this.count
  }
}

/**
 * Whether a trace is among those that are chosen: `part` of all, 0 to 1. Decided by its id alone, so that
 * every node chooses the same.
 */
export function isChosen(trace: TraceContext, part: number): boolean {
  if (part >= 1) return true
  const lot = trace instanceof Context ? trace.lot() : lotOf(traceWords(trace))
  return scattered(lot) < part * WORDS
}

const WORDS = 0x1_0000_0000
/** Of a trace's words those that differ between any two. */
const lotOf = ([, , prefix = 0, number = 0]: readonly number[]): number => prefix ^ number

/** Numbers that follow each other end up far apart. */
function scattered(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * A context as it travels: numbers of 32 bits, the first in front. Four are the trace, two the span, and two
 * more the parent, if there is one. They are shorter than digits, and quicker to check.
 */
export function traceWords(trace: TraceContext): readonly number[] {
  if (trace instanceof Span || trace instanceof Distant) return trace.words()
  return wordsOf(trace.traceId + trace.spanId + (trace.parentId ?? ''))
}

/** The context that these words are; undefined when they are none. */
export function traceOfWords(words: unknown): TraceContext | undefined {
  if (!Array.isArray(words) || (words.length !== 6 && words.length !== 8)) return undefined
  for (const word of words as unknown[]) if (typeof word !== 'number' || word >>> 0 !== word) return undefined
  return new Distant(words as readonly number[])
}

/** Writes its digits when they are asked for. */
abstract class Context implements TraceContext {
  abstract words(): readonly number[]
  /** By which it is chosen, or not. */
  abstract lot(): number

  get traceId(): string {
    return digits(this.words(), 0, 4)
  }

  get spanId(): string {
    return digits(this.words(), 4, 6)
  }

  get parentId(): string | undefined {
    const words = this.words()
    return words.length > 6 ? digits(words, 6, 8) : undefined
  }

  toJSON(): object {
    const { traceId, spanId, parentId } = this
    return parentId === undefined ? { traceId, spanId } : { traceId, spanId, parentId }
  }
}

/** A message of this node; what began elsewhere is known by all of its words, what began here by a number. */
class Span extends Context {
  constructor(
    private readonly prefix: number, readonly number: number, readonly root: number | readonly number[],
    private readonly parent: number | readonly [number, number] | undefined,
  ) {
    super()
  }

  words(): readonly number[] {
    const { prefix, number, root, parent } = this
    const words = typeof root === 'number' ? [prefix, prefix, prefix, root, prefix, number]
      : [root[0] as number, root[1] as number, root[2] as number, root[3] as number, prefix, number]
    if (typeof parent === 'number') words.push(prefix, parent)
    else if (parent) words.push(parent[0], parent[1])
    return words
  }

  lot(): number {
    return typeof this.root === 'number' ? this.prefix ^ this.root : lotOf(this.root)
  }
}

/** A message of another node. */
class Distant extends Context {
  constructor(private readonly received: readonly number[]) {
    super()
  }

  words(): readonly number[] {
    return this.received
  }

  lot(): number {
    return lotOf(this.received)
  }
}

const WORD_DIGITS = 8

function digits(words: readonly number[], from: number, until: number): string {
  return words.slice(from, until).map((word) => word.toString(16).padStart(WORD_DIGITS, '0')).join('')
}

function wordsOf(text: string): readonly number[] {
  const words: number[] = []
  for (let at = 0; at < text.length; at += WORD_DIGITS) words.push(parseInt(text.slice(at, at + WORD_DIGITS), 16))
  return words
}

function hex(random: Random, length: number): string {
  let digits = ''
  while (digits.length < length) digits += Math.floor(random.next() * 16).toString(16)
  return /[^0]/.test(digits) ? digits : `${'0'.repeat(length - 1)}1`
}
