/**
 * Intruder: somebody who has a node's user and password, and an AMQP client that keeps no rule of ours.
 */
import { once } from 'node:events'
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib'

export type Attack = (channel: ConfirmChannel) => Promise<unknown>
/** What the broker answers: the code of its refusal. */
export type Outcome = number | 'allowed'

export class Intruder {
  private constructor(private readonly connection: ChannelModel) {}

  static async as(url: string): Promise<Intruder> {
    const connection = await connect(url)
    connection.on('error', () => undefined)
    return new Intruder(connection)
  }

  /** Does it on a channel of its own, and waits until the broker has taken all that it published. */
  async tries(attack: Attack): Promise<Outcome> {
    const channel = await this.channel()
    const refused = once(channel, 'refused').then(([code]: number[]) => code as number)
    const allowed = attack(channel).then(() => channel.waitForConfirms()).then((): Outcome => 'allowed')
    const outcome = await Promise.race([allowed.catch(() => refused), refused])
    if (outcome === 'allowed') await channel.close()
    return outcome
  }

  /** One that stays open, for what must outlast the attempt. */
  async channel(): Promise<ConfirmChannel> {
    const channel = await this.connection.createConfirmChannel()
    channel.on('error', ({ code }: { readonly code: number }) => channel.emit('refused', code))
    return channel
  }

  async close(): Promise<void> {
    await this.connection.close()
  }
}
