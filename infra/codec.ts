/**
 * Codec: packs plain data and reads frames back; the one importer of msgpackr.
 *
 * A frame is a msgpack array (see `frame.ts`). Only plain data passes: null, booleans, numbers, strings,
 * arrays, maps and bytes. msgpackr's other types (dates, errors, regular expressions, typed arrays, records
 * that generate code) are refused both ways: a peer must not choose what we construct, and msgpackr packs
 * some of them with uninitialised memory. Minus zero is read as zero.
 */
import { addExtension, Packr, Unpackr } from 'msgpackr'

/** The longest frame that is made, or even looked at: a megabyte of body, and room for everything around it. */
export const INBOUND_BYTES_MAX = 2_097_152

export type Decoded =
  | { readonly ok: true; readonly items: readonly unknown[] }
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

/** Packed, or undefined when it is no plain data (circular, or of a foreign type). */
export function encode(plain: readonly unknown[]): Uint8Array | undefined {
  try {
    return packr.pack(plain)
  } catch {
    return undefined
  }
}

/**
 * Reads a packed array. What it answers shares no memory with the bytes. Never throws.
 * @param bytesMax more is not even looked at; as a peer's frame unless given
 */
export function decode(bytes: Uint8Array, bytesMax = INBOUND_BYTES_MAX): Decoded {
  if (bytes.length > bytesMax) {
    return { ok: false, reason: `${bytes.length} bytes; at most ${bytesMax} are read` }
  }
  try {
    // A plain view: bytes inside then come out as Uint8Array, whatever the frame was.
    const items: unknown = unpackr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
    return Array.isArray(items) ? { ok: true, items } : { ok: false, reason: 'not an array' }
  } catch {
    // msgpackr's own message may quote the content, so it is not passed on.
    return { ok: false, reason: 'not readable as msgpack of plain data' }
  }
}

function refuse(): never {
  throw new TypeError('not plain data')
}
