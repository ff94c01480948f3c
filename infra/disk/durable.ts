/** Durable: writes that have reached the disk, not merely the kernel, when they return. */
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FRAME_PAYLOAD_BYTES_MAX, frameOf, recordBytes } from './frames.js'

/** Writes at `offset` in as few frames as hold them, and makes them durable. Answers where they end. */
export async function writeFrames(
  file: FileHandle, records: readonly Uint8Array[], offset: number,
): Promise<number> {
  let end = offset
  for (const part of partsOf(records)) {
    const frame = frameOf(part, end)
    await writeFully(file, frame, end)
    end += frame.length
  }
  await file.datasync()
  return end
}

function partsOf(records: readonly Uint8Array[]): Uint8Array[][] {
  const parts: Uint8Array[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    bytes += recordBytes(record)
    if (bytes > FRAME_PAYLOAD_BYTES_MAX) {
      parts.push([])
      bytes = recordBytes(record)
    }
    parts.at(-1)?.push(record)
  }
  return parts
}

/** Goes on after a short write. Not yet durable. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
  }
}

/** A name is durable only with its directory. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
