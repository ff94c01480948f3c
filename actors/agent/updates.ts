/**
 * Updates: sees every status update through. Writes it to the journal, sends it to the master, and sends
 * it again until the framework's scheduler has acknowledged it; per task one at a time, in order.
 *
 * One append is under way at a time, and whatever comes meanwhile goes with the next: a disk that
 * refuses one append and takes a later one must not turn the steps of a task around. While it refuses, what
 * may use the journal's reserve is tried by itself.
 */
import { unhandled, type Actor, type Cause, type Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../runtime/log.js'
import type { AgentCall } from '../protocol/agent.js'
import type { AgentId, FrameworkId, LaunchId, TaskId, UpdateId } from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'
import { mostNeeded, putBack, type UpdateEntry } from './full-disk.js'
import { launchOf } from './memory.js'

export const RESEND_FIRST_MS = 10_000
export const RESEND_MAX_MS = 600_000
const SWEEP_INTERVAL_MS = 1_000
/** How long a journal that has refused is left alone. */
export const WRITE_AGAIN_MS = 1_000
/** Entries in one append. */
export const APPEND_ENTRIES_MAX = 1_000

export type UpdatesOrder =
  | {
      readonly type: 'report'
      readonly update: StatusUpdate
      /** Of the custom executor's report that it comes from. */
      readonly sequence?: number
    }
  | {
      readonly type: 'acknowledged'
      readonly frameworkId: FrameworkId
      readonly taskId: TaskId
      readonly updateId: UpdateId
    }
  | { readonly type: 'master-found'; readonly master: Ref<AgentCall>; readonly agentId: AgentId }
  | { readonly type: 'master-lost' }
  /** Whoever must acknowledge is back: waits that have grown meanwhile begin anew. */
  | { readonly type: 'send-again'; readonly frameworkId: FrameworkId }
  | { readonly type: 'forget-framework'; readonly frameworkId: FrameworkId }

/** What the agent hears back: the entry is on disk. */
export type UpdatesEvent = { readonly type: 'update-journaled'; readonly entry: JournalEntry }

type Message = UpdatesOrder | LogEvent<JournalEntry> | { readonly type: 'sweep' | 'write-again' }

interface Stream {
  /** On disk, not acknowledged; oldest first. */
  readonly pending: Pending[]
  /** When the head is sent again, and how long the wait after that is. */
  resendAtMs: number
  waitMs: number
  /** The head's acknowledgement is on its way to the disk. */
  acknowledging: boolean
}

interface Pending {
  readonly update: StatusUpdate
  /** Of its report; unknown to a later life. */
  readonly cause: Cause | undefined
}

interface Writing {
  readonly entry: UpdateEntry
  readonly cause: Cause | undefined
}

interface State {
  readonly streams: Map<LaunchId, Stream>
  /** Entries on their way to the disk, under the last token; none when it is idle. */
  writing: readonly Writing[]
  /** Entries for the next appends. */
  waiting: Writing[]
  /** Since the journal has refused, until it takes again all that waits. */
  isRefused: boolean
  /** What is being written was chosen from what waits. */
  isChosen: boolean
  token: number
  master: { readonly ref: Ref<AgentCall>; readonly agentId: AgentId } | undefined
}

export interface UpdatesOptions {
  readonly agent: Ref<UpdatesEvent>
  readonly journal: Ref<LogRequest<JournalEntry>>
  /** What an earlier life of the agent left unacknowledged. */
  readonly pending: readonly StatusUpdate[]
}

type Ctx = Context<Message>

export const updates = (options: UpdatesOptions): Actor<State, Message> => ({
  initial(ctx) {
    ctx.every('sweep', SWEEP_INTERVAL_MS, { type: 'sweep' })
    const state: State = {
      streams: new Map(), writing: [], waiting: [], isRefused: false, isChosen: false, token: 0, master: undefined,
    }
    for (const update of options.pending) {
      streamOf(state, update.launchId as LaunchId).pending.push({ update, cause: undefined })
    }
    return state
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'report': return write(state, { ...message, type: 'update-queued' }, options, ctx)
      case 'acknowledged': return onAcknowledged(state, message, options, ctx)
      case 'committed': return onCommitted(state, message.token, options, ctx)
      case 'append-failed': return onFailed(state, message.token, message.reason, ctx)
      case 'write-again': return writeAgain(state, options, ctx)
      case 'master-found':
        state.master = { ref: message.master, agentId: message.agentId }
        for (const stream of state.streams.values()) send(state, stream, RESEND_FIRST_MS, ctx)
        return state
      case 'master-lost':
        state.master = undefined
        return state
      case 'send-again':
        for (const stream of state.streams.values()) {
          if (stream.pending[0]?.update.frameworkId === message.frameworkId) send(state, stream, RESEND_FIRST_MS, ctx)
        }
        return state
      case 'forget-framework':
        for (const [launchId, { pending }] of state.streams) {
          if (pending[0]?.update.frameworkId === message.frameworkId) state.streams.delete(launchId)
        }
        return state
      case 'sweep':
        for (const stream of state.streams.values()) {
          if (ctx.now() >= stream.resendAtMs) send(state, stream, Math.min(stream.waitMs * 2, RESEND_MAX_MS), ctx)
        }
        return state
      case 'replayed': return state
      default: return unhandled(message)
    }
  },
})

