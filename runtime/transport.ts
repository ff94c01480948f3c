/**
 * Transport: the port between nodes. Delivery is at most once and in order between two nodes;
 * whatever must be stronger is a protocol's business.
 */
import type { NodeAddress } from './address.js'

/** One message on its way between nodes: plain data, as it will be packed (see envelope.ts). */
export type WireEnvelope = readonly unknown[]

export interface Transport {
  /** Queues an envelope for `to`, which may be a group. Never waits, never throws. */
  send(to: NodeAddress, envelope: WireEnvelope): void
  /** Asks to be told (`lost`) when this life of `node` has ended. */
  watch(node: NodeAddress): void
  unwatch(node: NodeAddress): void
  /** Sends what is queued, then leaves. */
  close(): Promise<void>
}

export type Connection = 'connected' | 'disconnected' | 'blocked'

/** What a transport tells its node. Calls never throw. */
export interface Receiver {
  /** An envelope arrived: decoded, but not yet validated. */
  received(envelope: unknown): void
  /** A frame arrived that could not even be decoded. */
  malformed(reason: string): void
  /** A frame, or an envelope in one, is not from whom it says. */
  forged(reason: string): void
  /** These envelopes will not reach `to`. */
  undeliverable(to: NodeAddress, envelopes: readonly WireEnvelope[], reason: UndeliverableReason): void
  /** This life of `node` has ended. */
  lost(node: NodeAddress): void
  connection(state: Connection): void
}

export type UndeliverableReason = 'no-such-node' | 'disconnected' | 'outbox-full' | 'oversized'

/** The largest frame a transport carries; a batch is closed before it would be exceeded. */
export const FRAME_BYTES_MAX = 1_048_576
