/**
 * Stream in memory: the twin of a shared stream, for masters of one process; it lasts as long as that.
 */
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'

/** Entries that one event brings at most. */
const BATCH_ENTRIES_MAX = 1_000
/** How near to its end a reader begins that asks for what is recent. */
const RECENT_ENTRIES = 1_000

type Tell<Entry> = (to: Ref<StreamEvent<Entry>>, event: StreamEvent<Entry>) => void

interface Reader<Entry> {
  readonly reading: number
  readonly replyTo: Ref<StreamEvent<Entry>>
  position: number
  missed: boolean
}

/** Where its entries are kept. */
interface Place<Entry> {
  /** The position of the first that is left. */
  first: number
  entries: Entry[]
  readonly bytesOf: (entry: Entry) => number
}

export interface Earlier<Entry> {
  /** What stands in it already, and where the first of that stands. */
  readonly entries?: readonly Entry[]
  readonly first?: number
  readonly bytesOf?: (entry: Entry) => number
}

export class MemoryStream<Entry> {
  private readonly place: Place<Entry>
  private readonly members = new Set<Member<Entry>>()

  constructor({ entries = [], first = 0, bytesOf = () => 0 }: Earlier<Entry> = {}) {
    this.place = { first, entries: [...entries], bytesOf }
  }

  /** A node's port to it; `tell` brings what it reads. */
  port(tell: Tell<Entry>): (request: StreamRequest<Entry>) => void {
    const member = new Member(this.place, tell)
    this.members.add(member)
    return (request) => {
      switch (request.type) {
        case 'read': return member.read(request)
        case 'trim': return this.trim(request.before)
        case 'add':
          this.place.entries.push(...request.entries)
          for (const each of this.members) each.bring()
      }
    }
  }

  /** What is left of it, from a position on. */
  from(position: number): readonly Entry[] {
    return this.place.entries.slice(Math.max(0, position - this.place.first))
  }

  /** Forgets what stands before. */
  trim(before: number): void {
    const { place } = this
    const gone = Math.min(before - place.first, place.entries.length)
    if (gone <= 0) return
    place.entries = place.entries.slice(gone)
    place.first += gone
  }

  /** Loses its end, as a broker may that has confirmed what was on no disk, and with it all who read. */
  lose(entries: number): void {
    if (entries > 0) this.place.entries.splice(-entries)
    for (const each of this.members) each.interrupt()
  }

  get end(): number {
    return this.place.first + this.place.entries.length
  }
}

class Member<Entry> {
  private reader: Reader<Entry> | undefined

  constructor(private readonly place: Place<Entry>, private readonly tell: Tell<Entry>) {}

  read({ reading, from, replyTo }: Extract<StreamRequest<Entry>, { type: 'read' }>): void {
    const { first, entries } = this.place
    const recent = Math.max(0, first + entries.length - RECENT_ENTRIES)
    this.reader = { reading, replyTo, position: from === 'recent' ? recent : from, missed: false }
    this.bring()
  }

  interrupt(): void {
    const { reader } = this
    this.reader = undefined
    if (reader) this.tell(reader.replyTo, { type: 'stream-interrupted', reading: reader.reading })
  }

  bring(): void {
    const { reader, place } = this
    if (!reader) return
    if (reader.position < place.first) Object.assign(reader, { position: place.first, missed: true })
    while (this.reader === reader && reader.position < place.first + place.entries.length) {
      const { reading, replyTo, position } = reader
      const at = position - place.first
      const entries = place.entries.slice(at, at + BATCH_ENTRIES_MAX)
      const bytes = entries.reduce((sum, entry) => sum + place.bytesOf(entry), 0)
      const { missed } = reader
      Object.assign(reader, { position: position + entries.length, missed: false })
      this.tell(replyTo, { type: 'stream-entries', reading, position, entries, bytes, missed })
    }
  }
}
