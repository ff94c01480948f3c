/**
 * Registrar: a master's hand in the shared log. It reads what all masters have written, tells its master
 * what counts, claims leadership when the token comes to it (or when nobody has led for long), and writes
 * down what its master decides.
 *
 * Written is not committed: a decision stands when it has been read back, in its place. What is not read
 * back in time has an unknown outcome, and is never decided again: the master then stops to lead and
 * learns from the log what became of it.
 */
import { unhandled, type Actor } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import { randomName } from '../../runtime/random.js'
import { ENTRY_RECORDS_MAX, LOG_FORMAT, type LogEntry } from '../protocol/log-entry.js'
import type { LogRecord } from '../protocol/log.js'
import type { RegistrarEvent } from '../protocol/registrar.js'
import { judge, newFence } from './fence.js'
import {
  BEAT_MS, LED_LAST_MS, LEADERLESS_MS, LEADERLESS_SPREAD_MS, LEASE_MS, newState, READ_BACK_MS, TAIL_SILENCE_MS,
  type Ctx, type Message, type RegistrarOptions, type State,
} from './registrar-state.js'

const ID_LENGTH = 16
const NONCE_LENGTH = 12
/** Of the name that all ids of a cluster begin with. */
const PREFIX_LENGTH = 6

export const registrar = (options: RegistrarOptions): Actor<State, Message> => ({
  initial(ctx) {
    ctx.tell(options.election, { type: 'campaign', replyTo: ctx.self })
    return newState()
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'replay': return replay(state, message.replyTo, options, ctx)
      case 'append': return append(state, message.records, message.token, options, ctx)
      case 'claim-above':
        state.fence = { ...state.fence, epochSeen: Math.max(state.fence.epochSeen, message.epoch) }
        return state.phase === 'leading' ? depose(state, `epoch ${message.epoch} is obeyed`, ctx) : state
      case 'stream-entries': return onEntries(state, message, options, ctx)
      case 'stream-unreadable': return message.reading === state.reading ? refuseLog(message.reason) : state
      case 'token-taken': return onToken(state, options, ctx)
      case 'token-renewed':
        if (state.holdsToken) ctx.after('lease', LEASE_MS, { type: 'lease-over' })
        return state
      case 'token-gone': return onTokenGone(state, message.reason, ctx)
      case 'lease-over':
        // It may come back late, and would be stuck with who does not take itself for its holder.
        ctx.tell(options.election, { type: 'pass-on' })
        return onTokenGone(state, `the token could not be renewed for ${LEASE_MS} ms`, ctx)
      case 'beat': return beat(state, options, ctx)
      case 'not-read-back': return onNotReadBack(state, options, ctx)
      case 'tail-silent': return read(state, state.position, options, ctx)
      case 'leaderless':
        ctx.log('warn', 'nobody has led for long: claiming without the token')
        return claim(state, options, ctx)
      default: return unhandled(message)
    }
  },
})

/** The master begins from nothing. */
function replay(state: State, master: Ref<RegistrarEvent>, options: RegistrarOptions, ctx: Ctx): State {
  const { epochSeen } = state.fence
  Object.assign(state, { master, phase: 'following', fence: { ...newFence, epochSeen }, pending: [] })
  read(state, 0, options, ctx)
  awaitLeader(state, ctx)
  return state.holdsToken ? claim(state, options, ctx) : state
}

function read(state: State, from: number, { stream }: RegistrarOptions, ctx: Ctx): State {
  state.reading++
  state.position = from
  ctx.tell(stream, { type: 'read', from, reading: state.reading, replyTo: ctx.self })
  ctx.after('tail', TAIL_SILENCE_MS, { type: 'tail-silent' })
  return state
}

function awaitLeader(state: State, ctx: Ctx): void {
  const ledLast = state.ledNonce !== '' && state.ledNonce === state.fence.nonce
  const waitMs = ledLast ? LED_LAST_MS : LEADERLESS_MS + ctx.random() * LEADERLESS_SPREAD_MS
  ctx.after('leaderless', waitMs, { type: 'leaderless' })
}

