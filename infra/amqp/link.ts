/**
 * AMQP link: a node's place in a cluster whose nodes meet at a RabbitMQ broker.
 *
 * It owns what outlives a session: whom it watches, and the will to come back. While there is no session
 * everything sent comes back at once as `disconnected`: old messages are worth less than the knowledge
 * that they did not arrive. What was under way when a session ended comes back as `unconfirmed`, and is
 * never sent again: it may have arrived.
 */
import { isGroup, type NodeAddress } from '../../runtime/address.js'
import type { TransportVitals, UndeliverableReason } from '../../runtime/transport.js'
import { type Backoff, backoffMs } from '../backoff.js'
import { envelopesIn } from '../frame.js'
import type { Link, LinkListener, OpenLink } from '../link.js'
import { systemRandom } from '../random.js'
import { Standing } from '../standing.js'
import { checkBrokerUrls, leftOf, userIn, withoutPassword } from './broker-urls.js'
import { CONNECT_TIMEOUT_MS, type ConnectionOptions, HEARTBEAT_SECONDS } from './connection.js'
import { Deafness, SPELL_MS } from './deafness.js'
import { ABSENCE_MAX_MS, Presence, type PresenceOptions, PROBE_INTERVAL_MS, RETURN_GRACE_MS } from './presence.js'
import type { Parcel, Remainder } from './publisher.js'
import { ownUser } from './rights.js'
import { type Arrival, type Place, Session } from './session.js'
import { Arrivals, Departures } from './tally.js'
import { addressOf, checkNames, wayTo } from './topology.js'

/**
 * A node must be back within 5 s of its broker: 2 s of waiting at the most leave 3 for the way in. A
 * thousand nodes then come at 500 a second, each with two connections.
 */
export const RECONNECT: Backoff = { firstMs: 100, maxMs: 2_000 }
/** Ways that are remembered; beyond it they are found anew. */
const WAYS_MAX = 10_000

/** A node's spells are those of `deafness.ts`. */
type Timing = ConnectionOptions & PresenceOptions & { readonly spellMs: number }

export interface AmqpOptions extends Timing {
  /** An executor's agent: without it no executor can be reached. */
  readonly agent: NodeAddress
}

