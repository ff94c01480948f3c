/**
 * Token publisher: on which channel the next token is written.
 *
 * The broker's end of a channel remembers which server leads a quorum queue. If that one stands still, what is
 * published goes on being sent there for some ten seconds after another leads, which is longer than a lease. A
 * channel that is new asks who leads. So one whose token has not come back is replaced, and nothing else with it: who
 * holds the token keeps it.
 */
import type { Channel } from 'amqplib'
import { mastersExchange, TOKEN_KEY } from './masters-topology.js'

const TOKEN = Buffer.from('token')

export class TokenPublisher {
  private channel: Channel | undefined
  /** Its being opened; another when it was given up meanwhile. */
  private opening: object | undefined
  /** The last one that was published on this channel has not come back. */
  private isAwaited = false

  /**
   * @param open a channel, as long as there is a connection
   * @param unroutable told that no queue takes the token, so that all must be declared again
   */
  constructor(
    private readonly cluster: string, private readonly open: () => Promise<Channel> | undefined,
    private readonly unroutable: (reason: string) => void,
  ) {}

  publish(): void {
    const { channel, isAwaited } = this
    // One that is merely late must not wait for a new channel, too: tokens melt into one.
    if (channel) this.publishOn(channel)
    if ((!channel || isAwaited) && !this.opening) void this.publishOnNew()
  }

  /** A token has come. */
  came(): void {
    this.isAwaited = false
  }

  /** Its connection is gone, or it is no longer any good. One that is being opened is not used. */
  giveUp(): void {
    const { channel } = this
    this.channel = undefined
    this.opening = undefined
    this.isAwaited = false
    channel?.close().catch(() => undefined)
  }

  private async publishOnNew(): Promise<void> {
    const opening = {}
    this.opening = opening
    try {
      const channel = await this.open()
      if (!channel) return
      if (this.opening !== opening) return void channel.close().catch(() => undefined)
      channel.on('return', () => this.unroutable('the token’s queue is not bound'))
      channel.on('close', () => {
        if (this.channel === channel) this.channel = undefined
      })
      this.channel?.close().catch(() => undefined)
      this.channel = channel
      this.publishOn(channel)
    } catch {
      // The connection is closing, or hangs; the token is not renewed.
    } finally {
      if (this.opening === opening) this.opening = undefined
    }
  }

  private publishOn(channel: Channel): void {
    this.isAwaited = true
    try {
      channel.publish(mastersExchange(this.cluster), TOKEN_KEY, TOKEN, { persistent: true, mandatory: true })
    } catch {
      // The channel is closing; the next token has another.
    }
  }
}
