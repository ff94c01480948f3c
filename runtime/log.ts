/**
 * Log: the port of one node's own ordered memory, such as an agent's journal. What was appended counts once it
 * is `committed`. What several nodes share is a stream (see `stream.ts`).
 */
import type { Ref } from './address.js'

export type LogRequest<Record> =
  /** Answered by one `replayed` with all records so far, oldest first. */
  | { readonly type: 'replay'; readonly replyTo: Ref<LogEvent<Record>> }
  /** Answered by `committed`, in the order of the requests. */
  | {
      readonly type: 'append'
      readonly records: readonly Record[]
      readonly token: number
      readonly replyTo: Ref<LogEvent<Record>>
    }

export type LogEvent<Record> =
  | { readonly type: 'replayed'; readonly records: readonly Record[] }
  | { readonly type: 'committed'; readonly token: number }
  /** Nothing of this append may be relied on; the reason is for people. */
  | { readonly type: 'append-failed'; readonly token: number; readonly reason: string }
