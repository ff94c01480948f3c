/**
 * File log: a master's log in a file, for a cluster that is started again in the same directory. What stands in
 * it is read from memory. When a snapshot makes its beginning superfluous, the file is rewritten without that, as
 * one act; it then begins with a whole snapshot, whose end says at which position it begins.
 */
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'
import { type Journal, type JournalEvent, openJournal } from '../agent/journal.js'
import { packEntry, unpackEntry } from '../entry-codec.js'
import { MemoryStream } from '../memory/stream.js'

/** The journal's answers come by its `tell` alone. */
const NOBODY = '' as Ref<JournalEvent>

/** What the journal was asked for, and what follows once it is on disk. */
type Waiting = () => void
type Tell = (to: Ref<StreamEvent<LogEntry>>, event: StreamEvent<LogEntry>) => void

export class FileLog {
  private readonly waiting: Waiting[] = []
  /** Before which the file is to be rewritten, once nothing is under way. */
  private trimming: number | undefined
  /** What was added meanwhile. */
  private held: (readonly LogEntry[])[] = []
  private add: (entries: readonly LogEntry[]) => void = () => undefined

  private constructor(
    private readonly journal: Journal<LogEntry>, private readonly stream: MemoryStream<LogEntry>,
    private readonly warn: (text: string) => void,
  ) {}

  /** Rejects when the file cannot be read, or not be understood. */
  static async open(path: string, warn: (text: string) => void): Promise<FileLog> {
    const sizes = new WeakMap<LogEntry, number>()
    const sized = (entry: LogEntry, bytes: Uint8Array): void => void sizes.set(entry, bytes.length)
    const opened: { log?: FileLog } = {}
    const journal = await openJournal<LogEntry>({
      path,
      encode(entry) {
        const bytes = packEntry(entry)
        sized(entry, bytes)
        return bytes
      },
      decode(bytes) {
        const entry = unpackEntry<LogEntry>(bytes)
        sized(entry, bytes)
        return entry
      },
      tell: (_to, event) => opened.log?.answered(event),
    })
    const { entries } = journal
    const bytesOf = (entry: LogEntry): number => sizes.get(entry) ?? 0
    opened.log = new FileLog(journal, new MemoryStream({ entries, first: firstOf(entries), bytesOf }), warn)
    return opened.log
  }

  /** The way of the one master that writes it. */
  port(tell: Tell): (request: StreamRequest<LogEntry>) => void {
    const memory = this.stream.port(tell)
    this.add = (entries) => memory({ type: 'add', entries })
    return (request) => {
      switch (request.type) {
        case 'read': return memory(request)
        case 'add':
          if (this.trimming === undefined) this.append(request.entries)
          else this.held.push(request.entries)
          return
        case 'trim':
          this.trimming = request.before
          if (this.waiting.length === 0) this.rewrite(request.before)
      }
    }
  }

  close(): Promise<void> {
    return this.journal.close()
  }

  /** Answers come in the order of the requests. What the disk refused is never read back. */
  private answered(event: JournalEvent): void {
    const follow = this.waiting.shift()
    if (event.type === 'journaled') follow?.()
    else this.warn(`the cluster's log was not written: ${event.reason}`)
    if (this.waiting.length === 0 && this.trimming !== undefined) this.rewrite(this.trimming)
  }

  private append(entries: readonly LogEntry[]): void {
    this.waiting.push(() => this.add(entries))
    this.journal.request({ type: 'append', entries, token: 0, replyTo: NOBODY })
  }

  /** When nothing is under way: else the disk might refuse that, and the file have what was never read. */
  private rewrite(before: number): void {
    const held = this.held.splice(0)
    this.trimming = undefined
    this.waiting.push(() => this.stream.trim(before))
    this.journal.request({ type: 'rewrite', entries: this.stream.from(before), token: 0, replyTo: NOBODY })
    for (const entries of held) this.append(entries)
  }
}

/** The position of the first entry: of a file that was rewritten, what the end of its first snapshot says. */
function firstOf([first, ...others]: readonly LogEntry[]): number {
  if (first?.type !== 'log-snapshot-begun') return 0
  const { nonce, snapshot } = first
  for (const entry of others) {
    const isEnd = entry.type === 'log-snapshot-ended' && entry.nonce === nonce && entry.snapshot === snapshot
    if (isEnd) return entry.position
  }
  return 0
}