const DEFAULTS: Timing = {
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  probeIntervalMs: PROBE_INTERVAL_MS,
  returnGraceMs: RETURN_GRACE_MS,
  absenceMaxMs: ABSENCE_MAX_MS,
  spellMs: SPELL_MS,
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

type Way = Pick<Parcel, 'exchange' | 'key' | 'mandatory'>

class AmqpLink implements Link {
  private readonly ways = new Map<NodeAddress, Way>()
  private readonly presence: Presence
  /** Who has but one broker has nowhere else to go. */
  private readonly deafness: Deafness | undefined
  private readonly standing = new Standing((state, reason) => this.listener.connection(state, reason))
  private readonly departures: Departures
  private readonly arrivals = new Arrivals()
  private session: Session | undefined
  private framesReturned = 0
  /** Brokers to try last. */
  private lost: readonly string[] = []
  private isDeaf = false
  private generation = 0
  private retry: NodeJS.Timeout | undefined
  /** Aborted when it is closed, and with it what is still being connected. */
  private readonly life = new AbortController()

  constructor(
    private readonly place: Omit<Place, 'generation' | 'lost'>, private readonly listener: LinkListener,
    private readonly options: Timing,
  ) {
    this.departures = new Departures(place.self)
    this.presence = new Presence(options, (node) => this.probe(node), (node) => {
      this.departures.forget(node)
      listener.lost(node)
    })
    if (place.urls.length > 1) {
      this.deafness = new Deafness(options.spellMs, place.urls.length, systemRandom, () => {
        this.isDeaf = true
        this.session?.abandon('nobody is heard by way of this broker; trying another')
        this.isDeaf = false
      })
    }
  }

  async connect(): Promise<void> {
    const { place, listener, standing, lost, options, life: { signal } } = this
    // One that ends before it is taken up was never had: whoever called hears of it.
    let isTakenUp = false
    const session = await Session.open({ ...place, lost, generation: this.generation++ }, { ...options, signal }, {
      heard: () => this.deafness?.heard(),
      arrived: (arrival) => this.arrived(arrival),
      forged: (reason) => listener.forged(reason),
      returned: (key, frame) => this.returned(key, frame),
      refused: (parcel) => this.giveBack([parcel], 'unconfirmed'),
      ...(listener.acknowledged ? { confirmed: ({ frame }: Parcel) => listener.acknowledged?.(frame) } : {}),
      blocked: (reason) => standing.become('blocked', reason),
      unblocked: () => standing.become('connected'),
      ended: (reason, remainder) => {
        if (isTakenUp) this.disconnected(reason, remainder)
      },
    })
    if (signal.aborted) return void await session.close()
    if (!session.isOpen) throw new Error('the broker hung up at once')
    isTakenUp = true
    this.session = session
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

  vitals(): TransportVitals {
    const { framesReturned, session, arrivals: { missed: envelopesMissed } } = this
    return this.standing.vitals({
      via: session?.url ? withoutPassword(session.url) : undefined,
      waitingBytes: session?.waitingBytes ?? 0, unconfirmedBytes: session?.unconfirmedBytes ?? 0, framesReturned,
      envelopesMissed,
    })
  }

  async close(): Promise<void> {
    this.life.abort()
    clearTimeout(this.retry)
    this.presence.stop()
    this.deafness?.stop()
    const { session } = this
    this.session = undefined
    if (session) this.giveBackAll(await session.close())
  }

  /** Answers why the frame was not taken. */
  private publish(to: NodeAddress, frame: Uint8Array): UndeliverableReason | undefined {
    const way = this.wayTo(to)
    if (!way) return 'no-such-node'
    const numbered = frame.length > 0 ? this.departures.number(to, envelopesIn(frame)) : {}
    if (!this.session) return 'disconnected'
    if (frame.length > 0) this.deafness?.spoken()
    try {
      const { exchange, key, mandatory } = way
      return this.session.publish({ to, exchange, key, mandatory, frame, numbered }) ? undefined : 'outbox-full'
    } catch {
      // The channel is closing, and we have not been told yet.
      return 'disconnected'
    }
  }

  /** The same for every message to a node, and a good part of what a small one costs: found once. */
  private wayTo(to: NodeAddress): Way | undefined {
    const known = this.ways.get(to)
    if (known) return known
    const found = wayTo(this.place, to)
    if (!found) return undefined
    const way = { ...found, mandatory: !isGroup(to) }
    if (this.ways.size >= WAYS_MAX) this.ways.clear()
    this.ways.set(to, way)
    return way
  }

  /** Asks whether `node` is there: an empty frame comes back if it is not. */
  private probe(node: NodeAddress): void {
    if (this.publish(node, new Uint8Array(0)) === 'no-such-node') queueMicrotask(() => this.presence.returned(node))
  }

  private arrived({ frame, key, numbered, sender }: Arrival): void {
    const isProven = sender === undefined || numbered.appId?.startsWith(sender)
    const to = addressOf(key) ? 'me' : 'group'
    if (this.arrivals.take(isProven ? numbered : {}, to, envelopesIn(frame))) this.listener.frame(frame, sender)
  }

  private returned(key: string, frame: Uint8Array): void {
    const to = addressOf(key)
    if (!to) return
    if (frame.length > 0) {
      this.framesReturned++
      this.listener.undeliverable(to, frame, 'no-such-node')
    }
    this.presence.returned(to)
  }

  private disconnected(reason: string, remainder: Remainder): void {
    this.lost = leftOf(this.place.urls, this.isDeaf ? this.lost : [], this.session?.url)
    this.session = undefined
    this.standing.become('disconnected', reason)
    this.giveBackAll(remainder)
    this.reconnect(0)
  }

  private giveBackAll({ unconfirmed, unsent }: Remainder): void {
    this.giveBack(unconfirmed, 'unconfirmed')
    this.giveBack(unsent, 'disconnected')
  }

  private giveBack(parcels: readonly Parcel[], reason: UndeliverableReason): void {
    for (const { to, frame } of parcels) if (frame.length > 0) this.listener.undeliverable(to, frame, reason)
  }

  private reconnect(attempt: number): void {
    if (this.life.signal.aborted) return
    this.retry = setTimeout(() => {
      this.connect().then(() => this.returnedToBroker(), () => this.reconnect(attempt + 1))
    }, backoffMs(RECONNECT, attempt))
  }

  private returnedToBroker(): void {
    if (this.life.signal.aborted) return
    this.standing.become('connected')
    this.presence.resume()
  }
}
