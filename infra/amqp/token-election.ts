/**
 * Token election: who should claim leadership, as one message in a queue with one consumer at a time.
 *
 * The token is never simply held: a delivery that is held dies of timeouts and limits. Its holder
 * publishes the next one and, when that is handed to it, acknowledges the former. That it comes back proves
 * that the broker lives and still takes this node for the holder. Tokens that were seeded twice melt into
 * one in the same way. A connection of its own with a short heartbeat makes a frozen master lose it soon.
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { ElectionEvent, ElectionRequest } from '../../actors/protocol/registrar.js'
import type { Ref } from '../../runtime/address.js'
import { type ConnectionOptions, RPC_TIMEOUT_MS, within } from './connection.js'
import { KeptChannel } from './kept-channel.js'
import { declareToken, tokenQueue } from './masters-topology.js'
import { TokenPublisher } from './token-publisher.js'

/** The broker takes a node for dead after about three of these. */
export const TOKEN_HEARTBEAT_SECONDS = 1
/** A token that is there comes sooner. */
const SEED_AFTER_MS = 100

export interface TokenElectionOptions extends ConnectionOptions {
  readonly urls: readonly string[]
  readonly cluster: string
  /** The node, for the broker's operator. */
  readonly name: string
  readonly tell: (to: Ref<ElectionEvent>, event: ElectionEvent) => void
}

export interface TokenElection {
  readonly handle: (request: ElectionRequest) => void
  close(): Promise<void>
}

/** Rejects when the token cannot be reached now, or not be declared. */
export async function openTokenElection(options: TokenElectionOptions): Promise<TokenElection> {
  const election = new AmqpTokenElection(options)
  await election.open()
  return { handle: (request) => election.handle(request), close: () => election.close() }
}

class AmqpTokenElection {
  private kept: KeptChannel | undefined
  private candidate: Ref<ElectionEvent> | undefined
  private held: ConsumeMessage | undefined
  private consumer: string | undefined
  private isEmpty = false
  private isPassing = false
  private seeding: NodeJS.Timeout | undefined
  private readonly publisher: TokenPublisher

  constructor(private readonly options: TokenElectionOptions) {
    this.publisher = new TokenPublisher(
      options.cluster, () => this.kept?.another(), (reason) => this.kept?.renew(reason),
    )
  }

  async open(): Promise<void> {
    this.kept = await KeptChannel.open({
      ...this.options, heartbeatSeconds: TOKEN_HEARTBEAT_SECONDS, name: `${this.options.name} election`,
      setUp: async (channel) => {
        // One that was lost before anybody knew that it was there.
        this.lose('its channel was closed')
        const { tokens, candidates } = await declareToken(channel, this.options.cluster)
        this.isEmpty = tokens === 0 && candidates === 0
        if (this.candidate) await this.consume(channel)
      },
      lost: (reason) => this.lose(reason),
    })
  }

  handle(request: ElectionRequest): void {
    switch (request.type) {
      case 'campaign': return this.campaign(request.replyTo)
      case 'renew': return this.held ? this.publisher.publish() : undefined
      case 'pass-on': return void this.passOn()
    }
  }

  /** The token goes to the next candidate with the connection. */
  async close(): Promise<void> {
    this.candidate = undefined
    clearTimeout(this.seeding)
    await this.kept?.close()
  }

  private campaign(replyTo: Ref<ElectionEvent>): void {
    const isNew = this.candidate === undefined
    this.candidate = replyTo
    // Who asks again has begun anew, and has forgotten that it has the token.
    if (this.held) this.tell({ type: 'token-taken' })
    const channel = this.kept?.current
    if (isNew && channel) this.consume(channel).catch((error: Error) => this.kept?.renew(error.message))
  }

  private async passOn(): Promise<void> {
    const { held, consumer } = this
    const channel = this.kept?.current
    if (!channel || !held || !consumer) return
    this.held = undefined
    this.isPassing = true
    try {
      // First the place, then the token: otherwise it would come back at once.
      await within(RPC_TIMEOUT_MS, 'giving up the place', channel.cancel(consumer))
      channel.nack(held, false, true)
      this.isPassing = false
      await this.consume(channel)
    } catch (error) {
      this.kept?.renew((error as Error).message)
    } finally {
      this.isPassing = false
    }
  }

  private async consume(channel: Channel): Promise<void> {
    const { consumerTag } = await channel.consume(tokenQueue(this.options.cluster), (message) => {
      if (message) this.take(channel, message)
      else this.kept?.renew('the token’s queue was deleted')
    })
    this.consumer = consumerTag
    // Nobody had it and none waited: this is the first master, or the token was lost with its queue. But a
    // broker that has just begun counts wrongly, so a token that is there is given time to come.
    if (this.isEmpty) this.seeding = setTimeout(() => this.seed(channel), SEED_AFTER_MS)
    this.isEmpty = false
  }

  private seed(channel: Channel): void {
    if (!this.held && this.kept?.current === channel) this.publisher.publish()
  }

  private take(channel: Channel, token: ConsumeMessage): void {
    this.publisher.came()
    // A renewal that was under way: it goes to the next as well.
    if (this.isPassing) return channel.nack(token, false, true)
    const former = this.held
    this.held = token
    if (!former) return this.tell({ type: 'token-taken' })
    try {
      channel.ack(former)
      this.tell({ type: 'token-renewed' })
    } catch {
      // The channel is closing, and the token goes with it; that is told.
    }
  }

  private lose(reason: string): void {
    this.consumer = undefined
    this.publisher.giveUp()
    if (!this.held) return
    this.held = undefined
    this.tell({ type: 'token-gone', reason })
  }

  private tell(event: ElectionEvent): void {
    if (this.candidate) this.options.tell(this.candidate, event)
  }
}
