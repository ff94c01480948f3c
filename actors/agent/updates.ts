/**
 * Updates: sees every status update through. Writes it to the journal, sends it to the master, and sends
 * it again until the framework's scheduler has acknowledged it; per task one at a time, in order.
 */
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../runtime/log.js'
import type { AgentCall } from '../protocol/agent.js'
import type { AgentId, FrameworkId, LaunchId, TaskId, UpdateId } from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'

export const RESEND_FIRST_MS = 10_000
export const RESEND_MAX_MS = 600_000
const SWEEP_INTERVAL_MS = 1_000

export type UpdatesOrder =
  | { readonly type: 'report'; readonly update: StatusUpdate }
  | { readonly type: 'acknowledged'; readonly frameworkId: FrameworkId; readonly taskId: TaskId; readonly updateId: UpdateId }
  | { readonly type: 'master-found'; readonly master: Ref<AgentCall>; readonly agentId: AgentId }
  | { readonly type: 'master-lost' }
  | { readonly type: 'forget-framework'; readonly frameworkId: FrameworkId }

/** What the agent hears back: the entry is on disk. */
export type UpdatesEvent = { readonly type: 'update-journaled'; readonly entry: JournalEntry }

type Message = UpdatesOrder | LogEvent<JournalEntry> | { readonly type: 'sweep' }

interface Stream {
  /** On disk, not acknowledged; oldest first. */
  readonly pending: StatusUpdate[]
  /** When the head is sent again, and how long the wait after that is. */
  resendAtMs: number
  waitMs: number
  /** The head's acknowledgement is on its way to the disk. */
  acknowledging: boolean
}

interface State {
  readonly streams: Map<LaunchId, Stream>
  /** Entries on their way to the disk, by token, and the launch that each belongs to. */
  readonly writing: Map<number, { readonly entry: JournalEntry; readonly launchId: LaunchId }>
  master: { readonly ref: Ref<AgentCall>; readonly agentId: AgentId } | undefined
  nextToken: number
}

/** An update's id says which launch it is of, so that an acknowledgement finds its stream at once. */
export const updateIdOf = (launchId: LaunchId, count: number): UpdateId => `${launchId}.${count}` as UpdateId
const launchOf = (updateId: UpdateId): LaunchId => updateId.slice(0, updateId.lastIndexOf('.')) as LaunchId

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
    const state: State = { streams: new Map(), writing: new Map(), master: undefined, nextToken: 1 }
    for (const update of options.pending) streamOf(state, update.launchId as LaunchId).pending.push(update)
    return state
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'report': {
        const { update } = message
        return write(state, { type: 'update-queued', update }, update.launchId as LaunchId, options, ctx)
      }
      case 'acknowledged': return onAcknowledged(state, message, options, ctx)
      case 'committed': return onCommitted(state, message.token, options, ctx)
      case 'append-failed': return onFailed(state, message.token, message.reason, options, ctx)
      case 'master-found':
        state.master = { ref: message.master, agentId: message.agentId }
        for (const stream of state.streams.values()) send(state, stream, RESEND_FIRST_MS, ctx)
        return state
      case 'master-lost':
        state.master = undefined
        return state
      case 'forget-framework':
        for (const [launchId, { pending }] of state.streams) {
          if (pending[0]?.frameworkId === message.frameworkId) state.streams.delete(launchId)
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

function write(state: State, entry: JournalEntry, launchId: LaunchId, { journal }: UpdatesOptions, ctx: Ctx): State {
  const token = state.nextToken++
  state.writing.set(token, { entry, launchId })
  ctx.tell(journal, { type: 'append', records: [entry], token, replyTo: ctx.self })
  return state
}

function onCommitted(state: State, token: number, { agent }: UpdatesOptions, ctx: Ctx): State {
  const written = state.writing.get(token)
  if (!written) return state
  state.writing.delete(token)
  const { entry, launchId } = written
  ctx.tell(agent, { type: 'update-journaled', entry })
  if (entry.type === 'update-queued') {
    const stream = streamOf(state, launchId)
    stream.pending.push(entry.update)
    if (stream.pending.length === 1) send(state, stream, RESEND_FIRST_MS, ctx)
  } else if (entry.type === 'update-acknowledged') advance(state, launchId, entry.updateId, ctx)
  return state
}

/** A disk that refuses loses nothing: the entry is written again until it is taken. */
function onFailed(state: State, token: number, reason: string, options: UpdatesOptions, ctx: Ctx): State {
  const written = state.writing.get(token)
  if (!written) return state
  state.writing.delete(token)
  ctx.log('error', 'the journal refused an update; it is tried again', { reason })
  return write(state, written.entry, written.launchId, options, ctx)
}

function onAcknowledged(state: State, { frameworkId, taskId, updateId }: Extract<UpdatesOrder, { type: 'acknowledged' }>, options: UpdatesOptions, ctx: Ctx): State {
  const launchId = launchOf(updateId)
  const stream = state.streams.get(launchId)
  const head = stream?.pending[0]
  if (!stream || head?.updateId !== updateId || stream.acknowledging) return state
  stream.acknowledging = true
  return write(state, { type: 'update-acknowledged', frameworkId, taskId, updateId }, launchId, options, ctx)
}

function advance(state: State, launchId: LaunchId, updateId: UpdateId, ctx: Ctx): void {
  const stream = state.streams.get(launchId)
  if (stream?.pending[0]?.updateId !== updateId) return
  const done = stream.pending.shift()
  stream.acknowledging = false
  if (done && isTerminal(done.state)) state.streams.delete(launchId)
  else send(state, stream, RESEND_FIRST_MS, ctx)
}

function send(state: State, stream: Stream, waitMs: number, ctx: Ctx): void {
  const [head] = stream.pending
  stream.waitMs = waitMs
  stream.resendAtMs = ctx.now() + waitMs
  if (!head || !state.master) return
  const latest = stream.pending[stream.pending.length - 1] ?? head
  ctx.tell(state.master.ref, { type: 'task-status', agentId: state.master.agentId, update: head, latestState: latest.state })
}

function streamOf(state: State, launchId: LaunchId): Stream {
  const stream = state.streams.get(launchId) ?? { pending: [], resendAtMs: Infinity, waitMs: RESEND_FIRST_MS, acknowledging: false }
  state.streams.set(launchId, stream)
  return stream
}
