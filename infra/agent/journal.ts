/**
 * Journal: durable memory of the agent, an append-only file of entries.
 *
 * All requests that wait are written and made durable together, then answered in order: one wait for
 * the disk serves them all. For what must be written on a full disk too, room is kept; each request says how much
 * of that must stay behind it, so that what matters less never takes the room of what matters more.
 */
import type { Ref } from '../../runtime/address.js'
import { type FrameFile, openFrameFile } from '../disk/frame-file.js'
import { FRAME_PAYLOAD_BYTES_MAX, recordBytes } from '../disk/frames.js'
import { reasonOf } from '../disk/reason.js'

/** The most that may wait to be appended. */
export const WAITING_BYTES_MAX = 67_108_864

export interface JournalOptions<Entry> {
  readonly path: string
  readonly encode: (entry: Entry) => Uint8Array
  /** Throws on bytes that are no entry. */
  readonly decode: (bytes: Uint8Array) => Entry
  readonly tell: (to: Ref<JournalEvent>, event: JournalEvent) => void
  /** How much room is kept for a full disk; none unless given. */
  readonly reserveBytes?: number
}

export interface JournalRequest<Entry> {
  /** `rewrite` puts these entries in the place of all before them, as one act (compaction). */
  readonly type: 'append' | 'rewrite'
  readonly entries: readonly Entry[]
  /** Of an append: how much of the room that is kept must stay behind it; all unless given. */
  readonly floorBytes?: number
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
  readonly floorBytes: number
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
  const opened = await openFrameFile(path, options.reserveBytes ?? 0)
  if (opened.kind === 'foreign') throw new Error(`'${path}' is no journal of Warren's`)
  if (opened.kind === 'damaged') {
    throw new Error(
      `journal '${path}' is damaged at byte ${opened.at}, with intact entries behind it; ` +
      'restore it, or move it away and start without what this agent remembers',
    )
  }
  const { file, records } = opened
  try {
    return new Journal(options, file, records.map((record) => entryOf(options, record)))
  } catch (error) {
    await file.close()
    throw error
  }
}

export class Journal<Entry> {
  /** What was journaled by earlier lives, in order. */
  readonly entries: readonly Entry[]
  readonly #options: JournalOptions<Entry>
  readonly #file: FrameFile
  readonly #reserveBytes: number
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #writing: Promise<void> | undefined

  constructor(options: JournalOptions<Entry>, file: FrameFile, entries: readonly Entry[]) {
    this.#options = options
    this.#file = file
    this.#reserveBytes = options.reserveBytes ?? 0
    this.entries = entries
  }

  /** Answers by `tell`, later, in the order of the requests. Never throws. */
  request({ type, entries, token, replyTo, floorBytes = this.#reserveBytes }: JournalRequest<Entry>): void {
    const waiting = { type, token, replyTo, floorBytes, ...this.#recordsOf(type, entries) }
    this.#waiting.push(waiting)
    this.#waitingBytes += waiting.bytes
    this.#writing ??= this.#writeAll()
  }

  /** Writes what waits, then closes; nothing may be asked of it afterwards. */
  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  #recordsOf(
    type: Waiting['type'], entries: readonly Entry[],
  ): Partial<Waiting> & Pick<Waiting, 'records' | 'bytes'> {
    // As an append of nothing, since a rewrite by nothing would forget everything.
    const refuse = (refusal: string) => ({ type: 'append', records: [], bytes: 0, refusal }) as const
    try {
      const records = entries.map((entry) => this.#options.encode(entry))
      const largest = records.reduce((most, record) => Math.max(most, recordBytes(record)), 0)
      if (largest > FRAME_PAYLOAD_BYTES_MAX) return refuse(`an entry of ${largest} bytes is too large`)
      // However long: a journal that could not be shortened would grow for ever.
      if (type === 'rewrite') return { records, bytes: 0 }
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
      const { type = 'append', floorBytes = this.#reserveBytes } = group[0] ?? {}
      const records = group.flatMap((waiting) => waiting.records)
      const written = type === 'rewrite' ? this.#file.replace(records) : this.#file.append(records, floorBytes)
      const reason = await written.then(() => undefined, (error: unknown) => reasonOf(error))
      for (const waiting of group) this.#answer(waiting, waiting.refusal ?? reason)
    }
    this.#writing = undefined
  }

  /** A rewrite stands alone; appends of the same floor go together as far as one frame holds them. */
  #takeGroup(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const waiting of this.#waiting) {
      const isOther = waiting.type === 'rewrite' || waiting.floorBytes !== this.#waiting[0]?.floorBytes
      if (count > 0 && (isOther || bytes + waiting.bytes > FRAME_PAYLOAD_BYTES_MAX)) break
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
}

const entryOf = <Entry>({ path, decode }: JournalOptions<Entry>, record: Uint8Array): Entry => {
  try {
    return decode(record)
  } catch (error) {
    throw new Error(`journal '${path}' holds an entry that this version cannot read: ${reasonOf(error)}`)
  }
}
