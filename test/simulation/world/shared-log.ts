/**
 * Shared log: the masters' stream in a simulated world. Each master has a way to it of its own, which can
 * be cut for writing, for reading or for both: what is added meanwhile is lost without a word, and what
 * others add is read later.
 */
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import type { Random } from '../../../runtime/random.js'
import type { Ref } from '../../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../../runtime/stream.js'
import type { Events } from './events.js'
import type { SimulatedNode } from './node.js'

/** Entries that one event brings at most. */
const BATCH_ENTRIES_MAX = 100
const LATENCY_MS = 2
/** How near to its end a reader begins that asks for what is recent. */
const RECENT_ENTRIES = 3
/** What a writer that repeats itself after an interruption repeats at most. */
const REPEATED_ENTRIES_MAX = 5

interface Reading {
  readonly reading: number
  readonly replyTo: Ref<StreamEvent<LogEntry>>
  position: number
}

export class SharedLog {
  entries: LogEntry[] = []
  /** Position of the first that can still be read. */
  first = 0
  private former: LogEntry[] | undefined
  private readonly ways = new Set<WayToLog>()

  constructor(
    readonly events: Events, readonly random: Random,
    /** Hears of every entry, in the order of the log. */
    private readonly added: (entry: LogEntry, position: number) => void,
    private readonly rewritten: (entries: readonly LogEntry[]) => void,
  ) {}

  way(node: SimulatedNode): WayToLog {
    const way = new WayToLog(this, node)
    this.ways.add(way)
    return way
  }

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.added(entry, this.entries.push(entry) - 1)
    for (const way of this.ways) way.bring()
  }

  /** Loses its last entries, although they stood there and were read, and with them all who read; not its first. */
  truncate(count: number): void {
    this.replace(this.entries.slice(0, Math.max(1, this.entries.length - count)))
  }

  /** An empty one stands in its place, until the former is restored. */
  makeAnew(): void {
    if (this.former) return
    this.former = this.entries
    this.replace([])
  }

  restore(): void {
    if (!this.former) return
    this.replace(this.former)
    this.former = undefined
  }

  /** Another log stands in its place. */
  private replace(entries: LogEntry[]): void {
    this.entries = entries
    this.first = 0
    this.rewritten(this.entries)
    for (const way of this.ways) way.interrupt()
  }

  /** Nobody can read any more what stands before. */
  trim(before: number): void {
    this.first = Math.max(this.first, Math.min(before, this.entries.length))
  }

  forget(way: WayToLog): void {
    this.ways.delete(way)
  }
}

export class WayToLog {
  writable = true
  readable = true
  /** What is written comes to nobody's ears, and nothing fails. */
  isLost = false
  private reader: Reading | undefined
  private writesDueMs = 0
  private readsDueMs = 0
  private readonly written: LogEntry[] = []
  private isBringing = false

  constructor(private readonly log: SharedLog, private readonly node: SimulatedNode) {}

  readonly port = (request: StreamRequest<LogEntry>): void => {
    const { events, random } = this.log
    if (request.type === 'read') {
      const { reading, from, replyTo, isSilent } = request
      if (isSilent) this.isLost = false
      const position = from === 'recent' ? this.log.entries.length - RECENT_ENTRIES : from
      this.reader = { reading, replyTo, position: Math.max(position, this.log.first) }
      return this.bring()
    }
    if (request.type === 'unheard') this.isLost = false
    if (!this.writable || this.isLost || request.type === 'unheard') return
    if (request.type === 'trim') return this.log.trim(request.before)
    this.written.push(...request.entries)
    if (this.written.length > REPEATED_ENTRIES_MAX) this.written.splice(0, this.written.length - REPEATED_ENTRIES_MAX)
    this.writesDueMs = Math.max(this.writesDueMs, events.nowMs + random.next() * LATENCY_MS)
    events.after(this.writesDueMs - events.nowMs, () => {
      if (this.writable) this.log.add(request.entries)
    })
  }

  /** As a publisher does that is not sure whether what it has written arrived. */
  repeat(): void {
    if (this.writable && this.written.length > 0) this.log.add([...this.written])
  }

  open(): void {
    this.writable = true
    this.readable = true
    this.bring()
  }

  interrupt(): void {
    const { reader } = this
    this.reader = undefined
    if (!reader) return
    const { reading, replyTo } = reader
    this.node.after(this.log.random.next() * LATENCY_MS, () =>
      this.node.tell(replyTo, { type: 'stream-interrupted', reading }))
  }

  /** Tells its master what there is to read, soon, as long as it can. */
  bring(): void {
    const { events, random } = this.log
    if (this.node.state === 'dead') return this.log.forget(this)
    if (this.isBringing || !this.readable || !this.reader || this.reader.position >= this.log.entries.length) return
    this.isBringing = true
    this.readsDueMs = Math.max(this.readsDueMs, events.nowMs + random.next() * LATENCY_MS)
    events.after(this.readsDueMs - events.nowMs, () => {
      this.isBringing = false
      const { reader } = this
      if (!reader || !this.readable || this.node.state === 'dead') return
      reader.position = Math.max(reader.position, this.log.first)
      const { reading, replyTo, position } = reader
      const entries = this.log.entries.slice(position, position + BATCH_ENTRIES_MAX)
      reader.position += entries.length
      if (entries.length > 0) {
        this.node.after(0, () => this.node.tell(replyTo, { type: 'stream-entries', reading, position, entries }))
      }
      this.bring()
    })
  }
}
