/**
 * Frame file: a file of frames that grows at its end, or is replaced as a whole.
 *
 * A write that failed is cut away again before the next one, so a full disk leaves no torn frame behind and
 * the file works on once there is room. A reserve of zeros can be kept behind the last frame: room that is
 * taken already, for words that must be written on a full disk too. It is taken whenever it may be missing, as
 * far as the disk has it: a file of an earlier version has none, and what is written next may already need it.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { syncDirectory, writeFrames, writeFully } from './durable.js'
import { framesBytes, readContents, TITLE } from './frames.js'

/** Zeros that are written at once. */
const ZEROS = Buffer.alloc(65_536)

export type OpenedFile =
  | { readonly kind: 'good'; readonly file: FrameFile; readonly records: readonly Uint8Array[] }
  | { readonly kind: 'foreign' }
  /** Something that is no frame stands before good ones. */
  | { readonly kind: 'damaged'; readonly at: number }

/**
 * Opens or creates. Cuts off what an interrupted write left at the end; leaves alone what is foreign or damaged.
 * @param reserveBytes how much room is kept behind the last frame
 */
export async function openFrameFile(path: string, reserveBytes: number): Promise<OpenedFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    const bytes = await handle.readFile()
    const contents = readContents(bytes)
    if (contents.kind !== 'good') {
      await handle.close()
      return contents
    }
    const isTorn = bytes.subarray(contents.bytes).some((byte) => byte !== 0)
    if (isTorn) await handle.truncate(contents.bytes)
    if (contents.bytes === 0) await handle.write(TITLE, 0, TITLE.length, 0)
    await handle.datasync()
    await syncDirectory(path)
    const end = contents.bytes || TITLE.length
    const size = isTorn ? end : Math.max(end, bytes.length)
    const file = new FrameFile(path, reserveBytes, handle, end, size)
    await file.replenish()
    return { kind: 'good', file, records: contents.records }
  } catch (error) {
    await handle.close()
    throw error
  }
}

export class FrameFile {
  /** Nothing but zeros lies behind the end. */
  private isSound = true
  /** The name is known to be durable. */
  private isNamed = true

  /** @param end where the durable frames end @param size where the reserve ends */
  constructor(
    private readonly path: string,
    private readonly reserveBytes: number,
    private handle: FileHandle,
    private end: number,
    private size: number,
  ) {}

  /**
   * Durable when it resolves; when it rejects, nothing of it may be relied on.
   * @param floorBytes how much of the reserve must be there behind it; it may use the rest
   */
  async append(records: readonly Uint8Array[], floorBytes: number): Promise<void> {
    if (records.length === 0) return
    await this.mend()
    if (floorBytes > 0) await this.reserve(this.end + framesBytes(records) + floorBytes)
    this.isSound = false
    try {
      this.end = await writeFrames(this.handle, records, this.end)
      this.size = Math.max(this.size, this.end)
      this.isSound = true
    } catch (error) {
      await this.mend().catch(() => undefined) // Tried again before the next write.
      throw error
    }
    await this.replenish()
  }

  /** Puts these in the place of all before them, as one act. */
  async replace(records: readonly Uint8Array[]): Promise<void> {
    const next = `${this.path}.new`
    const handle = await open(next, 'w', 0o600)
    const file = new FrameFile(next, this.reserveBytes, handle, TITLE.length, TITLE.length)
    try {
      await writeFully(handle, TITLE, 0)
      file.end = file.size = await writeFrames(handle, records, file.end)
      await file.replenish()
      await rename(next, this.path)
    } catch (error) {
      await handle.close()
      await unlink(next).catch(() => undefined)
      throw error
    }
    const old = this.handle
    this.handle = handle
    this.end = file.end
    this.size = file.size
    this.isSound = true
    this.isNamed = false
    await old.close().catch(() => undefined) // It has no name any more, and its room may be what the reserve lacks.
    await this.mend()
    await this.replenish()
  }

  /** Takes what is missing of the reserve, as far as there is room: a full disk is no reason to fail. */
  async replenish(): Promise<void> {
    await this.reserve(this.end + this.reserveBytes).catch(() => undefined)
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  /** Nothing is acknowledged before what an earlier failure left has been put right. */
  private async mend(): Promise<void> {
    if (!this.isSound) {
      await this.handle.truncate(this.end)
      this.size = this.end
      this.isSound = true
      await this.replenish()
    }
    if (!this.isNamed) await syncDirectory(this.path)
    this.isNamed = true
  }

  /** Takes room up to there. What a full disk gave of it is kept: it lies behind the end and is zeros. */
  private async reserve(size: number): Promise<void> {
    while (this.size < size) {
      const { bytesWritten } = await this.handle.write(ZEROS, 0, Math.min(ZEROS.length, size - this.size), this.size)
      this.size += bytesWritten
    }
  }
}
