/**
 * Codec: packs envelopes into frames and reads them back; the one importer of msgpackr.
 *
 * A frame is a msgpack array of envelopes: a header and the packed envelopes behind it, so an envelope
 * is packed once, alone, and its size is known before it joins a batch. Only plain data passes: null,
 * booleans, numbers, strings, arrays, maps and bytes. msgpackr's other types (dates, errors, regular
 * expressions, typed arrays, records that generate code) are refused both ways: a peer must not choose
 * what we construct, and msgpackr packs some of them with uninitialised memory. Minus zero is read as zero.
 */
import { addExtension, Packr, Unpackr } from 'msgpackr'
import type { WireEnvelope } from '../runtime/transport.js'

/** The largest envelope: one megabyte of body, and room for everything around it. */
export const ENVELOPE_BYTES_MAX = 2_097_152
/** The most that the array header in front of a frame's envelopes can take. */
export const FRAME_HEADER_BYTES_MAX = 5
/** The longest frame that is even looked at. */
export const INBOUND_BYTES_MAX = ENVELOPE_BYTES_MAX + FRAME_HEADER_BYTES_MAX

export type Decoded =
  | { readonly ok: true; readonly envelopes: readonly unknown[] }
  | { readonly ok: false; readonly reason: string }

/** Classes that msgpackr would pack as an extension, or (typed arrays) with memory that is not theirs. */
const FOREIGN = [
  Date, Set, Error, RegExp, ArrayBuffer, DataView, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array,
  Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
]
/** msgpackr's extension types, all but 0: that is how it writes undefined. */
const FOREIGN_TYPES = [0x42, 0x62, 0x65, 0x69, 0x70, 0x73, 0x74, 0x78, 0xff]
/** A type that nobody sends: packing a class must name one, even to refuse it. */
const UNUSED_TYPE = 0x7e

for (const type of FOREIGN_TYPES) addExtension({ type, unpack: refuse })
for (const Class of FOREIGN) addExtension({ Class, type: UNUSED_TYPE, pack: refuse, unpack: refuse })

const structures: object[] = []
const packr = new Packr({ useRecords: false, variableMapSize: true })
const unpackr = new Unpackr({
  useRecords: false, mapsAsObjects: true, int64AsType: 'number', copyBuffers: true, structures,
})
// A record definition in a frame fails here, before msgpackr can generate code for it.
Object.freeze(structures)

/** The packed envelope, or undefined when it is no plain data (circular, or of a foreign type). */
export function encode(envelope: WireEnvelope): Uint8Array | undefined {
  try {
    return packr.pack(envelope)
  } catch {
    return undefined
  }
}

/** One frame of envelopes that `encode` packed. */
export function frameOf(packed: readonly Uint8Array[], bytes: number): Uint8Array {
  const header = arrayHeader(packed.length)
  const frame = Buffer.allocUnsafe(header.length + bytes)
  frame.set(header)
  let offset = header.length
  for (const envelope of packed) {
    frame.set(envelope, offset)
    offset += envelope.length
  }
  return frame
}

/** How many envelopes a frame says to hold, by its header alone; 0 for what is no frame. */
export function envelopesIn(frame: Uint8Array): number {
  const [first = 0, a = 0, b = 0, c = 0, d = 0] = frame
  if ((first & 0xf0) === 0x90) return first & 0x0f
  const count = first === 0xdc ? a * 256 + b : first === 0xdd ? ((a * 256 + b) * 256 + c) * 256 + d : 0
  // Each takes a byte at least; who says otherwise is not believed.
  return Math.min(count, frame.length)
}

/** Reads a frame. What it answers shares no memory with it. Never throws. */
export function decode(frame: Uint8Array): Decoded {
  if (frame.length > INBOUND_BYTES_MAX) {
    return { ok: false, reason: `${frame.length} bytes; at most ${INBOUND_BYTES_MAX} are read` }
  }
  try {
    // A plain view: bytes inside then come out as Uint8Array, whatever the frame was.
    const envelopes: unknown = unpackr.unpack(new Uint8Array(frame.buffer, frame.byteOffset, frame.length))
    if (!Array.isArray(envelopes)) return { ok: false, reason: 'not an array of envelopes' }
    return { ok: true, envelopes }
  } catch {
    // msgpackr's own message may quote the content, so it is not passed on.
    return { ok: false, reason: 'not readable as msgpack of plain data' }
  }
}

function arrayHeader(length: number): readonly number[] {
  if (length < 16) return [0x90 | length]
  if (length < 65_536) return [0xdc, length >> 8, length & 0xff]
  return [0xdd, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff]
}

function refuse(): never {
  throw new TypeError('not plain data')
}
