/**
 * Hop exchange: hops over RabbitMQ. Every node may publish to it, and only masters may listen.
 *
 * A key says what node tells: `agent.agent-7f3a.k3x9`. Nobody need tell a node whether anybody listens: what
 * it publishes as mandatory comes back when no queue is bound. Publishing has a connection of its own, which
 * nothing waits for; a broker that takes nothing more costs hops and never a message.
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import type { NodeAddress } from '../../runtime/address.js'
import { FRAME_BYTES_MAX } from '../../runtime/transport.js'
import type { HopBatch, HopOutlet, HopSource, OpenHopOutlet } from '../trace/hop-bus.js'
import { packBatch, unpackBatch } from '../trace/hop-codec.js'
import { CONNECT_TIMEOUT_MS, HEARTBEAT_SECONDS, within } from './connection.js'
import { openLater, type LaterChannel } from './later-channel.js'
import { hopsExchange, hopsQueue, routingKey } from './topology.js'

/** How often a node finds out whether anybody listens. */
export const PROBE_EVERY_MS = 500
/** A listener hears of what happened before it within this time. */
export const BACKLOG_WAIT_MS = 1_200
/** What may wait for the broker; beyond it hops are dropped. */
export const HOPS_WAITING_BYTES_MAX = 4_194_304
/** So long a node that ends waits for its last hops to be told. */
const FLUSH_MAX_MS = 1_000
const COMMON = { connectTimeoutMs: CONNECT_TIMEOUT_MS, heartbeatSeconds: HEARTBEAT_SECONDS }
const NOTHING = Buffer.alloc(0)

export const amqpHopOutlet = (
  urls: readonly string[], cluster: string, agent: NodeAddress | undefined,
): OpenHopOutlet => (node) => new ExchangeOutlet(urls, cluster, node, routingKey(node, agent) ?? 'unknown')

class ExchangeOutlet implements HopOutlet {
  private readonly channel: LaterChannel
  private readonly probing: NodeJS.Timeout
  /** Published since the channel last said that it has room. */
  private waitingBytes = 0
  /** Undefined until it is known. */
  private isListenedTo: boolean | undefined
  /** Since the last probe nothing has come back. */
  private isSilent = true
  private hasAsked = false
  private tell: (isListenedTo: boolean) => void = () => undefined

  constructor(
    urls: readonly string[], private readonly cluster: string, node: NodeAddress, private readonly key: string,
  ) {
    this.channel = openLater({
      ...COMMON, urls, name: `${node} hops`, lost: () => this.become(false),
      setUp: async (channel) => {
        this.waitingBytes = 0
        // One that is not there yet would cost the channel with every hop.
        await channel.checkExchange(hopsExchange(cluster))
        channel.on('return', () => {
          this.isSilent = false
          this.become(false)
        })
        channel.on('drain', () => { this.waitingBytes = 0 })
      },
    })
    this.probing = setInterval(() => this.probe(), PROBE_EVERY_MS)
    this.probing.unref()
  }

  watchListeners(tell: (isListenedTo: boolean) => void): void {
    this.tell = tell
  }

  opened(): Promise<void> {
    return this.channel.tried()
  }

  publish(batch: HopBatch): boolean {
    if (this.isFull || !this.channel.current) return false
    const bytes = packBatch(batch)
    return bytes !== undefined && bytes.length <= FRAME_BYTES_MAX && this.write(Buffer.from(bytes))
  }

  async close(): Promise<void> {
    clearInterval(this.probing)
    // A connection's goodbye overtakes what its channels still hold; an answer on the channel comes after all of it.
    const flush = async () => this.channel.current?.checkExchange(hopsExchange(this.cluster))
    await within(FLUSH_MAX_MS, 'telling the last hops', flush()).catch(() => undefined)
    await this.channel.close()
  }

  private probe(): void {
    if (!this.channel.current || this.isFull) return
    if (this.isSilent && this.hasAsked) this.become(true)
    this.isSilent = true
    this.hasAsked = this.write(NOTHING)
  }

  private get isFull(): boolean {
    return this.waitingBytes > HOPS_WAITING_BYTES_MAX
  }

  private write(content: Buffer): boolean {
    try {
      const isRoom = this.channel.current?.publish(hopsExchange(this.cluster), this.key, content, { mandatory: true })
      // A single batch is more than a channel calls room; it says so again once all of it is on its way.
      this.waitingBytes = isRoom === false ? this.waitingBytes + content.length : 0
      return true
    } catch {
      // The channel is closing; it will be had again.
      return false
    }
  }

  private become(isListenedTo: boolean): void {
    if (!isListenedTo) this.hasAsked = false
    if (this.isListenedTo === isListenedTo) return
    this.isListenedTo = isListenedTo
    this.tell(isListenedTo)
  }
}

/** @param name of the master that listens */
export const amqpHopSource = (urls: readonly string[], cluster: string, name: string): HopSource => {
  let generation = 0
  return {
    backlogWaitMs: BACKLOG_WAIT_MS,
    listen(hear) {
      const channel = openLater({
        ...COMMON, urls, name: `master-${name} listens to hops`, lost: () => undefined,
        setUp: (each) => consume(each, cluster, name, generation++, hear),
      })
      return () => void channel.close()
    },
  }
}

async function consume(
  channel: Channel, cluster: string, name: string, generation: number, hear: (batch: HopBatch) => void,
): Promise<void> {
  const exchange = hopsExchange(cluster)
  await channel.assertExchange(exchange, 'topic', { durable: true })
  const { queue } = await channel.assertQueue(hopsQueue(cluster, name, process.pid, generation), {
    exclusive: true, durable: false, arguments: { 'x-max-length-bytes': QUEUE_BYTES_MAX },
  })
  await channel.bindQueue(queue, exchange, '#')
  await channel.consume(queue, (message: ConsumeMessage | null) => {
    const batch = message && message.content.length > 0 ? unpackBatch(message.content) : undefined
    if (batch) hear(batch)
  }, { noAck: true })
}

/** What waits for a master that is slow; the oldest gives way. */
const QUEUE_BYTES_MAX = 33_554_432
