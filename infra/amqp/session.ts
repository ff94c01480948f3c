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
import {
  closeConnection, type ConnectionOptions, openConnection, RPC_TIMEOUT_MS, within,
} from './connection.js'
import { CHANNEL_PIECES_MAX, type Parcel, Publisher } from './publisher.js'
import { declareInbox, type Member, nameOf } from './topology.js'

/** Frames that the broker hands out before the first of them is acknowledged. */
export const PREFETCH_FRAMES = 256
const FLUSH_TIMEOUT_MS = 2_000

export interface SessionListener {
  /** @param sender see `LinkListener.frame` */
  frame(frame: Uint8Array, sender?: string): void
  forged(reason: string): void
  /** No queue took this frame. */
  returned(key: string, frame: Uint8Array): void
  blocked(isBlocked: boolean): void
  /** The session is over; told once, not while it opens and not after `close`. */
  ended(reason: string, unsent: readonly Parcel[]): void
}

export interface Place extends Member {
  readonly urls: readonly string[]
  /** Who we are to the broker, when the cluster is run with rights (see `rights.ts`). */
  readonly user?: string
  /** Counts the sessions of this life of the node. */
  readonly generation: number
}

export class Session {
  private readonly connections: ChannelModel[] = []
  private publishing: { readonly channel: Channel; readonly publisher: Publisher } | undefined
  private state: 'opening' | 'open' | 'over' = 'opening'
  private reason = ''
  private readonly admit: ((delivery: Delivery) => Admission) | undefined

  private constructor(place: Place, private readonly listener: SessionListener) {
    this.admit = place.user === undefined ? undefined : admissionTo(place)
  }

  /** Resolves once the node can send and be reached. Rejects with an Error for people. */
  static async open(place: Place, options: ConnectionOptions, listener: SessionListener): Promise<Session> {
    const session = new Session(place, listener)
    try {
      await session.begin(place, options)
      if (session.state === 'over') throw new Error(session.reason)
      session.state = 'open'
      return session
    } catch (error) {
      await session.close()
      throw explain(error as Error, place)
    }
  }

  /** False when the outbox is full. */
  publish(parcel: Parcel): boolean {
    return this.publishing?.publisher.publish(parcel) ?? false
  }

  /** Hands the broker what is waiting, hears what comes back of it, then leaves. */
  async close(): Promise<void> {
    this.state = 'over'
    if (this.publishing) {
      const { channel, publisher } = this.publishing
      // The broker answers the closing of a channel after everything that was published on it.
      const flushed = publisher.emptied().then(() => channel.close())
      await within(FLUSH_TIMEOUT_MS, 'flushing', flushed).catch(() => undefined)
    }
    await Promise.all(this.connections.map(closeConnection))
  }

  private async begin(place: Place, options: ConnectionOptions): Promise<void> {
    const publish = await this.connect(place, 'publish', options)
    const consume = await this.connect(place, 'consume', options)
    publish.on('blocked', () => this.listener.blocked(true))
    publish.on('unblocked', () => this.listener.blocked(false))
    await within(RPC_TIMEOUT_MS, 'declaring the queue', this.setUp(publish, consume, place))
  }

  private async connect(
    { urls, self }: Place, purpose: string, options: ConnectionOptions,
  ): Promise<ChannelModel> {
    const connection = await openConnection(urls, `${self} ${purpose}`, options, (reason) => this.end(reason))
    this.connections.push(connection)
    return connection
  }

  private async setUp(publish: ChannelModel, consume: ChannelModel, place: Place): Promise<void> {
    const outbound = this.guard(await publish.createChannel({ highWaterMark: CHANNEL_PIECES_MAX }))
    const inbound = this.guard(await consume.createChannel())
    const mayDeclare = place.user === undefined || kindOf(place.self) === 'master'
    const queue = await declareInbox(inbound, place, place.generation, mayDeclare)
    await inbound.prefetch(PREFETCH_FRAMES)
    const publisher = new Publisher(outbound, (key, frame) => this.listener.returned(key, frame), place.user)
    this.publishing = { channel: outbound, publisher }
    await inbound.consume(queue, this.consumer(inbound))
  }

  /** A channel's error would take its connection down if nobody listened. */
  private guard(channel: Channel): Channel {
    let reason = 'a channel was closed'
    channel.on('error', (error) => {
      reason = error.message
    })
    channel.on('close', () => this.end(reason))
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

  private handOver(message: ConsumeMessage): void {
    try {
      const admission = this.admit?.(message)
      if (admission?.ok === false) this.listener.forged(admission.reason)
      else this.listener.frame(message.content, admission?.sender)
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
    this.reason = reason
    if (!wasOpen) return
    this.listener.ended(reason, this.publishing?.publisher.takeWaiting() ?? [])
    for (const connection of this.connections) void closeConnection(connection)
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
