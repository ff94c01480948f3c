/**
 * Bootstrap: how a master that knows nothing finds where in the log to begin.
 *
 * It reads some of the last entries first: the leader's beats say where the last whole snapshot begins. That is
 * read, with what was decided beside its parts, and then everything behind. Without a snapshot it begins at the
 * first entry. What ends a snapshot was written by a master that had read that its beginning counts, so whoever
 * finds such an end may trust it, whatever else it has not read.
 */
import type { LogEntry } from '../protocol/log-entry.js'
import type { SnapshotRecord } from '../protocol/log-snapshot.js'
import { fenceOf, type Fence } from './fence.js'
import { joined, type Piece } from './snapshot-making.js'

type Begun = Extract<LogEntry, { type: 'log-snapshot-begun' }>
export interface Placed {
  readonly position: number
  readonly entry: LogEntry
}

export type Boot =
  /** Among the last entries, for one that names a snapshot. */
  | { readonly mode: 'finding' }
  /** From the first entry that there still is. */
  | { readonly mode: 'beginning' }
  /** From there, since what was before it is gone: for one that names a snapshot which is still there. */
  | { readonly mode: 'scanning'; readonly first: number }
  | Loading
  | { readonly mode: 'done' }

export interface Loading {
  readonly mode: 'loading'
  readonly from: number
  /** Where the entry stands that named it: the snapshot ends before, or is none. */
  readonly namedAt: number
  readonly begun: Begun | undefined
  readonly pieces: Piece[]
  /** What stands between the parts, and counts like everything that follows. */
  readonly between: Placed[]
}

export type Step =
  | { readonly what: 'pass'; readonly boot?: Boot }
  /** All is there from the first entry on: this one counts, and what follows. */
  | { readonly what: 'fold' }
  | { readonly what: 'read'; readonly from: number; readonly boot: Boot }
  /** What the log names as a snapshot is none, or another. */
  | { readonly what: 'reject'; readonly from: number; readonly why: string }
  | {
      readonly what: 'restore'
      readonly from: number
      readonly fence: Fence
      readonly records: readonly SnapshotRecord[]
      readonly between: readonly Placed[]
    }

const PASS: Step = { what: 'pass' }

/** @param rejected the beginnings of what was found to be no snapshot */
export function step(boot: Boot, { position, entry }: Placed, rejected: ReadonlySet<number>): Step {
  switch (boot.mode) {
    case 'done': return { what: 'fold' }
    case 'loading': return load(boot, { position, entry })
    case 'finding': {
      if (position === 0) return { what: 'fold' }
      // A leader that knows of none: then all is still there.
      if (entry.type === 'log-beat' && entry.snapshot === undefined) return begin()
      return named(entry, position, 0, rejected) ?? PASS
    }
    case 'beginning': {
      if (position === 0) return { what: 'fold' }
      return named(entry, position, position, rejected)
        ?? { what: 'pass', boot: { mode: 'scanning', first: position } }
    }
    case 'scanning': return named(entry, position, boot.first, rejected) ?? PASS
  }
}

export const begin = (): Step => ({ what: 'read', from: 0, boot: { mode: 'beginning' } })

function named(entry: LogEntry, position: number, first: number, rejected: ReadonlySet<number>): Step | undefined {
  const from = snapshotNamedBy(entry)
  if (from === undefined || from < first || from >= position || rejected.has(from)) return undefined
  const boot: Loading = { mode: 'loading', from, namedAt: position, begun: undefined, pieces: [], between: [] }
  return { what: 'read', from, boot }
}

/** Where the snapshot begins that an entry tells of. */
export function snapshotNamedBy(entry: LogEntry): number | undefined {
  if (entry.type === 'log-snapshot-ended') return entry.position
  return entry.type === 'log-beat' ? entry.snapshot : undefined
}

function load(boot: Loading, { position, entry }: Placed): Step {
  const { from, begun, pieces, between } = boot
  const reject = (why: string): Step => ({ what: 'reject', from, why })
  if (!begun) {
    if (position !== from || entry.type !== 'log-snapshot-begun') return reject('it does not begin there')
    return { what: 'pass', boot: { ...boot, begun: entry } }
  }
  if (position > boot.namedAt) return reject('it does not end')
  if (!isOf(begun, entry)) {
    between.push({ position, entry })
    return PASS
  }
  if (entry.type === 'log-snapshot-part') {
    if (entry.part === pieces.length + 1) pieces.push(entry)
    return PASS
  }
  if (entry.position !== from || entry.parts !== pieces.length) return reject('a part of it is missing')
  const records = joined(pieces, entry.hash)
  return records ? { what: 'restore', from, fence: fenceOf(begun), records, between } : reject('its hash is not right')
}

/** Whether an entry is a part or the end of this snapshot. */
export const isOf = (
  { nonce, snapshot }: { readonly nonce: string; readonly snapshot: number }, entry: LogEntry,
): entry is Extract<LogEntry, { type: 'log-snapshot-part' | 'log-snapshot-ended' }> =>
  (entry.type === 'log-snapshot-part' || entry.type === 'log-snapshot-ended')
  && entry.nonce === nonce && entry.snapshot === snapshot
