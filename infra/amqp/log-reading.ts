/**
 * Log reading: what the consumers of a channel bring of a log's stream, for one reader at a time.
 *
 * A channel is a guest here: another may come in its place at any moment, and whoever reads may at any moment ask
 * to read from elsewhere. What was asked for last is what is read in the end.
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'
import { unpackEntry } from '../entry-codec.js'

/** Entries that the broker hands out before the first of them is acknowledged. */
const PREFETCH_ENTRIES = 1_000

type ReadRequest = Extract<StreamRequest<LogEntry>, { type: 'read' }>
export type ReadChannel = Pick<Channel, 'prefetch' | 'consume' | 'cancel' | 'ack'>

interface Reading {
  readonly id: number
  readonly replyTo: Ref<StreamEvent<LogEntry>>
  /** Whether the stream is known to hold an entry. */
  readonly isThere: boolean
  /** Position of the next entry that is wanted; undefined until it is known where that is. */
  next: number | undefined
  /** Whether what stands before that has been seen since the broker was last asked, so that nothing was missed. */
  isJoined: boolean
  /** Whether the broker has been asked for it. */
  isAsked: boolean
  /** Whether the broker has brought anything of it. */
  isBrought: boolean
  readonly consumers: string[]
}

const NEW = { isJoined: false, isAsked: false, isBrought: false }

export class LogReading {
  private reading: Reading | undefined
  private consumed = 0

  /** @param renew gives up the channel that hangs or fails */
  constructor(
    private readonly queue: string,
    private readonly tell: (to: Ref<StreamEvent<LogEntry>>, event: StreamEvent<LogEntry>) => void,
    private readonly renew: (reason: string) => void,
  ) {}

  /** Without a channel it begins with the next one. */
  read({ reading: id, from, replyTo }: ReadRequest, channel: ReadChannel | undefined): void {
    const next = from === 'recent' ? undefined : from
    this.readInstead(channel, { ...NEW, id, replyTo, isThere: false, next, consumers: [] })
  }

  /** Begins, with a channel that is new, what was asked for while there was none. */
  async goOn(channel: ReadChannel): Promise<void> {
    // One that was lost before anybody knew that it was there.
    this.interrupt()
    if (this.reading) await this.begin(channel, this.reading)
  }

  /** With its channel a reading is over. One that had not begun yet begins with the next. */
  interrupt(): void {
    const { reading } = this
    if (!reading || (reading.consumers.length === 0 && !reading.isBrought)) return
    this.reading = undefined
    this.tell(reading.replyTo, { type: 'stream-interrupted', reading: reading.id })
  }

  end(): void {
    this.reading = undefined
  }

  private readInstead(channel: ReadChannel | undefined, reading: Reading): void {
    const before = this.reading
    this.reading = reading
    if (channel) this.change(channel, before, reading).catch(() => this.renew('the log could not be read'))
  }

  private async change(channel: ReadChannel, before: Reading | undefined, reading: Reading): Promise<void> {
    await Promise.all((before?.consumers ?? []).map((consumer) => channel.cancel(consumer)))
    if (this.reading === reading) await this.begin(channel, reading)
  }

  /**
   * Asked for the last entry of a stream that holds none, RabbitMQ 3.10 looks a second time, for the stream's end, and
   * never hands out what was written between the two. So another consumer watches from the beginning.
   */
  private async begin(channel: ReadChannel, reading: Reading): Promise<void> {
    reading.isAsked = true
    const { next, isThere } = reading
    const take = this.taking(channel, reading)
    // From what was read last: only if that is still there, nothing behind it has been forgotten.
    const from = next === undefined ? 'last' : Math.max(0, next - 1)
    const consuming = [this.consume(channel, reading, from, PREFETCH_ENTRIES, (message) => take(message, true))]
    if (from === 'last' && !isThere) {
      let isSeen = false
      consuming.push(this.consume(channel, reading, 0, 1, (message) => {
        take(message, false)
        if (!isSeen) this.compare(channel, reading, message).catch(() => this.renew('the log could not be read'))
        isSeen = true
      }))
    }
    await Promise.all(consuming)
  }

