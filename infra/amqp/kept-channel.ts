/**
 * Kept channel: one channel on a connection of its own, made again whenever it is lost.
 *
 * For what needs no outbox: whoever uses it knows by other means what arrived, and is told when it is
 * there and when it is not.
 */
import type { Channel, ChannelModel } from 'amqplib'
import { type Backoff, backoffMs } from '../backoff.js'
import { inTurn } from './broker-urls.js'
import { closeConnection, type ConnectionOptions, openConnection, RPC_TIMEOUT_MS, within } from './connection.js'

const RECONNECT: Backoff = { firstMs: 100, maxMs: 2_000 }

export interface KeptChannelOptions extends ConnectionOptions {
  readonly urls: readonly string[]
  /** What the broker's operator sees. */
  readonly name: string
  /** Declares and consumes what it is for. Has `RPC_TIMEOUT_MS`; when it rejects, all begins again. */
  readonly setUp: (channel: Channel) => Promise<void>
  /** It is gone; told once for each time that it was there. */
  readonly lost: (reason: string) => void
}

export class KeptChannel {
  private channel: Channel | undefined
  private connection: ChannelModel | undefined
  private retry: NodeJS.Timeout | undefined
  private last: string | undefined
  /** Aborted when it is closed, and with it what is still being connected. */
  private readonly life = new AbortController()

  private constructor(private readonly options: KeptChannelOptions) {}

  /** Resolves once it is there for the first time; rejects when it cannot be had now. */
  static async open(options: KeptChannelOptions): Promise<KeptChannel> {
    const kept = new KeptChannel(options)
    try {
      await kept.connect()
      return kept
    } catch (error) {
      await kept.close()
      throw error
    }
  }

  /** Undefined while it is lost. */
  get current(): Channel | undefined {
    return this.channel
  }

  /**
   * One more channel on the connection of the present one, for its caller alone; undefined while that is lost. When
   * the broker closes it with an error, all begins again, as it does with the present one.
   */
  another(): Promise<Channel> | undefined {
    const { channel, connection } = this
    return channel && connection ? openChannel(connection, (reason) => this.lose(reason, connection)) : undefined
  }

  /** Gives the present channel up, for instance because it hangs; the next one is with another broker if it can. */
  renew(reason: string): void {
    if (this.channel) this.lose(reason)
  }

  async close(): Promise<void> {
    this.life.abort()
    clearTimeout(this.retry)
    this.channel = undefined
    const { connection } = this
    this.connection = undefined
    if (connection) await closeConnection(connection)
  }

  private async connect(): Promise<void> {
    const { urls, name, setUp } = this.options
    const order = inTurn(urls, { last: this.last === undefined ? [] : [this.last] })
    const { connection, url } = await openConnection(order, name, { ...this.options, signal: this.life.signal },
      (reason) => this.lose(reason, connection))
    this.last = url
    this.connection = connection
    try {
      let reason = 'its channel was closed'
      const channel = await openChannel(connection, (message) => {
        reason = message
      })
      channel.on('close', () => queueMicrotask(() => this.lose(reason, connection)))
      await within(RPC_TIMEOUT_MS, 'setting up a channel', setUp(channel))
      if (this.connection !== connection || this.life.signal.aborted) throw new Error(reason)
      this.channel = channel
    } catch (error) {
      if (this.connection === connection) this.connection = undefined
      void closeConnection(connection)
      throw error
    }
  }

  private lose(reason: string, of = this.connection): void {
    const { connection, channel } = this
    if (this.life.signal.aborted || !connection || of !== connection) return
    this.connection = undefined
    this.channel = undefined
    void closeConnection(connection)
    // While it is being opened, whoever opens it hears of it.
    if (!channel) return
    this.options.lost(reason)
    this.reconnect(0)
  }

  private reconnect(attempt: number): void {
    if (this.life.signal.aborted) return
    this.retry = setTimeout(() => {
      this.connect().catch(() => this.reconnect(attempt + 1))
    }, backoffMs(RECONNECT, attempt))
  }
}

/** A channel's error would take its connection down if nobody listened. */
async function openChannel(connection: ChannelModel, fail: (reason: string) => void): Promise<Channel> {
  const opening = connection.createChannel()
  try {
    const channel = await within(RPC_TIMEOUT_MS, 'opening a channel', opening)
    return channel.on('error', (error) => fail(error.message))
  } catch (error) {
    // One that comes late, as after the broker's need, would stay for as long as the connection does.
    opening.then((late) => late.on('error', () => undefined).close()).catch(() => undefined)
    throw error
  }
}
