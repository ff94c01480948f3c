/**
 * Journal: durable memory of the agent, an append-only file of entries.
 *
 * All requests that wait are written and made durable together, then answered in order: one wait for
 * the disk serves them all. A write that failed is cut away again before the next one, so a full
 * disk leaves no torn frame behind and the journal works on once there is room.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import type { Ref } from '../../runtime/address.js'
import { syncDirectory, writeFrames, writeFully } from '../disk/durable.js'
import { FRAME_PAYLOAD_BYTES_MAX, readContents, recordBytes, TITLE } from '../disk/frames.js'
import { reasonOf } from '../disk/reason.js'

/** The most that may wait to be written. */
export const WAITING_BYTES_MAX = 67_108_864

export interface JournalOptions<Entry> {
  readonly path: string
  readonly encode: (entry: Entry) => Uint8Array
  /** Throws on bytes that are no entry. */
  readonly decode: (bytes: Uint8Array) => Entry
  readonly tell: (to: Ref<JournalEvent>, event: JournalEvent) => void
}

export interface JournalRequest<Entry> {
  /** `rewrite` puts these entries in the place of all before them, as one act (compaction). */
  readonly type: 'append' | 'rewrite'
  readonly entries: readonly Entry[]
  /** Comes back in the answer; answers come in the order of the requests. */
  readonly token: number
  readonly replyTo: Ref<JournalEvent>
}

export type JournalEvent =
  | { readonly type: 'journaled'; readonly token: number }
  /** The disk refused; nothing of this request may be relied on. */
  | { readonly type: 'journal-failed'; readonly token: number; readonly reason: string }

interface Waiting {
  readonly type: 'append' | 'rewrite'
  readonly records: readonly Uint8Array[]
  readonly bytes: number
  readonly token: number
  readonly replyTo: Ref<JournalEvent>
  /** Why it will not be written; it waits for its turn to be answered. */
  readonly refusal?: string
}

/**
 * Opens or creates. Cuts off what an interrupted write left at the end. Throws on a file that is no
 * journal or is damaged before its end, naming it.
 */
export async function openJournal<Entry>(options: JournalOptions<Entry>): Promise<Journal<Entry>> {
  const { path } = options
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  try {
    const contents = readContents(await file.readFile())
    if (contents.kind === 'foreign') throw new Error(`'${path}' is no journal of Warren's`)
    if (contents.kind === 'damaged') {
      throw new Error(
        `journal '${path}' is damaged at byte ${contents.at}, with intact entries behind it; ` +
        'restore it, or move it away and start without what this agent remembers',
      )
    }
    const entries = contents.records.map((record) => entryOf(options, record))
    const cutBytes = (await file.stat()).size - contents.bytes
    if (cutBytes > 0) await file.truncate(contents.bytes)
    if (contents.bytes === 0) await file.write(TITLE, 0, TITLE.length, 0)
    await file.datasync()
    await syncDirectory(path)
    return new Journal(options, file, contents.bytes || TITLE.length, entries, cutBytes)
  } catch (error) {
    await file.close()
    throw error
  }
}

export class Journal<Entry> {
  /** What was journaled by earlier lives, in order. */
  readonly entries: readonly Entry[]
  /** How much of an interrupted write was cut off when it was opened. */
  readonly cutBytes: number
  readonly #options: JournalOptions<Entry>
  #file: FileHandle
  /** Where the durable frames end. */
  #end: number
  /** Nothing lies behind the end. */
  #sound = true
  /** The name is known to be durable. */
  #named = true
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #writing: Promise<void> | undefined

  constructor(
    options: JournalOptions<Entry>,
    file: FileHandle,
    end: number,
    entries: readonly Entry[],
    cutBytes: number,
  ) {
    this.#options = options
    this.#file = file
    this.#end = end
    this.entries = entries
    this.cutBytes = cutBytes
  }

