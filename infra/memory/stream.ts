/**
 * Stream in memory: the twin of a shared stream, for masters of one process; it lasts as long as that.
 */
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'

/** Entries that one event brings at most. */
const BATCH_ENTRIES_MAX = 1_000

type Tell<Entry> = (to: Ref<StreamEvent<Entry>>, event: StreamEvent<Entry>) => void

interface Reader<Entry> {
  readonly reading: number
  readonly replyTo: Ref<StreamEvent<Entry>>
  position: number
}

export class MemoryStream<Entry> {
  private readonly entries: Entry[]
  private readonly members = new Set<Member<Entry>>()

  /** @param earlier what stands in it already */
  constructor(earlier: readonly Entry[] = []) {
    this.entries = [...earlier]
  }

  /** A node's port to it; `tell` brings what it reads. */
  port(tell: Tell<Entry>): (request: StreamRequest<Entry>) => void {
    const member = new Member(this.entries, tell)
    this.members.add(member)
    return (request) => {
      if (request.type === 'read') return member.read(request)
      this.entries.push(...request.entries)
      for (const each of this.members) each.bring()
    }
  }
}

class Member<Entry> {
  private reader: Reader<Entry> | undefined

  constructor(private readonly entries: readonly Entry[], private readonly tell: Tell<Entry>) {}

  read({ reading, from, replyTo }: Extract<StreamRequest<Entry>, { type: 'read' }>): void {
    this.reader = { reading, replyTo, position: from }
    this.bring()
  }

  bring(): void {
    const { reader, entries } = this
    while (reader && reader.position < entries.length) {
      const { reading, replyTo, position } = reader
      const batch = entries.slice(position, position + BATCH_ENTRIES_MAX)
      reader.position += batch.length
      this.tell(replyTo, { type: 'stream-entries', reading, position, entries: batch })
    }
  }
}
