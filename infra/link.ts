/**
 * Link: moves frames (bytes) between nodes; what `post.ts` builds a transport on.
 *
 * Three of them: `memory/` within a process, `local/` over a Unix socket of one machine, `amqp/` over
 * RabbitMQ. A frame is a batch of envelopes that the codec packed; a link never looks inside.
 */
import type { Connection, TransportVitals, UndeliverableReason } from '../runtime/transport.js'
import type { NodeAddress } from '../runtime/address.js'

export interface Link {
  /** Takes a frame for one node, or for all of a group. Never waits, never throws. */
  send(to: NodeAddress, frame: Uint8Array): void
  vitals(): TransportVitals
  watch(node: NodeAddress): void
  unwatch(node: NodeAddress): void
  /** Sends what it has taken, then leaves; peers that watch this node are told. */
  close(): Promise<void>
}

export interface LinkListener {
  /** @param sender where the way here proves it: how every address begins that the frame may come from */
  frame(frame: Uint8Array, sender?: string): void
  /** A frame came that is not from whom it says; nobody has looked inside. */
  forged(reason: string): void
  /** A frame that will not arrive: it came back, or was never taken. */
  undeliverable(to: NodeAddress, frame: Uint8Array, reason: UndeliverableReason): void
  /** Whoever carries this frame has it; told where that is known, and to who asks for it. */
  acknowledged?(frame: Uint8Array): void
  lost(node: NodeAddress): void
  connection(state: Connection, reason?: string): void
}

/** Opens a node's link; resolves once the node can send and be reached. */
export type OpenLink = (self: NodeAddress, listener: LinkListener) => Promise<Link>
