/**
 * Network: carries envelopes between the nodes of a simulated world, as a broker would.
 *
 * It keeps what a transport promises (see `runtime/transport.ts`) and nothing more: between two nodes in
 * order and at most once. Messages are lost with a connection, of the sender or of the receiver: what was
 * under way from a node that is cut off arrives up to some point, and all of it may be told as
 * `unconfirmed`; what was under way to it is gone with its queue. A node that is away for long may be
 * taken for dead by those who watch it, and is not.
 */
import { isGroup, kindOf, type NodeAddress } from '../../../runtime/address.js'
import type { Random } from '../../../runtime/random.js'
import type {
  Receiver, Transport, TransportVitals, UndeliverableReason, WireEnvelope,
} from '../../../runtime/transport.js'
import { frameOf, readFrame } from '../../../infra/frame.js'
import { directionOf } from '../../../infra/routes.js'
import type { Event, Events } from './events.js'
import type { SimulatedNode } from './node.js'

/** Without trouble an envelope takes up to this long. */
const LATENCY_MS = 2
/** How long a node that is watched must be away before it is condemned, and how often it is looked after. */
const ABSENCE_MS = 10_000
const PROBE_MS = 5_000
/** Who was away itself condemns nobody for so long. */
const RETURN_GRACE_MS = 15_000

export interface NetworkOptions {
  readonly events: Events
  readonly random: Random
  /** Whether each envelope is packed and read back, which takes most of the time. */
  readonly packs: boolean
  /** Whether deaths are noticed at once, as within one process, or after seconds, as by a broker. */
  readonly isPrompt: boolean
}

interface Flight {
  readonly to: NodeAddress
  readonly envelope: WireEnvelope
  readonly event: Event
}

/** What is under way from one node to another. */
interface Lane {
  readonly from: NodeAddress
  readonly to: NodeAddress
  dueMs: number
  flights: Flight[]
}

class Member {
  readonly watched = new Set<NodeAddress>()
  connected = true
  /** Since when it is away, or back. */
  sinceMs = -Infinity
  /** Its connection is half dead: what it sends goes nowhere, or what is sent to it does. */
  mute = false
  deaf = false
  readonly limbo: { readonly to: NodeAddress; readonly envelope: WireEnvelope }[] = []
  slowMs = 0

  constructor(readonly node: SimulatedNode, readonly receiver: Receiver) {}
}

const VITALS: TransportVitals = {
  connection: 'connected', reason: undefined, via: undefined, sinceMs: 0, waitingBytes: 0, unconfirmedBytes: 0,
  reconnects: 0, framesReturned: 0, envelopesMissed: 0,
}

export class Network {
  private readonly members = new Map<NodeAddress, Member>()
  private readonly lanes = new Map<NodeAddress, Map<NodeAddress, Lane>>()

  constructor(private readonly options: NetworkOptions) {}

  connect(node: SimulatedNode): (receiver: Receiver) => Promise<Transport> {
    const self = node.address
    return async (receiver) => {
      const member = new Member(node, receiver)
      this.members.set(self, member)
      return {
        send: (to, envelope) => this.take(member, to, envelope),
        watch: (target) => {
          member.watched.add(target)
          this.probe(member, target)
        },
        unwatch: (target) => void member.watched.delete(target),
        vitals: () => VITALS,
        close: async () => this.died(self),
      }
    }
  }

  /** A node has died: what is under way to it is gone, what it has sent arrives. */
  died(address: NodeAddress): void {
    if (!this.members.delete(address)) return
    this.lanes.delete(address)
    for (const member of this.members.values()) if (member.watched.has(address)) this.probe(member, address)
  }

  /** A node loses its connection, and its queue with it. @param repeats it sends again what was unconfirmed */
  cut(address: NodeAddress, repeats = false): void {
    const member = this.members.get(address)
    if (!member?.connected) return
    const { events, random } = this.options
    Object.assign(member, { connected: false, sinceMs: events.nowMs, mute: false, deaf: false })
    this.tell(member, () => member.receiver.connection('disconnected', 'simulated'))
    const again: Flight[] = []
    for (const lane of this.lanes.get(address)?.values() ?? []) {
      const arrives = Math.floor(random.next() * (lane.flights.length + 1))
      const confirmed = Math.floor(random.next() * (arrives + 1))
      for (const flight of lane.flights.slice(arrives)) flight.event.action = undefined
      const unconfirmed = lane.flights.slice(confirmed)
      lane.flights = lane.flights.slice(0, arrives)
      if (repeats) again.push(...unconfirmed)
      else for (const { to, envelope } of unconfirmed) this.giveBack(member, to, envelope, 'unconfirmed')
    }
    for (const { to, envelope } of member.limbo.splice(0)) this.giveBack(member, to, envelope, 'unconfirmed')
    for (const lanes of this.lanes.values()) this.empty(lanes.get(address))
    for (const other of this.members.values()) if (other.watched.has(address)) this.probe(other, address)
    if (again.length > 0) events.after(0, () => this.repeat(member, again))
  }

