/**
 * Log stream: the masters' shared log as a RabbitMQ stream; one entry is one message of it.
 *
 * Two channels: a broker in need stops reading from who publishes, and reading must go on then. Nothing
 * is confirmed: an entry stands when it is read. What is added while the broker is away is lost, which
 * whoever added it finds out by not reading it.
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'
import { packEntry, unpackEntry } from '../entry-codec.js'
import type { ConnectionOptions } from './connection.js'
import { KeptChannel } from './kept-channel.js'
import {
  declareLog, findLog, keepAdvice, LOG_KEY, logQueue, mastersExchange, RETENTION, type Retention,
} from './masters-topology.js'

/** What a broker says of a queue. */
const [NOT_FOUND, DECLARED_OTHERWISE] = [404, 406]
/** Entries that the broker hands out before the first of them is acknowledged. */
const PREFETCH_ENTRIES = 1_000

export interface LogStreamOptions extends ConnectionOptions {
  readonly urls: readonly string[]
  readonly cluster: string
  /** The node, for the broker's operator. */
  readonly name: string
  readonly tell: (to: Ref<StreamEvent<LogEntry>>, event: StreamEvent<LogEntry>) => void
  readonly retention?: Retention
  /** Hears, for its operator, that the stream is not as this version would have made it. */
  readonly warn?: (text: string) => void
}

interface Reading {
  readonly id: number
  readonly replyTo: Ref<StreamEvent<LogEntry>>
  /** Position of the next entry that is wanted; undefined until it is known where that is. */
  next: number | undefined
  /** Whether what stands before that has been seen since the broker was last asked, so that nothing was missed. */
  isJoined: boolean
  consumer: string | undefined
}

export interface LogStream {
  readonly handle: (request: StreamRequest<LogEntry>) => void
  close(): Promise<void>
}

/** Rejects when the log cannot be reached now, or not be declared. */
export async function openLogStream(options: LogStreamOptions): Promise<LogStream> {
  const stream = new AmqpLogStream(options)
  await stream.open()
  return { handle: (request) => stream.handle(request), close: () => stream.close() }
}

class AmqpLogStream {
  private writer: KeptChannel | undefined
  private reader: KeptChannel | undefined
  private reading: Reading | undefined
  /** The stream was there already, and is to be taken as it is. */
  private isFound = false

  constructor(private readonly options: LogStreamOptions) {}

  async open(): Promise<void> {
    const { name } = this.options
    const setUp = (channel: Channel): Promise<void> => this.declare(channel)
    const writer = { ...this.options, name: `${name} log writer`, setUp, lost: () => undefined }
    this.writer = await KeptChannel.open(writer).catch((error: unknown) => {
      if (this.isFound) return KeptChannel.open(writer)
      throw error
    })
    this.reader = await KeptChannel.open({
      ...this.options, name: `${name} log reader`, lost: () => this.interrupt(),
      setUp: async (channel) => {
        await setUp(channel)
        await channel.prefetch(PREFETCH_ENTRIES)
        // One that was lost before anybody knew that it was there.
        this.interrupt()
        if (this.reading) await this.consume(channel, this.reading)
      },
    })
  }

  /** What fails here begins again with another channel, and then knows better. */
  private async declare(channel: Channel): Promise<void> {
    const { cluster, retention = RETENTION, warn } = this.options
    try {
      await (this.isFound ? findLog(channel, cluster) : declareLog(channel, cluster, retention))
    } catch (error) {
      const { code } = error as { readonly code?: number }
      if (code === DECLARED_OTHERWISE && !this.isFound) warn?.(keepAdvice(cluster, retention))
      if (code === DECLARED_OTHERWISE || code === NOT_FOUND) this.isFound = code === DECLARED_OTHERWISE
      throw error
    }
  }

  async close(): Promise<void> {
    this.reading = undefined
    await Promise.all([this.writer?.close(), this.reader?.close()])
  }

  handle(request: StreamRequest<LogEntry>): void {
    if (request.type === 'add') return this.add(request.entries)
    // The broker forgets by itself what it has no more room for: see `declareLog`.
    if (request.type === 'trim') return
    const { reading: id, from, replyTo, isSilent } = request
    const before = this.reading
    const next = from === 'recent' ? undefined : from
    this.reading = { id, replyTo, next, isJoined: false, consumer: undefined }
    // One that is only being connected is left to that.
    if (isSilent && this.reader?.current) this.reader.renew('the log fell silent')
    else void this.readAgain(before)
  }

  /** With its connection a reading is over. One that had not begun yet begins with the next. */
  private interrupt(): void {
    const { reading } = this
    if (reading?.consumer === undefined) return
    this.reading = undefined
    this.options.tell(reading.replyTo, { type: 'stream-interrupted', reading: reading.id })
  }

  private add(entries: readonly LogEntry[]): void {
    const [channel, exchange] = [this.writer?.current, mastersExchange(this.options.cluster)]
    try {
      for (const entry of entries) {
        channel?.publish(exchange, LOG_KEY, Buffer.from(packEntry(entry)), { persistent: true })
      }
    } catch {
      // The channel is closing. What it did not take is not read back, and so not committed.
    }
  }

  private async readAgain(before: Reading | undefined): Promise<void> {
    const [channel, reading] = [this.reader?.current, this.reading]
    // Without a channel the next one begins with this reading.
    if (!channel || !reading) return
    try {
      if (before?.consumer) await channel.cancel(before.consumer)
      await this.consume(channel, reading)
    } catch {
      this.reader?.renew('the log could not be read')
    }
  }

  private async consume(channel: Channel, reading: Reading): Promise<void> {
    const take = this.taking(channel, reading)
    reading.isJoined = false
    // From what was read last: only if that is still there, nothing behind it has been forgotten.
    const from = reading.next === undefined ? 'last' : Math.max(0, reading.next - 1)
    const { consumerTag } = await channel.consume(logQueue(this.options.cluster), take, {
      arguments: { 'x-stream-offset': from },
    })
    reading.consumer = consumerTag
    const wanted = this.reading
    if (wanted === reading || !wanted) return
    // Asked meanwhile to read from elsewhere.
    await channel.cancel(consumerTag)
    if (wanted.consumer === undefined) await this.consume(channel, wanted)
  }

  /** Hands over together, and acknowledges, what one turn of the event loop brought. */
  private taking(channel: Channel, reading: Reading): (message: ConsumeMessage | null) => void {
    let arrived: ConsumeMessage[] = []
    const handOver = (): void => {
      const messages = arrived
      arrived = []
      const last = messages.at(-1)
      if (last) acknowledge(channel, last)
      if (this.reading === reading) this.bring(reading, messages)
    }
    return (message) => {
      if (!message) return this.reader?.renew('the log’s reader was cancelled')
      if (arrived.push(message) === 1) setImmediate(handOver)
    }
  }

  private bring(reading: Reading, messages: readonly ConsumeMessage[]): void {
    const { tell } = this.options
    const entries: LogEntry[] = []
    let [position, bytes, missed] = [-1, 0, false]
    const flush = (): void => {
      if (entries.length === 0) return
      const common = { type: 'stream-entries', reading: reading.id } as const
      tell(reading.replyTo, { ...common, position, bytes, missed, entries: entries.splice(0) })
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
        return tell(reading.replyTo, { type: 'stream-unreadable', reading: reading.id, position: offset, reason })
      }
    }
    flush()
  }
}

function acknowledge(channel: Channel, last: ConsumeMessage): void {
  try {
    channel.ack(last, true)
  } catch {
    // The channel is closing; the next one reads on from where this one stood.
  }
}
