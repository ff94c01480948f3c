/**
 * Log stream: the masters' shared log as a RabbitMQ stream; one entry is one message of it.
 *
 * Two channels: a broker in need stops reading from who publishes, and reading must go on then. Nothing
 * is confirmed: an entry stands when it is read. What is added while the broker is away is lost, which
 * whoever added it finds out by not reading it.
 */
import type { Channel } from 'amqplib'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'
import { reasonOf } from '../disk/reason.js'
import { packEntry } from '../entry-codec.js'
import type { ConnectionOptions } from './connection.js'
import { KeptChannel } from './kept-channel.js'
import { LogReading } from './log-reading.js'
import {
  declareLog, findLog, keepAdvice, LOG_KEY, logQueue, mastersExchange, RETENTION, type Retention,
} from './masters-topology.js'
import { TOKEN_HEARTBEAT_SECONDS } from './token-election.js'

/** What a broker says of a queue. */
const [NOT_FOUND, DECLARED_OTHERWISE] = [404, 406]

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

export interface LogStream {
  readonly handle: (request: StreamRequest<LogEntry>) => void
  close(): Promise<void>
}

/** Rejects when the log cannot be reached now, or not be declared. */
export async function openLogStream(options: LogStreamOptions): Promise<LogStream> {
  const stream = new AmqpLogStream(options)
  try {
    await stream.open()
  } catch (error) {
    await stream.close()
    throw error
  }
  return { handle: (request) => stream.handle(request), close: () => stream.close() }
}

class AmqpLogStream {
  private writer: KeptChannel | undefined
  private reader: KeptChannel | undefined
  private readonly reading: LogReading
  /** The stream was there already, and is to be taken as it is. */
  private isFound = false

  constructor(private readonly options: LogStreamOptions) {
    const { cluster, tell } = options
    this.reading = new LogReading(logQueue(cluster), tell, (reason) => this.reader?.renew(reason))
  }

  async open(): Promise<void> {
    const { name } = this.options
    const setUp = (channel: Channel): Promise<void> => this.declare(channel)
    // As short as the token's: who keeps that, and cannot write, keeps everybody from leading.
    const heartbeatSeconds = TOKEN_HEARTBEAT_SECONDS
    const writer = { ...this.options, heartbeatSeconds, name: `${name} log writer`, setUp, lost: () => undefined }
    this.writer = await KeptChannel.open(writer).catch((error: unknown) => {
      if (this.isFound) return KeptChannel.open(writer)
      throw error
    })
    this.reader = await KeptChannel.open({
      ...this.options, name: `${name} log reader`, lost: () => this.reading.interrupt(),
      setUp: async (channel) => {
        await setUp(channel)
        await this.reading.goOn(channel)
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
    this.reading.end()
    await Promise.all([this.writer?.close(), this.reader?.close()])
  }

  handle(request: StreamRequest<LogEntry>): void {
    if (request.type === 'add') return this.add(request.entries)
    // The broker forgets by itself what it has no more room for: see `declareLog`.
    if (request.type === 'trim') return
    if (request.type === 'unheard') return this.writer?.renew('what was added does not come')
    const { isSilent } = request
    // One that is only being connected is left to that.
    const isForgotten = isSilent === true && this.reader?.current !== undefined
    this.reading.read(request, isForgotten ? undefined : this.reader?.current)
    if (!isForgotten) return
    this.reader?.renew('the log fell silent')
    // A leader hears at least itself, unless its broker has gone on alone: it may have been the writer's, too.
    this.writer?.renew('the log fell silent')
  }

  private add(entries: readonly LogEntry[]): void {
    const [channel, exchange] = [this.writer?.current, mastersExchange(this.options.cluster)]
    const contents = this.contentsOf(entries)
    try {
      for (const content of contents) channel?.publish(exchange, LOG_KEY, content, { persistent: true })
    } catch {
      // The channel is closing. What it did not take is not read back, and so not committed.
    }
  }

  /** None of them if one could not be read back: no master could ever read past it. */
  private contentsOf(entries: readonly LogEntry[]): readonly Buffer[] {
    try {
      return entries.map((entry) => Buffer.from(packEntry(entry)))
    } catch (error) {
      this.options.warn?.(`the log was not written to: ${reasonOf(error)}`)
      return []
    }
  }
}