  /** Answers by `tell`, later, in the order of the requests. Never throws. */
  request({ type, entries, token, replyTo }: JournalRequest<Entry>): void {
    const waiting = { type, token, replyTo, ...this.#recordsOf(entries) }
    this.#waiting.push(waiting)
    this.#waitingBytes += waiting.bytes
    this.#writing ??= this.#writeAll()
  }

  /** Writes what waits, then closes; nothing may be asked of it afterwards. */
  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  #recordsOf(entries: readonly Entry[]): Partial<Waiting> & Pick<Waiting, 'records' | 'bytes'> {
    // As an append of nothing, since a rewrite by nothing would forget everything.
    const refuse = (refusal: string) => ({ type: 'append', records: [], bytes: 0, refusal }) as const
    try {
      const records = entries.map((entry) => this.#options.encode(entry))
      const largest = records.reduce((most, record) => Math.max(most, recordBytes(record)), 0)
      if (largest > FRAME_PAYLOAD_BYTES_MAX) return refuse(`an entry of ${largest} bytes is too large`)
      const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0)
      if (this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
        return refuse(`${this.#waitingBytes} bytes wait for the disk already`)
      }
      return { records, bytes }
    } catch (error) {
      return refuse(`an entry cannot be written: ${reasonOf(error)}`)
    }
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve() // What else this turn asks for joins the first write.
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      const records = group.flatMap((waiting) => waiting.records)
      const written = group[0]?.type === 'rewrite' ? this.#replace(records) : this.#append(records)
      const reason = await written.then(() => undefined, (error: unknown) => reasonOf(error))
      for (const waiting of group) this.#answer(waiting, waiting.refusal ?? reason)
    }
    this.#writing = undefined
  }

  /** A rewrite stands alone; appends go together as far as one frame holds them. */
  #takeGroup(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const waiting of this.#waiting) {
      if (count > 0 && (waiting.type === 'rewrite' || bytes + waiting.bytes > FRAME_PAYLOAD_BYTES_MAX)) break
      count += 1
      bytes += waiting.bytes
      if (waiting.type === 'rewrite') break
    }
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  #answer({ replyTo, token }: Waiting, reason: string | undefined): void {
    this.#options.tell(
      replyTo,
      reason === undefined
        ? { type: 'journaled', token }
        : { type: 'journal-failed', token, reason: `journal '${this.#options.path}': ${reason}` },
    )
  }

  async #append(records: readonly Uint8Array[]): Promise<void> {
    if (records.length === 0) return
    await this.#mend()
    this.#sound = false
    try {
      this.#end = await writeFrames(this.#file, records, this.#end)
      this.#sound = true
    } catch (error) {
      await this.#mend().catch(() => undefined) // Tried again before the next write.
      throw error
    }
  }

  /** Nothing is acknowledged before what an earlier failure left has been put right. */
  async #mend(): Promise<void> {
    if (!this.#sound) await this.#file.truncate(this.#end)
    if (!this.#named) await syncDirectory(this.#options.path)
    this.#sound = true
    this.#named = true
  }

  async #replace(records: readonly Uint8Array[]): Promise<void> {
    const { path } = this.#options
    const next = `${path}.new`
    const file = await open(next, 'w', 0o600)
    let end = TITLE.length
    try {
      await writeFully(file, TITLE, 0)
      end = await writeFrames(file, records, end)
      await rename(next, path)
    } catch (error) {
      await file.close()
      await unlink(next).catch(() => undefined)
      throw error
    }
    const old = this.#file
    this.#file = file
    this.#end = end
    this.#sound = true
    this.#named = false
    await old.close().catch(() => undefined) // It has no name any more.
    await this.#mend()
  }
}

const entryOf = <Entry>({ path, decode }: JournalOptions<Entry>, record: Uint8Array): Entry => {
  try {
    return decode(record)
  } catch (error) {
    throw new Error(`journal '${path}' holds an entry that this version cannot read: ${reasonOf(error)}`)
  }
}
