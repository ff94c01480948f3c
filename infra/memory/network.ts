/**
 * Simulated network: the twin of every transport for simulations. What is sent waits until somebody
 * steps it; each pair of nodes keeps its order, and which pair goes first is chosen by a seed.
 */
import { isGroup, kindOf, type NodeAddress } from '../../runtime/address.js'
import type { Random } from '../../runtime/random.js'
import type { Receiver, Transport, WireEnvelope } from '../../runtime/transport.js'
import { frameOf, readFrame } from '../frame.js'
import { Standing } from '../standing.js'

const CONNECTED = new Standing(() => undefined)

interface Member {
  readonly receiver: Receiver
  readonly watched: Set<NodeAddress>
}

/** What is under way from one node to another. */
interface Lane {
  readonly to: NodeAddress
  readonly from: NodeAddress
  readonly waiting: WireEnvelope[]
}

export class SimulatedNetwork {
  private readonly members = new Map<NodeAddress, Member>()
  private readonly lanes = new Map<string, Lane>()

  constructor(private readonly random: Random) {}

  connect(self: NodeAddress): (receiver: Receiver) => Promise<Transport> {
    return async (receiver) => {
      const member: Member = { receiver, watched: new Set() }
      this.members.set(self, member)
      return {
        send: (to, envelope) => this.take(self, to, envelope),
        watch: (node) => {
          member.watched.add(node)
          if (!this.members.has(node)) receiver.lost(node)
        },
        unwatch: (node) => void member.watched.delete(node),
        vitals: () => CONNECTED.vitals(),
        close: async () => this.kill(self),
      }
    }
  }

  /** Ends a node without a word: what is under way to it is gone, whoever watches it is told. */
  kill(node: NodeAddress): void {
    if (!this.members.delete(node)) return
    for (const [key, lane] of this.lanes) if (lane.to === node || lane.from === node) this.lanes.delete(key)
    for (const member of this.members.values()) if (member.watched.delete(node)) member.receiver.lost(node)
  }

  /** Delivers one envelope of one pair of nodes; false when nothing is under way. */
  step(): boolean {
    const lanes = [...this.lanes]
    const [key, lane] = lanes[Math.floor(this.random.next() * lanes.length)] ?? []
    if (key === undefined || !lane) return false
    const envelope = lane.waiting.shift()
    if (lane.waiting.length === 0) this.lanes.delete(key)
    if (envelope) this.members.get(lane.to)?.receiver.received(this.overTheWire(envelope))
    return true
  }

  private take(from: NodeAddress, to: NodeAddress, envelope: WireEnvelope): void {
    if (isGroup(to)) {
      for (const node of this.members.keys()) if (kindOf(node) === kindOf(to)) this.queue(from, node, envelope)
    } else if (this.members.has(to)) this.queue(from, to, envelope)
    else this.members.get(from)?.receiver.undeliverable(to, [envelope], 'no-such-node')
  }

  private queue(from: NodeAddress, to: NodeAddress, envelope: WireEnvelope): void {
    const key = `${from} ${to}`
    const lane = this.lanes.get(key) ?? { from, to, waiting: [] }
    lane.waiting.push(envelope)
    this.lanes.set(key, lane)
  }

  /** As the receiver would see it: packed, and read back. */
  private overTheWire(envelope: WireEnvelope): unknown {
    // Throws when a behaviour sent what is no plain data.
    const read = readFrame(frameOf(envelope))
    if (!read.ok) throw new Error(read.reason)
    return read.envelopes[0]
  }
}
