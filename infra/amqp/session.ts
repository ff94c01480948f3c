/**
 * Session: one stay of a node at a broker; two connections that live and die together.
 *
 * One publishes, the other consumes: a broker in need stops reading from publishers, and what waits for
 * an answer on such a connection hangs. Nothing of a session outlives it, so no acknowledgement can ever
 * reach the channel of a later one.
 */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { kindOf } from '../../runtime/address.js'
import { type Admission, admissionTo, type Delivery } from './admission.js'
import { inTurn, type Preference } from './broker-urls.js'
import {
  closeConnection, type ConnectionOptions, openConnection, RPC_TIMEOUT_MS, within,
} from './connection.js'
import {
  CHANNEL_PIECES_MAX, type Parcel, Publisher, type PublisherListener, type Remainder,
} from './publisher.js'
import type { Numbered } from './tally.js'
import { declareInbox, type Member, nameOf } from './topology.js'

/** Frames that the broker hands out before the first of them is acknowledged. */
export const PREFETCH_FRAMES = 256
/**
 * So many are acknowledged together, or those that came within so long, such as all that an agent hears when the
 * leader changes. Nobody waits for it: the broker has handed out only half of what it may.
 */
const ACKNOWLEDGE_FRAMES = 128
const ACKNOWLEDGE_MS = 100
const FLUSH_TIMEOUT_MS = 2_000
const NOTHING_LEFT: Remainder = { unsent: [], unconfirmed: [] }

export interface Arrival {
  readonly frame: Uint8Array
  /** What it was published with: this node's own, or its group's. */
  readonly key: string
  readonly numbered: Partial<Numbered>
  /** See `LinkListener.frame`. */
  readonly sender: string | undefined
}

export interface SessionListener extends PublisherListener {
  /** Something has come, be it only to see whether we are here. */
  heard(): void
  arrived(arrival: Arrival): void
  forged(reason: string): void
  /** The broker takes no more frames, and why. */
  blocked(reason: string): void
  unblocked(): void
  /** The session is over; told once, not while it opens and not after `close`. */
  ended(reason: string, remainder: Remainder): void
}

export interface Place extends Member {
  readonly urls: readonly string[]
  /** The broker of the session before, which was lost; and those before it by way of which nobody was heard. */
  readonly lost: readonly string[]
  /** Who we are to the broker, when the cluster is run with rights (see `rights.ts`). */
  readonly user?: string
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
  private readonly admit: ((delivery: Delivery) => Admission) | undefined

  private constructor(place: Place, private readonly listener: SessionListener) {
    this.admit = place.user === undefined ? undefined : admissionTo(place)
    this.ending = new Promise((_, reject) => {
      this.giveUp = reject
    })
    this.ending.catch(() => undefined)
  }

  /** Resolves once the node can send and be reached. Rejects with an Error for people. */
  static async open(place: Place, options: ConnectionOptions, listener: SessionListener): Promise<Session> {
    const session = new Session(place, listener)
    try {
      await Promise.race([session.begin(place, options), session.ending])
      if (session.state === 'over') await session.ending
      session.state = 'open'
      return session
    } catch (error) {
      await session.close()
      throw explain(error as Error, place)
    }
  }

  /** False when the outbox is full. */
  publish(parcel: Parcel): boolean {
    return this.publisher?.publish(parcel) ?? false
  }

  get isOpen(): boolean {
    return this.state === 'open'
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

  /** As if it had broken: what is under way has an unknown fate. */
  abandon(reason: string): void {
    this.end(reason)
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
    const mayDeclare = place.user === undefined || kindOf(place.self) === 'master'
    const queue = await declareInbox(inbound, place, place.generation, mayDeclare)
    await inbound.prefetch(PREFETCH_FRAMES)
    this.publisher = new Publisher(outbound, this.listener, place.user)
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

  private consumer(channel: Channel): (message: ConsumeMessage | null) => void {
    const acknowledge = acknowledging(channel)
    return (message) => {
      // The broker took our queue away, for instance because an operator deleted it.
      if (!message) return this.end('the queue was deleted')
      acknowledge(message)
      this.listener.heard()
      // An empty frame only asks whether we are here.
      if (message.content.length > 0) this.handOver(message)
    }
  }

  private handOver(message: ConsumeMessage): void {
    try {
      const admission = this.admit?.(message)
      if (admission?.ok === false) return this.listener.forged(admission.reason)
      const { content: frame, fields: { routingKey: key }, properties } = message
      this.listener.arrived({ frame, key, numbered: properties as Partial<Numbered>, sender: admission?.sender })
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

/**
 * Acknowledges, after they are handed over, many frames at once. Nothing is delivered again that was not
 * acknowledged, since the queue goes with the connection: it only tells the broker to hand out more, and
 * each acknowledgement costs it and us as much as a small message.
 */
export function acknowledging(channel: Channel): (handedOver: ConsumeMessage) => void {
  let latest: ConsumeMessage | undefined
  let count = 0
  const acknowledge = (): void => {
    const handedOver = latest
    latest = undefined
    count = 0
    try {
      if (handedOver) channel.ack(handedOver, true)
    } catch {
      // The channel is closing; its end is reported, and the broker forgets our queue with it.
    }
  }
  return (message) => {
    if (!latest) setTimeout(acknowledge, ACKNOWLEDGE_MS)
    latest = message
    if (++count === ACKNOWLEDGE_FRAMES) setImmediate(acknowledge)
  }
}

function explain(error: Error, { self, cluster, user }: Place): Error {
  if (/RESOURCE.LOCKED/.test(error.message)) {
    return new Error(`the node '${self}' is already connected: take another name`)
  }
  const setUp = `\`warren broker setup --cluster ${cluster}\``
  if (/ACCESS.REFUSED/.test(error.message)) {
    return new Error(`the broker's user ${user ? `'${user}' ` : ''}may not be the node '${nameOf(self)}' of cluster `
      + `'${cluster}': pass --broker with that node's user, or let ${setUp} give it its rights`)
  }
  if (user === undefined || !/NOT.FOUND/.test(error.message)) return error
  return new Error(`the broker knows no cluster '${cluster}' yet: start a master, or run ${setUp}`)
}
