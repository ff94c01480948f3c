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
  /** How it fares; may be asked at any time. */
  vitals(): TransportVitals
  /** Sends what is queued, then leaves. */
  close(): Promise<void>
}

/** Counts are since the node joined. */
export interface TransportVitals {
  readonly connection: Connection
  /** Why, where somebody said so; for people. */
  readonly reason: string | undefined
  /** Who carries what is sent, where there is a choice; for people. */
  readonly via: string | undefined
  /** Since when it has been so; wall clock. */
  readonly sinceMs: number
  /** Taken, and not yet with whoever carries it. */
  readonly waitingBytes: number
  /** With whoever carries it, who has not yet said so. */
  readonly unconfirmedBytes: number
  /** How often a lost connection was had again. */
  readonly reconnects: number
  /** Frames that came back because nobody was there to take them. */
  readonly framesReturned: number
  /** Envelopes that other nodes sent here and that never came, as far as later ones tell. */
  readonly envelopesMissed: number
}

/** Blocked: what is sent waits, because whoever carries it has no room. */
export const CONNECTIONS = ['connected', 'disconnected', 'blocked'] as const
export type Connection = (typeof CONNECTIONS)[number]

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
  /** Whoever carries these has them. Only for a receiver that asks for it, since it costs. */
  acknowledged?(envelopes: readonly WireEnvelope[]): void
  /** This life of `node` has ended. */
  lost(node: NodeAddress): void
  /** @param reason why, where somebody said so; for people */
  connection(state: Connection, reason?: string): void
}

/** `unconfirmed`: it was under way when the connection ended; it may or may not have arrived. */
export type UndeliverableReason = 'no-such-node' | 'disconnected' | 'outbox-full' | 'oversized' | 'unconfirmed'

/** The largest frame a transport carries; a batch is closed before it would be exceeded. */
export const FRAME_BYTES_MAX = 1_048_576