function claim(state: State, { stream, cluster, name, url }: RegistrarOptions, ctx: Ctx): State {
  if (!state.master || state.phase === 'leading') return state
  const chance = { next: () => ctx.random() }
  state.phase = 'claiming'
  state.nonce = randomName(chance, NONCE_LENGTH)
  const entries: LogEntry[] = []
  if (state.fence.clusterId === '') {
    const [clusterId, prefix] = [randomName(chance, ID_LENGTH), randomName(chance, PREFIX_LENGTH)]
    entries.push({ type: 'log-founded', clusterId, cluster, prefix, format: LOG_FORMAT })
  }
  const epoch = state.fence.epochSeen + 1
  entries.push({ type: 'log-claimed', epoch, nonce: state.nonce, master: name, ...(url ? { url } : {}) })
  ctx.tell(stream, { type: 'add', entries })
  ctx.after('read-back', READ_BACK_MS, { type: 'not-read-back' })
  return state
}

function append(
  state: State, records: readonly LogRecord[], token: number, { stream }: RegistrarOptions, ctx: Ctx,
): State {
  // The master has not heard yet that it leads no more.
  if (state.phase !== 'leading') return state
  const { epoch, nonce } = state.fence
  const entries: LogEntry[] = []
  for (let from = 0; from < records.length; from += ENTRY_RECORDS_MAX) {
    const seq = state.nextSeq++
    const isLast = from + ENTRY_RECORDS_MAX >= records.length
    entries.push({ type: 'log-decided', epoch, nonce, seq, records: records.slice(from, from + ENTRY_RECORDS_MAX) })
    state.pending.push({ seq, token: isLast ? token : undefined })
  }
  if (state.pending.length === entries.length) ctx.after('read-back', READ_BACK_MS, { type: 'not-read-back' })
  ctx.tell(stream, { type: 'add', entries })
  return state
}

function onEntries(
  state: State, { reading, position, entries }: Extract<Message, { type: 'stream-entries' }>,
  options: RegistrarOptions, ctx: Ctx,
): State {
  if (reading !== state.reading) return state
  ctx.after('tail', TAIL_SILENCE_MS, { type: 'tail-silent' })
  // What was read twice is passed over; what was skipped can never be made up for.
  if (position > state.position) return refuseLog(`entries ${state.position} to ${position - 1} are gone`)
  const fresh = entries.slice(state.position - position)
  state.position += fresh.length
  // A long log takes its time; the claim stands at its end.
  if (state.phase === 'claiming') ctx.after('read-back', READ_BACK_MS, { type: 'not-read-back' })
  let folded: LogRecord[] = []
  const flush = (): void => {
    if (folded.length > 0 && state.master) ctx.tell(state.master, { type: 'folded', records: folded })
    folded = []
  }
  for (const entry of fresh) {
    const own = 'nonce' in entry && entry.nonce === state.nonce
    const [fence, verdict] = judge(state.fence, entry)
    state.fence = fence
    if (verdict.counts && !(own && state.phase === 'leading')) folded.push(...verdict.records)
    if (verdict.counts && entry.type !== 'log-founded' && state.phase !== 'leading') awaitLeader(state, ctx)
    if (!verdict.counts && verdict.reason === 'newer-format') return refuseLog('a newer Warren has written it')
    if (own) {
      flush()
      onOwn(state, entry, verdict.counts, options, ctx)
    } else if (entry.type === 'log-claimed' && verdict.counts && state.phase !== 'following') {
      flush()
      onOthersClaim(state, entry, options, ctx)
    }
  }
  flush()
  return state
}

/** Who leads gives way; who has claimed without the token does not insist. */
function onOthersClaim(
  state: State, { master, epoch }: Extract<LogEntry, { type: 'log-claimed' }>, options: RegistrarOptions, ctx: Ctx,
): void {
  if (state.phase === 'claiming' && state.holdsToken) return
  depose(state, `${master} has claimed epoch ${epoch}`, ctx)
  if (state.holdsToken) passOn(state, options, ctx)
}

