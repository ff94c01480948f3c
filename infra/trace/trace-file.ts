/**
 * Trace file: hops on disk. A title line, then frames, each with some hops in the order in which they came:
 *
 *     length u32 · checksum u32 · payload          (little-endian; the payload as hops travel, see `hop-codec.ts`)
 *
 * It is only ever appended to. One that breaks off is read as far as it is whole.
 */
import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import zlib from 'node:zlib'
import { FRAME_BYTES_MAX } from '../../runtime/transport.js'
import { packBatch, unpackBatch } from './hop-codec.js'
import type { HopRecord } from './hop-record.js'

export const TITLE = Buffer.from('warren trace 1\n')
const HEADER_BYTES = 8

/** The file is of another kind, or of a version that is not known here. */
export class NoTraceFile extends Error {}

export class TraceFileWriter {
  private constructor(private readonly file: FileHandle) {}

  /** Throws when the file is there already: no recording is overwritten. */
  static async create(path: string): Promise<TraceFileWriter> {
    const file = await open(path, 'wx', 0o600)
    await file.write(TITLE)
    return new TraceFileWriter(file)
  }

  /** @param missed hops that were lost before these */
  async write(records: readonly HopRecord[], missed = 0): Promise<void> {
    const payload = packBatch({ isBacklog: false, missed, records })
    if (!payload || payload.length > FRAME_BYTES_MAX) return this.writeHalves(records, missed)
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUInt32LE(payload.length, 0)
    header.writeUInt32LE(zlib.crc32(payload), 4)
    await this.file.write(Buffer.concat([header, payload]))
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  private async writeHalves(records: readonly HopRecord[], missed: number): Promise<void> {
    const middle = records.length >> 1
    if (middle === 0) return
    await this.write(records.slice(0, middle), missed)
    await this.write(records.slice(middle))
  }
}

export interface TraceFilePart {
  readonly records: readonly HopRecord[]
  readonly missed: number
}

/** Part by part, so that a long recording need not fit into memory. Throws `NoTraceFile`, or what opening throws. */
export async function* readTraceFile(path: string): AsyncGenerator<TraceFilePart> {
  let rest: Buffer = Buffer.alloc(0)
  let isBegun = false
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    if (!isBegun) {
      if (rest.length < TITLE.length) continue
      if (!rest.subarray(0, TITLE.length).equals(TITLE)) break
      isBegun = true
      rest = rest.subarray(TITLE.length)
    }
    for (let payload = nextPayload(rest); payload; payload = nextPayload(rest)) {
      const batch = payload === 'damaged' ? undefined : unpackBatch(payload)
      if (payload === 'damaged' || !batch) return
      yield { records: batch.records, missed: batch.missed }
      rest = rest.subarray(HEADER_BYTES + payload.length)
    }
  }
  if (!isBegun) throw new NoTraceFile(`'${path}' is no trace file that this version can read`)
}

/** Undefined when more bytes are needed. */
function nextPayload(bytes: Buffer): Buffer | 'damaged' | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const length = bytes.readUInt32LE(0)
  if (length === 0 || length > FRAME_BYTES_MAX) return 'damaged'
  if (bytes.length < HEADER_BYTES + length) return undefined
  const payload = bytes.subarray(HEADER_BYTES, HEADER_BYTES + length)
  return zlib.crc32(payload) === bytes.readUInt32LE(4) ? payload : 'damaged'
}
