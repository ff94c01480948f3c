/**
 * Snapshot progress: which snapshots are whole, as every reader of the log finds alike, and whether it is time
 * for the next one. Pure.
 */
import { LOG_BYTES_MAX, type LogEntry } from '../protocol/log-entry.js'
import { isOf, type Placed } from './bootstrap.js'

/** Besides its bytes each entry and each record weighs this much: reading them takes time, too. */
const ENTRY_WEIGHT = 128
/** What weighs less than this since the last snapshot is not worth another. */
export const SNAPSHOT_WEIGHT_MIN = 16_777_216
/** So many times two snapshots must fit into a log, with what is written between them. */
const SNAPSHOTS_FIT = 4

export interface Progress {
  /** A snapshot that has begun and not ended. */
  readonly open: Open | undefined
  /** Where the last whole snapshot begins, and the one before it. */
  readonly last: number | undefined
  readonly previous: number | undefined
  /** What the last one weighs, and what has been added since it began. */
  readonly weight: number
  readonly since: number
}

interface Open {
  readonly position: number
  readonly nonce: string
  readonly snapshot: number
  readonly parts: number
  readonly weight: number
  /** What stood before its beginning. */
  readonly before: number
}

export const newProgress: Progress = { open: undefined, last: undefined, previous: undefined, weight: 0, since: 0 }

/** @param counts whether the entry does */
export function advance(progress: Progress, placed: Placed, bytes: number, counts: boolean): Progress {
  const { position, entry } = placed
  const weight = weightOf(entry, bytes)
  const next = { ...progress, since: progress.since + weight }
  if (entry.type === 'log-snapshot-begun') {
    if (!counts) return next
    const { nonce, snapshot } = entry
    return { ...next, open: { position, nonce, snapshot, parts: 0, weight: 0, before: progress.since } }
  }
  const { open } = progress
  if (!open || !isOf(open, entry)) return next
  if (entry.type === 'log-snapshot-part') {
    if (entry.part !== open.parts + 1) return next
    return { ...next, open: { ...open, parts: entry.part, weight: open.weight + weight } }
  }
  if (entry.position !== open.position || entry.parts !== open.parts) return { ...next, open: undefined }
  // What was written beside its parts is to be read after it.
  const since = next.since - open.before - open.weight
  return { open: undefined, last: open.position, previous: progress.last, weight: open.weight, since }
}

/** As it stands for who has begun with this snapshot. */
export const progressFrom = (last: number): Progress => ({ ...newProgress, last })

export const isDue = ({ since, weight }: Progress, weightMin = SNAPSHOT_WEIGHT_MIN): boolean =>
  since >= Math.max(weightMin, weight)

/** Two of them, and what comes between, would not fit into what a stream keeps. */
export const isTooLarge = ({ weight }: Progress): boolean => weight * SNAPSHOTS_FIT > LOG_BYTES_MAX

function weightOf(entry: LogEntry, bytes: number): number {
  const records = 'records' in entry ? entry.records.length : 0
  return bytes + ENTRY_WEIGHT * (1 + records)
}
