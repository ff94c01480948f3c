/**
 * Log entry: what stands in the masters' shared log, a stream that all of them read and that several may
 * write at once. Which entries count is decided by whoever reads (see `actors/master/fence.ts`), by the
 * same rule everywhere. Tags 120–129.
 */
import { choice, list, natural, optional, text } from '../../runtime/schema.js'
import { message, type MessageOf, type Protocol } from '../../runtime/protocol.js'
import { logRecord } from './log.js'
import { keptRecord } from './log-snapshot.js'

/** Records that one entry may carry; what is decided at once beyond it takes further entries. */
export const ENTRY_RECORDS_MAX = 1_000
/** The version of the entries' meaning; a master reads no log that a newer one has written. */
export const LOG_FORMAT = 2
/** What a stream keeps at least; two snapshots and what was decided since the first of them must fit. */
export const LOG_BYTES_MAX = 1_073_741_824

type FieldsOf<P extends Protocol> = { [K in keyof P]: P[K]['fields'] }

export const recordShape = choice(Object.fromEntries(
  Object.entries(logRecord).map(([type, { fields }]) => [type, fields]),
) as FieldsOf<typeof logRecord>)

export const logEntry = {
  'log-founded': message(120, 'A cluster begins; the first of these in a log is the only one that counts.', {
    clusterId: text(64), cluster: text(128), prefix: text(32), format: natural,
  }),
  'log-claimed': message(121, 'A master claims an epoch; the first claim of an epoch wins it.', {
    epoch: natural, nonce: text(32), master: text(128), url: optional(text(512)),
  }),
  'log-decided': message(122, 'Decisions of the master that holds the epoch, numbered within it from 1.', {
    epoch: natural, nonce: text(32), seq: natural, records: list(recordShape, ENTRY_RECORDS_MAX),
  }),
  'log-beat': message(123, 'The master that holds the epoch is alive; where the last whole snapshot begins.', {
    epoch: natural, nonce: text(32), snapshot: optional(natural),
    /** Counts them within the epoch, so that no two entries of a master are alike. */
    number: optional(natural),
  }),
  'log-snapshot-begun': message(124, 'What was decided up to `seq` follows in parts, among other entries.', {
    epoch: natural, nonce: text(32), snapshot: natural, seq: natural, clusterId: text(64), epochSeen: natural,
    format: natural,
  }),
  'log-snapshot-part': message(125, 'A part of a snapshot; they are numbered from 1.', {
    epoch: natural, nonce: text(32), snapshot: natural, part: natural,
    records: list(recordShape, ENTRY_RECORDS_MAX), kept: list(keptRecord, ENTRY_RECORDS_MAX),
  }),
  'log-snapshot-ended': message(126, 'A snapshot is whole; it begins at `position`, where it counts.', {
    epoch: natural, nonce: text(32), snapshot: natural, position: natural, parts: natural, hash: text(32),
  }),
}
export type LogEntry = MessageOf<typeof logEntry>
