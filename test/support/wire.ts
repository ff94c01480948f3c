/**
 * Wire: a transport that keeps what a node sends, and hands the node whatever a test has to deliver.
 */
import { refOf, type NodeAddress, type Ref } from '../../runtime/address.js'
import { reopen, seal } from '../../runtime/envelope.js'
import type { AnyMessage } from '../../runtime/item.js'
import { KERNEL_PATH, type KernelMessage } from '../../runtime/kernel-protocol.js'
import { Registry } from '../../runtime/registry.js'
import type { System } from '../../runtime/system.js'
import type { Receiver, Transport, WireEnvelope } from '../../runtime/transport.js'

export interface Sent {
  readonly to: NodeAddress
  readonly envelope: WireEnvelope
}

/** Knows what kernels say. */
const KERNELS = new Registry()
const TRACE = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }

export class Wire implements Transport {
  readonly sent: Sent[] = []
  /** The nodes that are watched now. */
  readonly watched: NodeAddress[] = []
  /** Nodes that a watch finds dead, so that it is told at once. */
  readonly dead = new Set<NodeAddress>()
  closed = false

  private constructor(private readonly receiver: Receiver, private readonly self: NodeAddress) {}

  /** Joins a node to nobody but the test. */
  static async of(system: System): Promise<Wire> {
    let wire: Wire | undefined
    await system.join(async (receiver) => {
      wire = new Wire(receiver, system.node)
      return wire
    })
    return wire as Wire
  }

  /** What the transport tells its node. */
  get tells(): Receiver {
    return this.receiver
  }

  /** What the node's kernel has said to others since the last call. */
  said(): AnyMessage[] {
    return this.sent.splice(0).map(({ envelope }) => reopen(envelope, KERNELS)?.message ?? { type: 'unknown' })
  }

  /** Hands it what the kernel of another node says. */
  hear(from: Ref<never>, message: KernelMessage): void {
    const to = refOf<never>(this.self, KERNEL_PATH)
    this.receiver.received(seal({ to, from, trace: TRACE, message }, KERNELS))
  }

  send(to: NodeAddress, envelope: WireEnvelope): void {
    this.sent.push({ to, envelope })
  }

  watch(node: NodeAddress): void {
    this.watched.push(node)
    if (this.dead.has(node)) this.receiver.lost(node)
  }

  unwatch(node: NodeAddress): void {
    const index = this.watched.indexOf(node)
    if (index >= 0) this.watched.splice(index, 1)
  }

  async close(): Promise<void> {
    this.closed = true
  }
}
