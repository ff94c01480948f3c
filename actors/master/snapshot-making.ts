/**
 * Snapshot making: a snapshot and its hash, piece by piece, so that nobody waits for the whole. What it is of is
 * taken down at once, and does not change any more. Pure but for its own progress.
 */
import { ENTRY_RECORDS_MAX } from '../protocol/log-entry.js'
import type { LogRecord } from '../protocol/log.js'
import type { KeptRecord, SnapshotRecord } from '../protocol/log-snapshot.js'
import type { Cluster } from './cluster.js'
import { SnapshotHash } from './snapshot-hash.js'
import { frozen, isKept, snapshotOf } from './snapshot.js'

/** About what a part of a snapshot takes, so that any stream takes it. */
export const PART_CHARACTERS_MAX = 262_144
/** Between two pieces the master does what else there is to do. */
export const PIECE_PAUSE_MS = 10

export interface Piece {
  readonly records: readonly LogRecord[]
  readonly kept: readonly KeptRecord[]
}

export class SnapshotMaking {
  private readonly records: Iterator<SnapshotRecord>
  private readonly hash = new SnapshotHash()
  private pieces = 0

  constructor(cluster: Cluster, readonly snapshot: number) {
    this.records = snapshotOf(frozen(cluster))
  }

  /** The next piece; undefined when there is none. */
  next(): Piece | undefined {
    const piece: { readonly records: LogRecord[]; readonly kept: KeptRecord[] } = { records: [], kept: [] }
    let size = 0
    for (let count = 0; count < ENTRY_RECORDS_MAX && size < PART_CHARACTERS_MAX; count++) {
      const { done, value: record } = this.records.next()
      if (done) break
      size += this.hash.add(record)
      if (isKept(record)) piece.kept.push(record)
      else piece.records.push(record)
    }
    if (size === 0) return undefined
    this.pieces++
    return piece
  }

  /** Of all that there is, once there is no next piece. */
  get result(): { readonly parts: number; readonly hash: string } {
    return { parts: this.pieces, hash: this.hash.digest }
  }
}

/** What a reader makes of the parts; undefined when they are not what was written. */
export function joined(pieces: readonly Piece[], hash: string): readonly SnapshotRecord[] | undefined {
  const records = pieces.flatMap((piece): SnapshotRecord[] => [...piece.records, ...piece.kept])
  const own = new SnapshotHash()
  for (const record of records) own.add(record)
  return own.digest === hash ? records : undefined
}

/** The hash of all that a master knows. */
export function hashOf(cluster: Cluster): string {
  const hash = new SnapshotHash()
  for (const record of snapshotOf(cluster)) hash.add(record)
  return hash.digest
}