  /** Its connection is had again, and its queue is new. */
  mend(address: NodeAddress): void {
    const member = this.members.get(address)
    if (!member) return
    if (member.mute || member.deaf) this.cut(address)
    member.slowMs = 0
    if (member.connected) return
    Object.assign(member, { connected: true, sinceMs: this.options.events.nowMs })
    this.tell(member, () => member.receiver.connection('connected'))
  }

  /** From now on its connection is half dead, until it is cut or mended. */
  silence(address: NodeAddress, which: 'mute' | 'deaf'): void {
    const member = this.members.get(address)
    if (member?.connected) member[which] = true
  }

  /** From now on what it sends and is sent takes up to so much longer. */
  slow(address: NodeAddress, slowMs: number): void {
    const member = this.members.get(address)
    if (member) member.slowMs = slowMs
  }

  private take(sender: Member, to: NodeAddress, envelope: WireEnvelope): void {
    if (!sender.connected) return this.giveBack(sender, to, envelope, 'disconnected')
    if (!directionOf(sender.node.address, to)) return this.giveBack(sender, to, envelope, 'no-such-node')
    if (sender.mute) return void sender.limbo.push({ to, envelope })
    if (isGroup(to)) {
      const kind = kindOf(to)
      for (const [address, member] of this.members) if (kindOf(address) === kind) this.queue(sender, member, envelope)
      return
    }
    const receiver = this.members.get(to)
    if (receiver?.connected) this.queue(sender, receiver, envelope)
    else this.giveBack(sender, to, envelope, 'no-such-node')
  }

  private queue(sender: Member, receiver: Member, envelope: WireEnvelope): void {
    if (!receiver.connected || receiver.deaf) return
    const { events, random } = this.options
    const lane = this.lane(sender.node.address, receiver.node.address)
    const slowMs = Math.max(sender.slowMs, receiver.slowMs)
    const latencyMs = random.next() * (slowMs > 0 ? slowMs : LATENCY_MS)
    lane.dueMs = Math.max(lane.dueMs, events.nowMs + latencyMs)
    const event = events.after(lane.dueMs - events.nowMs, () => {
      lane.flights.shift()
      receiver.receiver.received(this.options.packs ? overTheWire(envelope) : envelope)
    }, receiver.node)
    lane.flights.push({ to: receiver.node.address, envelope, event })
  }

  private repeat(sender: Member, flights: readonly Flight[]): void {
    if (sender.node.state === 'dead') return
    if (!sender.connected) return void this.options.events.after(50, () => this.repeat(sender, flights))
    for (const { to, envelope } of flights) this.take(sender, to, envelope)
  }

  private lane(from: NodeAddress, to: NodeAddress): Lane {
    const ofSender = this.lanes.get(from) ?? new Map<NodeAddress, Lane>()
    this.lanes.set(from, ofSender)
    const known = ofSender.get(to)
    if (known) return known
    const lane: Lane = { from, to, dueMs: 0, flights: [] }
    ofSender.set(to, lane)
    return lane
  }

  private empty(lane: Lane | undefined): void {
    for (const { event } of lane?.flights ?? []) event.action = undefined
    if (lane) lane.flights = []
  }

  private giveBack(member: Member, to: NodeAddress, envelope: WireEnvelope, reason: UndeliverableReason): void {
    if (!isGroup(to) || reason !== 'no-such-node') {
      this.tell(member, () => member.receiver.undeliverable(to, [envelope], reason))
    }
  }

  private tell(member: Member, what: () => void): void {
    member.node.after(this.options.random.next(), what)
  }

  /** Looks after a node that may be gone; goes on until it is there, or is told to be lost. */
  private probe(watcher: Member, target: NodeAddress): void {
    const { events, random, isPrompt } = this.options
    const state = this.members.get(target)
    if (state?.connected || !watcher.watched.has(target) || watcher.node.state === 'dead') return
    const isGone = !state && isPrompt
    const delayMs = isGone ? random.next() * 5 : PROBE_MS * (0.5 + random.next() / 2)
    events.after(delayMs, () => {
      const now = this.members.get(target)
      if (now?.connected || !watcher.watched.has(target)) return
      const isAway = !watcher.connected || events.nowMs - watcher.sinceMs < RETURN_GRACE_MS
      const isLong = now === undefined || events.nowMs - now.sinceMs > ABSENCE_MS
      if (!isGone && (isAway || !isLong)) return this.probe(watcher, target)
      this.tell(watcher, () => {
        if (watcher.watched.delete(target)) watcher.receiver.lost(target)
      })
    }, watcher.node)
  }
}

/** As the receiver would see it: packed, and read back. */
function overTheWire(envelope: WireEnvelope): unknown {
  const read = readFrame(frameOf(envelope))
  if (!read.ok) throw new Error(read.reason)
  return read.envelopes[0]
}
