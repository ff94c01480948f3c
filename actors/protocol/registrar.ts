/** Registrar: what it and the master say to each other, and what it asks of an election. Within one node. */
import type { Ref } from '../../runtime/address.js'
import type { LogRecord } from './log.js'
import type { KeptRecord, SnapshotRecord } from './log-snapshot.js'

export type RegistrarCall =
  /** The master knows nothing: it is told everything from the beginning of the log on, in events of this number. */
  | { readonly type: 'replay'; readonly replay: number; readonly replyTo: Ref<RegistrarEvent> }
  /**
   * Only of the master that leads. Answered by `committed`, in the order of the requests, or by `deposed`. Without
   * records it is answered all the same: nobody else had claimed when it came to stand in the log.
   */
  | { readonly type: 'append'; readonly records: readonly LogRecord[]; readonly token: number }
  /** Somebody obeys this epoch, or another master of the same one, which the log no longer knows: claim above it. */
  | { readonly type: 'claim-above'; readonly epoch: number }
  /** Answers `snapshot-wanted`: all that was appended before this is in the snapshot, and nothing else. */
  | { readonly type: 'snapshot-begin'; readonly snapshot: number }
  | {
      readonly type: 'snapshot-part'
      readonly snapshot: number
      readonly part: number
      readonly records: readonly LogRecord[]
      readonly kept: readonly KeptRecord[]
    }
  | { readonly type: 'snapshot-end'; readonly snapshot: number; readonly parts: number; readonly hash: string }

export type RegistrarEvent = ReplayEvent & {
  /** Of which replay it is a part. What is left of another tells of what the master has forgotten. */
  readonly replay: number
}

export type ReplayEvent =
  /** These have been decided, by whoever led. */
  | { readonly type: 'folded'; readonly records: readonly LogRecord[] }
  /** Nothing that was told before counts: this snapshot tells of all that was decided up to here. */
  | { readonly type: 'restored'; readonly records: readonly SnapshotRecord[] }
  /** Who leads is asked for a snapshot of this number. */
  | { readonly type: 'snapshot-wanted'; readonly snapshot: number }
  /** Who follows: the leader's snapshot of this number is of what has been told up to here. */
  | { readonly type: 'snapshot-begun'; readonly snapshot: number }
  /** And this is its hash. */
  | { readonly type: 'snapshot-ended'; readonly snapshot: number; readonly hash: string }
  /** This master leads from here on; all that was decided before has been told. */
  | { readonly type: 'elected'; readonly epoch: number; readonly nonce: string; readonly clusterId: string }
  | { readonly type: 'committed'; readonly token: number }
  /**
   * This master does not lead any more. What it decided and was not told as committed may count or not:
   * what it knows is worth nothing until it has asked to be told everything anew.
   */
  | { readonly type: 'deposed'; readonly reason: string }

/** Election: the port of the token that says who should claim. It only speeds things up: the log decides. */
export type ElectionRequest =
  /** Answered whenever this node gets the token, again and again, as long as the node lives. */
  | { readonly type: 'campaign'; readonly replyTo: Ref<ElectionEvent> }
  /** Answered by `token-renewed`, or not at all. */
  | { readonly type: 'renew' }
  /** Gives the token to the next who campaigns, and campaigns again behind all others. */
  | { readonly type: 'pass-on' }

export type ElectionEvent =
  | { readonly type: 'token-taken' }
  | { readonly type: 'token-renewed' }
  | { readonly type: 'token-gone'; readonly reason: string }
