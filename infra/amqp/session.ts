/**
 * Session: one stay of a node at a broker; two connections that live and die together.
 *
 * One publishes, the other consumes: a broker in need stops reading from publishers, and what waits for
 * an answer on such a connection hangs. Nothing of a session outlives it, so no acknowledgement can ever
 * reach the channel of a later one.
 */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import type { NodeAddress } from '../../runtime/address.js'
import { inTurn, type Preference } from './broker-urls.js'
import {
  closeConnection, type ConnectionOptions, openConnection, RPC_TIMEOUT_MS, within,
} from './connection.js'
import { CHANNEL_PIECES_MAX, type Parcel, Publisher, type PublisherListener,
  type Remainder } from './publisher.js'
import type { Numbered } from './tally.js'
import { declareInbox } from './topology.js'

/** Frames that the broker hands out before the first of them is acknowledged. */
export const PREFETCH_FRAMES = 256
const FLUSH_TIMEOUT_MS = 2_000
const NOTHING_LEFT: Remainder = { unsent: [], unconfirmed: [] }

export interface SessionListener extends PublisherListener {
  /** @param key what it was published with: this node's own, or its group's */
  frame(frame: Uint8Array, key: string, numbered: Partial<Numbered>): void
  /** The broker takes no more frames, and why. */
  blocked(reason: string): void
  unblocked(): void
  /** The session is over; told once, not while it opens and not after `close`. */
  ended(reason: string, remainder: Remainder): void
}

export interface Place {
  readonly urls: readonly string[]
  /** The broker of the session before, which was lost. */
  readonly lost: string | undefined
  readonly cluster: string
  readonly self: NodeAddress
  /** Counts the sessions of this life of the node. */
  readonly generation: number
}

export class Session {
  private readonly connections: ChannelModel[] = []
  private publisher: Publisher | undefined
  /** Rejects when the session ends, so that nothing waits for an answer that cannot come. */
  private readonly ending: Promise<never>
  private giveUp: (reason: Error) => void = () => undefined
  private state: 'opening' | 'open' | 'over' = 'opening'
  private at: string | undefined

  private constructor(private readonly listener: SessionListener) {
    this.ending = new Promise((_, reject) => {
      this.giveUp = reject
    })
    this.ending.catch(() => undefined)
  }

  /** Resolves once the node can send and be reached. Rejects with an Error for people. */
  static async open(place: Place, options: ConnectionOptions, listener: SessionListener): Promise<Session> {
    const session = new Session(listener)
    try {
      await Promise.race([session.begin(place, options), session.ending])
      if (session.state === 'over') await session.ending
      session.state = 'open'
      return session
    } catch (error) {
      await session.close()
      throw explain(error as Error, place.self)
    }
  }

  /** False when the outbox is full. */
  publish(parcel: Parcel): boolean {
    return this.publisher?.publish(parcel) ?? false
  }

  /** The broker that this is a session with; none while it opens. */
  get url(): string | undefined {
    return this.at
  }

  get waitingBytes(): number {
    return this.publisher?.waitingBytes ?? 0
  }

  get unconfirmedBytes(): number {
    return this.publisher?.unconfirmedBytes ?? 0
  }

  /** Hands the broker what is waiting, hears what comes back of it, then leaves. Answers what is left. */
  async close(): Promise<Remainder> {
    this.state = 'over'
    const { publisher } = this
    if (publisher) await within(FLUSH_TIMEOUT_MS, 'flushing', publisher.emptied()).catch(() => undefined)
    const remainder = publisher?.takeRemainder() ?? NOTHING_LEFT
    await Promise.all(this.connections.map(closeConnection))
    return remainder
  }

  private async begin(place: Place, options: ConnectionOptions): Promise<void> {
    // What was just lost may be a broker that accepts connections and then says nothing.
    const publish = await this.connect(place, { last: place.lost }, 'publish', options)
    // Both with one broker, if it can be had twice: a node that depends on two is lost with either.
    const consume = await this.connect(place, { first: this.at }, 'consume', options)
    publish.on('blocked', (reason: string) => this.listener.blocked(reason))
    publish.on('unblocked', () => this.listener.unblocked())
    await within(RPC_TIMEOUT_MS, 'declaring the queue', this.setUp(publish, consume, place))
  }

  private async connect(
    { self, urls }: Place, preference: Preference, purpose: string, options: ConnectionOptions,
  ): Promise<ChannelModel> {
    const name = `${self} ${purpose}`
    const order = inTurn(urls, preference)
    const { connection, url } = await openConnection(order, name, options, (reason) => this.end(reason))
    this.at = url
    if (this.state === 'over') void closeConnection(connection)
    else this.connections.push(connection)
    return connection
  }

  private async setUp(publish: ChannelModel, consume: ChannelModel, place: Place): Promise<void> {
    const outbound = this.guard(await publish.createConfirmChannel({ highWaterMark: CHANNEL_PIECES_MAX }))
    const inbound = this.guard(await consume.createChannel())
    const queue = await declareInbox(inbound, place.cluster, place.self, place.generation)
    await inbound.prefetch(PREFETCH_FRAMES)
    this.publisher = new Publisher(outbound, this.listener)
    await inbound.consume(queue, this.consumer(inbound))
  }

  /** A channel's error would take its connection down if nobody listened. */
  private guard<C extends Channel>(channel: C): C {
    let reason = 'a channel was closed'
    channel.on('error', (error) => {
      reason = error.message
    })
    // With its connection a channel closes first, and the connection knows why.
    channel.on('close', () => queueMicrotask(() => this.end(reason)))
    return channel
  }

  /** Acknowledges, after they are handed over, all that one turn of the event loop brought. */
  private consumer(channel: Channel): (message: ConsumeMessage | null) => void {
    let latest: ConsumeMessage | undefined
    const acknowledge = (): void => {
      const handedOver = latest
      latest = undefined
      if (!handedOver || this.state === 'over') return
      try {
        channel.ack(handedOver, true)
      } catch {
        // The channel is closing; its end is reported, and the broker forgets our queue with it.
      }
    }
    return (message) => {
      // The broker took our queue away, for instance because an operator deleted it.
      if (!message) return this.end('the queue was deleted')
      if (!latest) setImmediate(acknowledge)
      latest = message
      // An empty frame only asks whether we are here.
      if (message.content.length > 0) this.handOver(message)
    }
  }

  private handOver({ content, fields, properties }: ConsumeMessage): void {
    try {
      this.listener.frame(content, fields.routingKey, properties as Partial<Numbered>)
    } catch (error) {
      // Not here: amqplib would close the channel, and the fault is not the broker's.
      setImmediate(() => {
        throw error
      })
    }
  }

  private end(reason: string): void {
    if (this.state === 'over') return
    const wasOpen = this.state === 'open'
    this.state = 'over'
    this.giveUp(new Error(reason))
    if (!wasOpen) return
    this.listener.ended(reason, this.publisher?.takeRemainder() ?? NOTHING_LEFT)
    for (const connection of this.connections) void closeConnection(connection)
  }
}

function explain(error: Error, self: NodeAddress): Error {
  if (!/RESOURCE.LOCKED/.test(error.message)) return error
  return new Error(`the node '${self}' is already connected: take another name`)
}
