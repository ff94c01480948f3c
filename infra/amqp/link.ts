/**
 * AMQP link: a node's place in a cluster whose nodes meet at a RabbitMQ broker.
 *
 * It owns what outlives a session: whom it watches, and the will to come back. While there is no session
 * everything sent comes back at once as `disconnected`: old messages are worth less than the knowledge
 * that they did not arrive.
 */
import { isGroup, type NodeAddress } from '../../runtime/address.js'
import type { UndeliverableReason } from '../../runtime/transport.js'
import { type Backoff, backoffMs } from '../backoff.js'
import type { Link, LinkListener, OpenLink } from '../link.js'
import { directionOf } from '../routes.js'
import { checkBrokerUrls } from './broker-urls.js'
import { CONNECT_TIMEOUT_MS, type ConnectionOptions, HEARTBEAT_SECONDS } from './connection.js'
import { Presence, type PresenceOptions, PROBE_INTERVAL_MS, RETURN_GRACE_MS } from './presence.js'
import type { Parcel } from './publisher.js'
import { Session } from './session.js'
import { addressOf, checkNames, exchangeName, routingKey } from './topology.js'

const RECONNECT: Backoff = { firstMs: 100, maxMs: 5_000 }
const NOTHING = new Uint8Array(0)
/** Ways that are remembered; beyond it they are found anew. */
const WAYS_MAX = 10_000

export type AmqpOptions = ConnectionOptions & PresenceOptions

const DEFAULTS: AmqpOptions = {
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  probeIntervalMs: PROBE_INTERVAL_MS,
  returnGraceMs: RETURN_GRACE_MS,
}

/**
 * Opening rejects, with a message that names the broker and the fix but never a password, when none of
 * the brokers can be had now. A connection lost later is re-established until the link is closed.
 */
export function amqpLink(
  urls: readonly string[], cluster: string, options: Partial<AmqpOptions> = {},
): OpenLink {
  return async (self, listener) => {
    checkBrokerUrls(urls)
    checkNames(cluster, self)
    const link = new AmqpLink(urls, cluster, self, listener, { ...DEFAULTS, ...options })
    try {
      await link.connect()
    } catch (error) {
      await link.close()
      throw error
    }
    return link
  }
}

type Way = Omit<Parcel, 'frame'>

class AmqpLink implements Link {
  private readonly ways = new Map<NodeAddress, Way>()
  private readonly presence: Presence
  private session: Session | undefined
  private generation = 0
  private retry: NodeJS.Timeout | undefined
  private closed = false

  constructor(
    private readonly urls: readonly string[], private readonly cluster: string,
    private readonly self: NodeAddress, private readonly listener: LinkListener,
    private readonly options: AmqpOptions,
  ) {
    this.presence = new Presence(options, (node) => this.probe(node), (node) => listener.lost(node))
  }

  async connect(): Promise<void> {
    const { urls, cluster, self, listener } = this
    const session = await Session.open({ urls, cluster, self, generation: this.generation++ }, this.options, {
      frame: (frame) => listener.frame(frame),
      returned: (key, frame) => this.returned(key, frame),
      blocked: (isBlocked) => listener.connection(isBlocked ? 'blocked' : 'connected'),
      ended: (_reason, unsent) => this.disconnected(unsent),
    })
    if (this.closed) await session.close()
    else this.session = session
  }

  send(to: NodeAddress, frame: Uint8Array): void {
    const refusal = this.publish(to, frame)
    if (refusal) queueMicrotask(() => this.listener.undeliverable(to, frame, refusal))
  }

  watch(node: NodeAddress): void {
    this.presence.watch(node)
  }

  unwatch(node: NodeAddress): void {
    this.presence.unwatch(node)
  }

  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.retry)
    this.presence.stop()
    const { session } = this
    this.session = undefined
    await session?.close()
  }

  /** Answers why the frame was not taken. */
  private publish(to: NodeAddress, frame: Uint8Array): UndeliverableReason | undefined {
    const way = this.wayTo(to)
    if (!way) return 'no-such-node'
    if (!this.session) return 'disconnected'
    const { exchange, key, mandatory } = way
    try {
      return this.session.publish({ exchange, key, frame, mandatory }) ? undefined : 'outbox-full'
    } catch {
      // The channel is closing, and we have not been told yet.
      return 'disconnected'
    }
  }

  /** The same for every message to a node, and a good part of what a small one costs: found once. */
  private wayTo(to: NodeAddress): Way | undefined {
    const known = this.ways.get(to)
    if (known) return known
    const direction = directionOf(this.self, to)
    const key = routingKey(to)
    if (!direction || !key) return undefined
    const way = { exchange: exchangeName(this.cluster, direction), key, mandatory: !isGroup(to) }
    if (this.ways.size >= WAYS_MAX) this.ways.clear()
    this.ways.set(to, way)
    return way
  }

  /** Asks whether `node` is there: an empty frame comes back if it is not. */
  private probe(node: NodeAddress): void {
    if (this.publish(node, NOTHING) === 'no-such-node') queueMicrotask(() => this.presence.returned(node))
  }

  private returned(key: string, frame: Uint8Array): void {
    const to = addressOf(key)
    if (!to) return
    if (frame.length > 0) this.listener.undeliverable(to, frame, 'no-such-node')
    this.presence.returned(to)
  }

  private disconnected(unsent: readonly Parcel[]): void {
    this.session = undefined
    this.listener.connection('disconnected')
    for (const { key, frame } of unsent) {
      const to = addressOf(key)
      if (to && frame.length > 0) this.listener.undeliverable(to, frame, 'disconnected')
    }
    this.reconnect(0)
  }

  private reconnect(attempt: number): void {
    if (this.closed) return
    this.retry = setTimeout(() => {
      this.connect().then(() => this.returnedToBroker(), () => this.reconnect(attempt + 1))
    }, backoffMs(RECONNECT, attempt))
  }

  private returnedToBroker(): void {
    if (this.closed) return
    this.listener.connection('connected')
    this.presence.resume()
  }
}