/** Reads back what this master has written. */
function onOwn(state: State, entry: LogEntry, counts: boolean, options: RegistrarOptions, ctx: Ctx): void {
  if (entry.type === 'log-claimed' && state.phase === 'claiming') {
    if (counts) lead(state, ctx)
    else if (state.holdsToken) claim(state, options, ctx)
    // Another has won the epoch, and this one had no token: it follows.
    else {
      state.phase = 'following'
      ctx.cancel('read-back')
      awaitLeader(state, ctx)
    }
  }
  if (entry.type !== 'log-decided' || state.phase !== 'leading') return
  if (!counts) {
    if (entry.seq > state.fence.seq) depose(state, 'a decision was lost on its way into the log', ctx)
    return
  }
  const [first] = state.pending
  if (first?.seq !== entry.seq) return
  state.pending.shift()
  if (state.pending.length === 0) ctx.cancel('read-back')
  else ctx.after('read-back', READ_BACK_MS, { type: 'not-read-back' })
  if (first.token !== undefined && state.master) ctx.tell(state.master, { type: 'committed', token: first.token })
}

function lead(state: State, ctx: Ctx): void {
  const { epoch, nonce, clusterId } = state.fence
  Object.assign(state, { phase: 'leading', nextSeq: 1, pending: [], ledNonce: nonce })
  ctx.cancel('read-back')
  ctx.cancel('leaderless')
  ctx.every('beat', BEAT_MS, { type: 'beat' })
  if (state.master) ctx.tell(state.master, { type: 'elected', epoch, nonce, clusterId })
}

function depose(state: State, reason: string, ctx: Ctx): State {
  if (state.phase === 'following') return state
  const led = state.phase === 'leading'
  Object.assign(state, { phase: 'following', pending: [], nonce: '' })
  ctx.cancel('read-back')
  if (!state.holdsToken) ctx.cancel('beat')
  awaitLeader(state, ctx)
  if (!led || !state.master) return state
  ctx.tell(state.master, { type: 'deposed', reason })
  // Until it asks to be told everything anew, nothing that it could be told would be understood.
  state.master = undefined
  return state
}

function onToken(state: State, options: RegistrarOptions, ctx: Ctx): State {
  state.holdsToken = true
  ctx.after('lease', LEASE_MS, { type: 'lease-over' })
  ctx.every('beat', BEAT_MS, { type: 'beat' })
  ctx.tell(options.election, { type: 'renew' })
  return claim(state, options, ctx)
}

function onTokenGone(state: State, reason: string, ctx: Ctx): State {
  state.holdsToken = false
  ctx.cancel('lease')
  ctx.cancel('beat')
  return depose(state, reason, ctx)
}

function passOn(state: State, { election }: RegistrarOptions, ctx: Ctx): void {
  state.holdsToken = false
  ctx.cancel('lease')
  ctx.cancel('beat')
  ctx.tell(election, { type: 'pass-on' })
}

function beat(state: State, { stream, election }: RegistrarOptions, ctx: Ctx): State {
  if (state.holdsToken) ctx.tell(election, { type: 'renew' })
  if (state.phase !== 'leading') return state
  const { epoch, nonce } = state.fence
  ctx.tell(stream, { type: 'add', entries: [{ type: 'log-beat', epoch, nonce }] })
  return state
}

function onNotReadBack(state: State, options: RegistrarOptions, ctx: Ctx): State {
  if (state.phase === 'claiming') return claim(state, options, ctx)
  return depose(state, `the log did not bring back a decision for ${READ_BACK_MS} ms`, ctx)
}

/** Nothing that follows could be trusted: this life of the registrar ends, and its node says why. */
function refuseLog(reason: string): never {
  throw new Error(`the cluster's log cannot be read: ${reason}`)
}