function write(state: State, entry: UpdateEntry, options: UpdatesOptions, ctx: Ctx): State {
  state.waiting.push({ entry, cause: ctx.cause() })
  return writeNext(state, options, ctx)
}

function writeNext(state: State, options: UpdatesOptions, ctx: Ctx): State {
  if (state.writing.length > 0 || state.waiting.length === 0) return state
  const chosen = state.isRefused ? mostNeeded(state.waiting) : undefined
  state.isChosen = chosen !== undefined
  state.writing = chosen ?? state.waiting.slice(0, APPEND_ENTRIES_MAX)
  const taken = new Set(state.writing)
  state.waiting = state.waiting.filter((each) => !taken.has(each))
  return append(state, options, ctx)
}

function append(state: State, { journal }: UpdatesOptions, ctx: Ctx): State {
  state.token++
  const records = state.writing.map(({ entry }) => entry)
  // It may have waited for an append that was caused by something else.
  ctx.because(state.writing[0]?.cause, () => {
    ctx.tell(journal, { type: 'append', records, token: state.token, replyTo: ctx.self })
  })
  return state
}

function onCommitted(state: State, token: number, options: UpdatesOptions, ctx: Ctx): State {
  if (token !== state.token) return state
  const written = state.writing
  state.writing = []
  if (!state.isChosen) state.isRefused = false
  written.forEach(({ entry, cause }, index) => {
    // The first is caused by the report with which it was written; others were written with it.
    ctx.because(index === 0 ? undefined : cause, () => {
      ctx.tell(options.agent, { type: 'update-journaled', entry })
      onWritten(state, { entry, cause }, ctx)
    })
  })
  return writeNext(state, options, ctx)
}

function onWritten(state: State, { entry, cause }: Writing, ctx: Ctx): void {
  if (entry.type === 'update-acknowledged') return advance(state, entry.updateId, ctx)
  const stream = streamOf(state, entry.update.launchId as LaunchId)
  stream.pending.push({ update: entry.update, cause })
  if (stream.pending.length === 1) send(state, stream, RESEND_FIRST_MS, ctx)
}

/** A disk that refuses loses nothing: all is written again until it is taken. */
function onFailed(state: State, token: number, reason: string, ctx: Ctx): State {
  if (token !== state.token) return state
  ctx.log('error', 'the journal refused updates; they are written again', { reason, updates: state.writing.length })
  ctx.after('write-again', WRITE_AGAIN_MS, { type: 'write-again' })
  return state
}

function writeAgain(state: State, options: UpdatesOptions, ctx: Ctx): State {
  const { writing, waiting } = state
  state.waiting = state.isChosen ? putBack(writing, waiting) : [...writing, ...waiting]
  state.writing = []
  state.isRefused = true
  return writeNext(state, options, ctx)
}

function onAcknowledged(
  state: State, { frameworkId, taskId, updateId }: Extract<UpdatesOrder, { type: 'acknowledged' }>,
  options: UpdatesOptions, ctx: Ctx,
): State {
  const stream = state.streams.get(launchOf(updateId))
  const head = stream?.pending[0]
  if (!stream || head?.update.updateId !== updateId || stream.acknowledging) return state
  stream.acknowledging = true
  return write(state, { type: 'update-acknowledged', frameworkId, taskId, updateId }, options, ctx)
}

function advance(state: State, updateId: UpdateId, ctx: Ctx): void {
  const launchId = launchOf(updateId)
  const stream = state.streams.get(launchId)
  if (stream?.pending[0]?.update.updateId !== updateId) return
  const done = stream.pending.shift()
  stream.acknowledging = false
  if (done && isTerminal(done.update.state)) state.streams.delete(launchId)
  // The next has waited for this one, and is caused by its own report.
  else ctx.because(stream.pending[0]?.cause, () => send(state, stream, RESEND_FIRST_MS, ctx))
}

function send(state: State, stream: Stream, waitMs: number, ctx: Ctx): void {
  const [head] = stream.pending
  stream.waitMs = waitMs
  stream.resendAtMs = ctx.now() + waitMs
  if (!head || !state.master) return
  const { ref, agentId } = state.master
  const latest = stream.pending[stream.pending.length - 1] ?? head
  ctx.tell(ref, { type: 'task-status', agentId, update: head.update, latestState: latest.update.state })
}

function streamOf(state: State, launchId: LaunchId): Stream {
  const known = state.streams.get(launchId)
  if (known) return known
  const stream: Stream = { pending: [], resendAtMs: Infinity, waitMs: RESEND_FIRST_MS, acknowledging: false }
  state.streams.set(launchId, stream)
  return stream
}
