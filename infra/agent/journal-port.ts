/**
 * Journal port: an agent's journal as the log that its actor knows. The fold of what is on disk is kept
 * here too, so that a journal that has grown can be shortened to what its fold still needs, and a
 * restarted actor is given that and not its whole history.
 */
import { compact, newMemory, remember } from '../../actors/agent/memory.js'
import type { LaunchId } from '../../actors/protocol/ids.js'
import { floorOf, RESERVE_BYTES, type JournalEntry } from '../../actors/protocol/journal.js'
import type { Cause } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../runtime/log.js'
import { silent, type Logger } from '../../runtime/logger.js'
import { packEntry, unpackEntry } from '../entry-codec.js'
import { openJournal, type JournalEvent } from './journal.js'

/** Appended entries after which the journal is shortened. */
export const JOURNAL_ENTRIES_MAX = 50_000

const NOT_SHORTENED = `the journal could not be shortened; after ${JOURNAL_ENTRIES_MAX} more entries it is tried again`

export interface JournalPort {
  /** The node whose journal it is, if it has written anything. */
  readonly owner: string | undefined
  /** Whether a launch, or the process of an executor, is not over and done with. */
  holds(launchId: string): boolean
  readonly handle: (request: LogRequest<JournalEntry>, from?: Ref<never>, cause?: Cause) => void
  /** By which cluster earlier lives were taken on; undefined if by none. */
  readonly cluster: string | undefined
  close(): Promise<void>
}

interface Waiting {
  readonly token: number
  readonly records: readonly JournalEntry[]
  /** Undefined when the port itself asked. */
  readonly replyTo: Ref<LogEvent<JournalEntry>> | undefined
  /** Of the request, and so of the answer. */
  readonly cause?: Cause | undefined
}

type Tell = (to: Ref<LogEvent<JournalEntry>>, event: LogEvent<JournalEntry>, cause?: Cause) => void

/** Throws when the file is no journal, or damaged; the message names it. */
export async function openJournalPort(path: string, tell: Tell, logger: Logger = silent): Promise<JournalPort> {
  const memory = newMemory()
  const waiting: Waiting[] = []
  let appended = 0
  const journal = await openJournal<JournalEntry>({
    path, reserveBytes: RESERVE_BYTES, encode: packEntry, decode: unpackEntry<JournalEntry>,
    // Answers come in the order of the requests, so the first that waits is the one that is meant.
    tell: (_to, event) => {
      const request = waiting.shift()
      if (!request?.replyTo) {
        if (event.type === 'journal-failed') logger.log('error', NOT_SHORTENED, { reason: event.reason })
        return
      }
      const { token, records, replyTo, cause } = request
      if (event.type === 'journal-failed') {
        return tell(replyTo, { type: 'append-failed', token, reason: event.reason }, cause)
      }
      for (const record of records) remember(memory, record)
      tell(replyTo, { type: 'committed', token }, cause)
    },
  })
  for (const entry of journal.entries) remember(memory, entry)
  const nobody = '' as Ref<JournalEvent>
  return {
    owner: memory.life?.name,
    cluster: memory.cluster,
    holds: (launchId) => memory.tasks.has(launchId as LaunchId)
      || [...memory.executors.values()].some((executor) => executor.launchId === launchId)
      || waiting.some(({ records }) => records.some((each) => 'launchId' in each && each.launchId === launchId)),
    handle(request, _from, cause) {
      if (request.type === 'replay') return tell(request.replyTo, { type: 'replayed', records: compact(memory) })
      const { token, records, replyTo } = request
      waiting.push({ token, records, replyTo, cause })
      journal.request({ type: 'append', entries: records, floorBytes: floorOf(records), token, replyTo: nobody })
      appended += records.length
      if (appended < JOURNAL_ENTRIES_MAX || waiting.length > 1) return
      appended = 0
      waiting.push({ token: 0, records: [], replyTo: undefined })
      journal.request({ type: 'rewrite', entries: [...compact(memory), ...records], token: 0, replyTo: nobody })
    },
    close: () => journal.close(),
  }
}