  private async consume(
    channel: ReadChannel, reading: Reading, from: number | 'last', prefetch: number,
    take: (message: ConsumeMessage) => void,
  ): Promise<void> {
    const consumerTag = `log-${++this.consumed}`
    const hear = (message: ConsumeMessage | null): void => {
      if (message) take(message)
      else this.renew('the log’s reader was cancelled')
    }
    announce(channel, consumerTag, hear)
    await Promise.all([
      channel.prefetch(prefetch),
      channel.consume(this.queue, hear, { consumerTag, arguments: { 'x-stream-offset': from } }),
    ])
    reading.consumers.push(consumerTag)
    const wanted = this.reading
    if (wanted === reading || !wanted) return
    // Asked meanwhile to read from elsewhere.
    await channel.cancel(consumerTag)
    if (!wanted.isAsked) await this.begin(channel, wanted)
  }

  /** An entry has come to who watches. Until its consumer has ended, one comes to who reads as well, or never will. */
  private async compare(channel: ReadChannel, reading: Reading, { fields }: ConsumeMessage): Promise<void> {
    await channel.cancel(fields.consumerTag)
    if (this.reading !== reading || reading.isBrought) return
    this.readInstead(channel, { ...reading, ...NEW, isThere: true, consumers: [] })
  }

  /** Acknowledges together what one turn of the event loop brought, and hands over what of it is wanted. */
  private taking(channel: ReadChannel, reading: Reading): (message: ConsumeMessage, isWanted: boolean) => void {
    let last: ConsumeMessage | undefined
    let wanted: ConsumeMessage[] = []
    const handOver = (): void => {
      const [messages, newest] = [wanted, last]
      wanted = []
      last = undefined
      if (newest) acknowledge(channel, newest)
      if (this.reading === reading) this.bring(reading, messages)
    }
    return (message, isWanted) => {
      if (!last) setImmediate(handOver)
      last = message
      if (!isWanted) return
      reading.isBrought = true
      wanted.push(message)
    }
  }

  private bring(reading: Reading, messages: readonly ConsumeMessage[]): void {
    const entries: LogEntry[] = []
    let [position, bytes, missed] = [-1, 0, false]
    const flush = (): void => {
      if (entries.length === 0) return
      const common = { type: 'stream-entries', reading: reading.id } as const
      this.tell(reading.replyTo, { ...common, position, bytes, missed, entries: entries.splice(0) })
    }
    for (const message of messages) {
      const offset = Number(message.properties.headers?.['x-stream-offset'])
      // A stream is handed out in pieces, the first of which may begin before what was asked for.
      const { next = 0, isJoined } = reading
      reading.isJoined = true
      if (offset < next) continue
      // The broker uses offsets of its own, between the segments of a stream.
      if (offset !== position + entries.length) flush()
      if (entries.length === 0) [position, bytes, missed] = [offset, 0, !isJoined && offset >= next && next > 0]
      reading.next = offset + 1
      try {
        entries.push(unpackEntry<LogEntry>(message.content))
        bytes += message.content.length
      } catch (error) {
        flush()
        const reason = (error as Error).message
        return this.tell(reading.replyTo, { type: 'stream-unreadable', reading: reading.id, position: offset, reason })
      }
    }
    flush()
  }
}

/**
 * While it serves another consumer of the channel, RabbitMQ 3.10 hands out before it says that it consumes. amqplib
 * ends the connection then, unless it knows the consumer; it can be told, but does not declare it.
 */
function announce(channel: ReadChannel, consumerTag: string, hear: (message: ConsumeMessage | null) => void): void {
  const { registerConsumer } = channel as unknown as Record<'registerConsumer', (tag: string, of: typeof hear) => void>
  registerConsumer.call(channel, consumerTag, hear)
}

function acknowledge(channel: ReadChannel, last: ConsumeMessage): void {
  try {
    channel.ack(last, true)
  } catch {
    // The channel is closing; the next one reads on from where this one stood.
  }
}
