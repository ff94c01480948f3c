/**
 * Token publisher: on which channel the next token is written.
 *
 * The broker's end of a channel remembers which server leads a quorum queue. If that one stands still, what is
 * published goes on being sent there for some ten seconds after another leads, which is longer than a lease. A
 * channel that is new asks who leads. So one whose token has not come back is given up, and nothing else with it:
 * who holds the token keeps it.
 */
import type { Channel } from 'amqplib'
import { mastersExchange, TOKEN_KEY } from './masters-topology.js'

const TOKEN = Buffer.from('token')

export class TokenPublisher {
  private channel: Channel | undefined
  private isOpening = false
  /** The last one that was published on this channel has not come back. */
  private isAwaited = false

  /** @param open a channel, as long as there is a connection */
  constructor(private readonly cluster: string, private readonly open: () => Promise<Channel> | undefined) {}

  publish(): void {
    if (this.isAwaited) this.giveUp()
    if (this.channel) return this.publishOn(this.channel)
    if (!this.isOpening) void this.publishOnNew()
  }

  /** A token has come. */
  came(): void {
    this.isAwaited = false
  }

  /** Its connection is gone, or it is no longer any good. */
  giveUp(): void {
    const { channel } = this
    this.channel = undefined
    this.isAwaited = false
    channel?.close().catch(() => undefined)
  }

  private async publishOnNew(): Promise<void> {
    this.isOpening = true
    try {
      const channel = await this.open()
      if (!channel) return
      channel.on('close', () => {
        if (this.channel === channel) this.giveUp()
      })
      this.channel = channel
      this.publishOn(channel)
    } catch {
      // The connection is closing, or hangs; the token is not renewed.
    } finally {
      this.isOpening = false
    }
  }

  private publishOn(channel: Channel): void {
    this.isAwaited = true
    try {
      channel.publish(mastersExchange(this.cluster), TOKEN_KEY, TOKEN, { persistent: true })
    } catch {
      // The channel is closing; the next token has another.
    }
  }
}
