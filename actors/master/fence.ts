/**
 * Fence: which entries of the shared log count.
 *
 * Anybody may write into the log at any time: a master that was frozen for a minute, one whose
 * connection repeats what it has sent already. Every reader applies this rule in the order of the log,
 * so all agree: a claim counts if its epoch is higher than any that counted before, and a decision only
 * if it is the very next one of the pair of epoch and nonce that claimed last.
 */
import type { LogEntry } from '../protocol/log-entry.js'
import { LOG_FORMAT } from '../protocol/log-entry.js'
import type { LogRecord } from '../protocol/log.js'

export interface Fence {
  /** Empty until a cluster has been founded. */
  readonly clusterId: string
  /** Of the claim that counted last; 0 before the first. */
  readonly epoch: number
  readonly nonce: string
  /** Of the last decision that counted, within the epoch. */
  readonly seq: number
  /** The highest epoch that anybody has claimed, won or not: the next claim must be above it. */
  readonly epochSeen: number
}

export const newFence: Fence = { clusterId: '', epoch: 0, nonce: '', seq: 0, epochSeen: 0 }

export type Verdict =
  /** It counts; these are its records for the fold. */
  | { readonly counts: true; readonly records: readonly LogRecord[] }
  | { readonly counts: false; readonly reason: Disregard }

export type Disregard =
  /** The log has been founded already, or not yet. */
  | 'founded-already' | 'not-founded'
  /** The epoch was taken when this claim was read. */
  | 'epoch-taken'
  /** Somebody else has claimed since, or long before. */
  | 'stale'
  /** It has been read before. */
  | 'repeated'
  /** One before it is missing: it was lost on its way into the log. */
  | 'gap'
  /** A newer Warren has written this log. */
  | 'newer-format'

/** Judges one entry, in the order of the log. */
export function judge(fence: Fence, entry: LogEntry): readonly [Fence, Verdict] {
  switch (entry.type) {
    case 'log-founded': return found(fence, entry)
    case 'log-claimed': return claim(fence, entry)
    case 'log-decided': {
      const reason = !isCurrent(fence, entry) ? 'stale' : entry.seq <= fence.seq ? 'repeated'
        : entry.seq > fence.seq + 1 ? 'gap' : undefined
      return reason ? [fence, refuse(reason)] : [{ ...fence, seq: entry.seq }, accept(entry.records)]
    }
    case 'log-snapshot-begun': {
      if (entry.format > LOG_FORMAT) return [fence, refuse('newer-format')]
      // One decision that is in it was lost on its way, or another's is not in it.
      const reason = !isCurrent(fence, entry) ? 'stale' : entry.seq !== fence.seq ? 'gap' : undefined
      return [fence, reason ? refuse(reason) : accept([])]
    }
    case 'log-beat': case 'log-snapshot-part': case 'log-snapshot-ended':
      return [fence, isCurrent(fence, entry) ? accept([]) : refuse('stale')]
    default: {
      const unknown: never = entry
      throw new Error(`unknown entry ${JSON.stringify(unknown)}`)
    }
  }
}

/** Where the reader of a snapshot stands once it has read all of it. */
export const fenceOf = (begun: Of<'log-snapshot-begun'>): Fence => {
  const { clusterId, epoch, nonce, seq, epochSeen } = begun
  return { clusterId, epoch, nonce, seq, epochSeen }
}

type Of<T extends LogEntry['type']> = Extract<LogEntry, { type: T }>

function found(fence: Fence, { clusterId, cluster, prefix, format }: Of<'log-founded'>): readonly [Fence, Verdict] {
  if (fence.clusterId !== '') return [fence, refuse('founded-already')]
  if (format > LOG_FORMAT) return [fence, refuse('newer-format')]
  return [{ ...fence, clusterId }, accept([{ type: 'genesis', cluster, prefix, clusterId }])]
}

function claim(fence: Fence, { type: _, ...claimed }: Of<'log-claimed'>): readonly [Fence, Verdict] {
  const { epoch, nonce } = claimed
  const epochSeen = Math.max(fence.epochSeen, epoch)
  if (fence.clusterId === '') return [{ ...fence, epochSeen }, refuse('not-founded')]
  if (epoch <= fence.epoch) return [{ ...fence, epochSeen }, refuse('epoch-taken')]
  const won = { ...fence, epoch, nonce, seq: 0, epochSeen }
  return [won, accept([{ type: 'leadership-claimed', ...claimed }])]
}

const isCurrent = (fence: Fence, { epoch, nonce }: { epoch: number; nonce: string }): boolean =>
  epoch === fence.epoch && nonce === fence.nonce && epoch > 0
const accept = (records: readonly LogRecord[]): Verdict => ({ counts: true, records })
const refuse = (reason: Disregard): Verdict => ({ counts: false, reason })
