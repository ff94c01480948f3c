/**
 * Frame: several envelopes for one node, as one piece of bytes.
 *
 * A msgpack array: a table of heads, then for each envelope the number of its head and what follows the
 * head. A head is the first two places of an envelope, its addresses: most envelopes of a frame go from one
 * actor to one other, and say so once. Each envelope is packed once, alone, so its size is known before it
 * joins a batch.
 */
import type { WireEnvelope } from '../runtime/transport.js'
import { decode, encode, INBOUND_BYTES_MAX } from './codec.js'

const HEAD_PLACES = 2
/** Longer texts stay in their envelope. */
const HEAD_CHARACTERS_MAX = 2_000
/** The array header in front, and that of the table. */
const HEADERS_BYTES_MAX = 10
/** The same in a frame of one envelope. */
const ALONE_HEADERS_BYTES = 2
/** What the number of a head may take. */
const NUMBER_BYTES_MAX = 5

type Head = readonly unknown[]

export type Read =
  | { readonly ok: true; readonly envelopes: readonly WireEnvelope[] }
  | { readonly ok: false; readonly reason: string }

/** A frame in the making; there is always one envelope in it. */
export class Draft {
  /** What it takes at the most. */
  bytes: number
  /** All heads but the first, whose number is 0. */
  private readonly heads: Uint8Array[] = []
  /** The numbers of these, by their two places. */
  private numbers: Map<unknown, Map<unknown, number>> | undefined
  /** Number and content of each envelope but the first. */
  private readonly parts: Uint8Array[] = []

  private constructor(private readonly head: Head, private readonly alone: Uint8Array) {
    this.bytes = HEADERS_BYTES_MAX + alone.length
  }

  /** Undefined when the envelope is no plain data, or larger than any may be. */
  static of(envelope: WireEnvelope): Draft | undefined {
    const head = headOf(envelope)
    // Packed as it will be when nothing else joins, which is frequent: then this is the frame.
    const alone = encode([[head], 0, envelope.slice(head.length)])
    return alone && alone.length <= INBOUND_BYTES_MAX ? new Draft(head, alone) : undefined
  }

  /** Takes another envelope in, unless the frame would be longer than `bytesMax`, or `of` would not take it. */
  add(envelope: WireEnvelope, bytesMax: number): boolean {
    const head = headOf(envelope)
    const content = encode(envelope.slice(head.length))
    if (!content) return false
    const known = this.numberOf(head)
    const fresh = known === undefined ? encode(head) : undefined
    const bytes = this.bytes + content.length + NUMBER_BYTES_MAX + (fresh?.length ?? 0)
    if (bytes > bytesMax) return false
    this.bytes = bytes
    this.parts.push(packedNumber(known ?? this.learn(head, fresh ?? NO_HEAD)), content)
    return true
  }

  finish(): Uint8Array {
    const { alone, heads, parts } = this
    if (parts.length === 0) return alone
    const head = encode(this.head) ?? NO_HEAD
    const frame = Buffer.allocUnsafe(this.bytes)
    let end = put(frame, arrayHeader(1 + 2 + parts.length), 0)
    end = put(frame, arrayHeader(1 + heads.length), end)
    end = put(frame, head, end)
    for (const each of heads) end = put(frame, each, end)
    // Of the first, packed alone, what follows its head: its number and its content.
    end = put(frame, alone.subarray(ALONE_HEADERS_BYTES + head.length), end)
    for (const part of parts) end = put(frame, part, end)
    return frame.subarray(0, end)
  }

  private numberOf(head: Head): number | undefined {
    if (head[0] === this.head[0] && head[1] === this.head[1] && head.length === this.head.length) return 0
    return this.numbers?.get(head[0])?.get(head[1])
  }

  private learn(head: Head, packedHead: Uint8Array): number {
    const number = this.heads.push(packedHead)
    this.numbers ??= new Map()
    const ofFirst = this.numbers.get(head[0])
    if (ofFirst) ofFirst.set(head[1], number)
    else this.numbers.set(head[0], new Map([[head[1], number]]))
    return number
  }
}

/** The frame of these envelopes. Throws when one of them is no plain data. */
export function frameOf(...envelopes: readonly WireEnvelope[]): Uint8Array {
  const [first, ...others] = envelopes
  const draft = first && Draft.of(first)
  const isWhole = draft !== undefined && others.every((envelope) => draft.add(envelope, Infinity))
  if (!isWhole) throw new TypeError('an envelope is no plain data, or too large, or there is none')
  return draft.finish()
}

/** How many envelopes a frame says to hold, by its header alone; 0 for what is no frame. */
export function envelopesIn(frame: Uint8Array): number {
  const [first = 0, a = 0, b = 0, c = 0, d = 0] = frame
  const items = (first & 0xf0) === 0x90 ? first & 0x0f : first === 0xdc ? a * 256 + b
    : first === 0xdd ? ((a * 256 + b) * 256 + c) * 256 + d : 0
  // Each takes two bytes at least; who says otherwise is not believed.
  return Math.max(0, Math.min(items - 1, frame.length) >> 1)
}

/** Reads a frame, which may be anything. What it answers shares no memory with it. Never throws. */
export function readFrame(frame: Uint8Array): Read {
  const decoded = decode(frame)
  if (!decoded.ok) return decoded
  const { items } = decoded
  const heads = items[0]
  if (!Array.isArray(heads) || items.length % 2 === 0) return NO_FRAME
  const envelopes: WireEnvelope[] = []
  for (let at = 1; at < items.length; at += 2) {
    const [number, content] = [items[at], items[at + 1]]
    const head: unknown = Number.isInteger(number) ? heads[number as number] : undefined
    // The bound on a head matters: any number of envelopes may name the same.
    if (!Array.isArray(head) || head.length > HEAD_PLACES || !Array.isArray(content)) return NO_FRAME
    envelopes.push(head.length === HEAD_PLACES ? [head[0], head[1], ...content] : [...head, ...content])
  }
  return { ok: true, envelopes }
}

const NO_FRAME: Read = { ok: false, reason: 'not a frame of envelopes' }
/** An empty array. */
const NO_HEAD = Uint8Array.of(0x90)

function headOf([first, second]: WireEnvelope): Head {
  return isShort(first) && (second === null || isShort(second)) ? [first, second] : []
}

const isShort = (part: unknown): boolean => typeof part === 'string' && part.length <= HEAD_CHARACTERS_MAX

const SMALL_MAX = 0x7f
const SMALL: readonly Uint8Array[] = Array.from({ length: SMALL_MAX + 1 }, (_, number) => Uint8Array.of(number))

function packedNumber(number: number): Uint8Array {
  const small = SMALL[number]
  if (small) return small
  return number < 65_536 ? Uint8Array.of(0xcd, number >> 8, number & 0xff) : Uint8Array.of(0xce, ...word(number))
}

function arrayHeader(length: number): Uint8Array {
  if (length < 16) return Uint8Array.of(0x90 | length)
  if (length < 65_536) return Uint8Array.of(0xdc, length >> 8, length & 0xff)
  return Uint8Array.of(0xdd, ...word(length))
}

const word = (number: number): readonly number[] =>
  [number >>> 24, (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff]

/** Answers where it ends. */
function put(frame: Buffer, part: Uint8Array, at: number): number {
  if (part.length === 1) frame[at] = part[0] as number
  else frame.set(part, at)
  return at + part.length
}
