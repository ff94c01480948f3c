/**
 * Frames: the shape of a journal on disk, and how a damaged one is read.
 *
 * A file is a title line and then frames. One frame is what one write made durable:
 *
 *     length u32 · checksum u32 · payload          (little-endian)
 *     payload = (length u32 · record) …
 *
 * The checksum covers the frame's place in the file and its length besides the payload, so that
 * neither zeros nor a frame's bytes inside a record are ever taken for a frame. Only the last write
 * can be torn by a crash; a bad frame with a good one behind it is damage, and nothing to pass over.
 */
import zlib from 'node:zlib'

export const TITLE = Buffer.from('warren journal 1\n')
const HEADER_BYTES = 8
const LENGTH_BYTES = 4
/** The most that one frame holds. */
export const FRAME_PAYLOAD_BYTES_MAX = 16_777_216

export type Contents =
  /** `bytes`: where the good frames end; what lies behind was never made durable. */
  | { readonly kind: 'good'; readonly records: readonly Uint8Array[]; readonly bytes: number }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged'; readonly at: number }

/** The longest record that one holds. */
export const RECORD_BYTES_MAX = FRAME_PAYLOAD_BYTES_MAX - LENGTH_BYTES

/** What a record adds to a frame. */
export const recordBytes = (record: Uint8Array): number => LENGTH_BYTES + record.length

/** The most that records take on disk, in as many frames as each of them could need. */
export const framesBytes = (records: readonly Uint8Array[]): number =>
  records.reduce((sum, record) => sum + HEADER_BYTES + recordBytes(record), 0)

/** The bytes of one frame that will be written at `offset`. */
export function frameOf(records: readonly Uint8Array[], offset: number): Buffer {
  const length = records.reduce((sum, record) => sum + recordBytes(record), 0)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  let position = HEADER_BYTES
  for (const record of records) {
    frame.writeUInt32LE(record.length, position)
    frame.set(record, position + LENGTH_BYTES)
    position += recordBytes(record)
  }
  frame.writeUInt32LE(length, 0)
  frame.writeUInt32LE(checksum(offset, frame.subarray(HEADER_BYTES)), 4)
  return frame
}

/** Reads a whole journal. `bytes` is 0 for one whose title was never completed. */
export function readContents(file: Buffer): Contents {
  const title = file.subarray(0, TITLE.length)
  // All zeros: the length of a new file reached the disk before its first bytes did.
  const unborn = file.length < TITLE.length ? TITLE.subarray(0, file.length).equals(title) : false
  if (unborn || file.every((byte) => byte === 0)) return { kind: 'good', records: [], bytes: 0 }
  if (!title.equals(TITLE)) return { kind: 'foreign' }
  const records: Uint8Array[] = []
  let at = TITLE.length
  for (let payload = payloadAt(file, at); payload !== undefined; payload = payloadAt(file, at)) {
    records.push(...recordsOf(payload))
    at += HEADER_BYTES + payload.length
  }
  for (let later = at + 1; later < file.length; later += 1) {
    if (payloadAt(file, later) !== undefined) return { kind: 'damaged', at }
  }
  return { kind: 'good', records, bytes: at }
}

function payloadAt(file: Buffer, at: number): Buffer | undefined {
  if (at + HEADER_BYTES >= file.length) return undefined
  const length = file.readUInt32LE(at)
  const end = at + HEADER_BYTES + length
  if (length === 0 || length > FRAME_PAYLOAD_BYTES_MAX || end > file.length) return undefined
  const payload = file.subarray(at + HEADER_BYTES, end)
  return file.readUInt32LE(at + 4) === checksum(at, payload) ? payload : undefined
}

function recordsOf(payload: Buffer): Uint8Array[] {
  const records: Uint8Array[] = []
  for (let at = 0; at < payload.length;) {
    const length = payload.readUInt32LE(at)
    records.push(payload.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length))
    at += LENGTH_BYTES + length
  }
  return records
}

function checksum(offset: number, payload: Buffer): number {
  const place = Buffer.allocUnsafe(12)
  place.writeBigUInt64LE(BigInt(offset))
  place.writeUInt32LE(payload.length, 8)
  return zlib.crc32(payload, zlib.crc32(place))
}
