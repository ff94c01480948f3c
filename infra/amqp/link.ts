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
import { checkBrokerUrls, userIn } from './broker-urls.js'
import { CONNECT_TIMEOUT_MS, type ConnectionOptions, HEARTBEAT_SECONDS } from './connection.js'
import { Presence, type PresenceOptions, PROBE_INTERVAL_MS, RETURN_GRACE_MS } from './presence.js'
import type { Parcel } from './publisher.js'
import { ownUser } from './rights.js'
import { type Place, Session } from './session.js'
import { addressOf, checkNames, wayTo } from './topology.js'

const RECONNECT: Backoff = { firstMs: 100, maxMs: 5_000 }
const NOTHING = new Uint8Array(0)

type Timing = ConnectionOptions & PresenceOptions

export interface AmqpOptions extends Timing {
  /** An executor's agent: without it no executor can be reached. */
  readonly agent: NodeAddress
}

const DEFAULTS: Timing = {
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  probeIntervalMs: PROBE_INTERVAL_MS,
  returnGraceMs: RETURN_GRACE_MS,
}

/**
 * Opening rejects, with a message that names the broker and the fix but never a password, when none of
 * the brokers can be had now. A connection lost later is re-established until the link is closed.
 *
 * Who comes with the user of its own name is in a cluster that is run with rights: it says who it is, and
 * hears only whom the broker vouches for. Any other user is taken to be one that all nodes share.
 */
export function amqpLink(
  urls: readonly string[], cluster: string, options: Partial<AmqpOptions> = {},
): OpenLink {
  return async (self, listener) => {
    checkBrokerUrls(urls)
    const { agent, ...timing } = options
    const member = { cluster, self, ...(agent ? { agent } : {}) }
    checkNames(member)
    const user = userIn(urls)
    const place = { ...member, urls, ...(user !== undefined && user === ownUser(member) ? { user } : {}) }
    const link = new AmqpLink(place, listener, { ...DEFAULTS, ...timing })
    try {
      await link.connect()
    } catch (error) {
      await link.close()
      throw error
    }
    return link
  }
}

class AmqpLink implements Link {
  private readonly presence: Presence
  private session: Session | undefined
  private generation = 0
  private retry: NodeJS.Timeout | undefined
  private closed = false

  constructor(
    private readonly place: Omit<Place, 'generation'>, private readonly listener: LinkListener,
    private readonly options: Timing,
  ) {
    this.presence = new Presence(options, (node) => this.probe(node), (node) => listener.lost(node))
  }

  async connect(): Promise<void> {
    const { place, listener } = this
    const session = await Session.open({ ...place, generation: this.generation++ }, this.options, {
      frame: (frame, sender) => listener.frame(frame, sender),
      forged: (reason) => listener.forged(reason),
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
    const way = wayTo(this.place, to)
    if (!way) return 'no-such-node'
    if (!this.session) return 'disconnected'
    const parcel = { ...way, frame, mandatory: !isGroup(to) }
    try {
      return this.session.publish(parcel) ? undefined : 'outbox-full'
    } catch {
      // The channel is closing, and we have not been told yet.
      return 'disconnected'
    }
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
