/** Registrar leading: how a master comes to lead, what it writes while it does, and how it ends. */
import type { Cause } from '../../runtime/actor.js'
import { randomName } from '../../runtime/random.js'
import { ENTRY_RECORDS_MAX, LOG_FORMAT, type LogEntry } from '../protocol/log-entry.js'
import type { LogRecord } from '../protocol/log.js'
import type { Placed } from './bootstrap.js'
import { awaitLeader } from './registrar-reading.js'
import { onOwnSnapshot, wantSnapshot } from './registrar-snapshots.js'
import {
  BEAT_MS, CLAIM_AGAIN_MS, CLAIM_COPIES_MAX, EPOCH_LEAP_MAX, LEASE_MS, READ_BACK_MS, tellMaster, type Claim,
  type Ctx, type RegistrarOptions, type State,
} from './registrar-state.js'

const ID_LENGTH = 16
const NONCE_LENGTH = 12
/** Of the name that all ids of a cluster begin with. */
const PREFIX_LENGTH = 6

export function claim(state: State, { stream, cluster, name, url }: RegistrarOptions, ctx: Ctx): State {
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
  return write({ epoch, entries, copies: 0 }, state, stream, ctx)
}

/** Of several copies the first that is read counts; the others are of an epoch that is taken then. */
function write(own: Claim, state: State, stream: RegistrarOptions['stream'], ctx: Ctx): State {
  state.claim = { ...own, copies: own.copies + 1 }
  ctx.tell(stream, { type: 'add', entries: own.entries })
  ctx.after('read-back', CLAIM_AGAIN_MS, { type: 'not-read-back' })
  return state
}

/** The log has lost a claim that somebody obeys. What is said late, or out of all proportion, changes nothing. */
export function claimAbove(state: State, epoch: number, ctx: Ctx): State {
  if (epoch < state.fence.epoch || epoch > state.fence.epochSeen + EPOCH_LEAP_MAX) return state
  state.fence = { ...state.fence, epochSeen: Math.max(state.fence.epochSeen, epoch) }
  return state.phase === 'leading' ? depose(state, `epoch ${epoch} is obeyed, which the log has lost`, ctx) : state
}

export function append(
  state: State, records: readonly LogRecord[], token: number, { stream }: RegistrarOptions, ctx: Ctx,
): State {
  // The master has not heard yet that it leads no more.
  if (state.phase !== 'leading') return state
  const { epoch, nonce } = state.fence
  const [entries, cause]: [LogEntry[], Cause | undefined] = [[], ctx.cause()]
  // Without any it is an entry of nothing, which is read back only by who leads still.
  for (let from = 0; from === 0 || from < records.length; from += ENTRY_RECORDS_MAX) {
    const seq = state.nextSeq++
    const isLast = from + ENTRY_RECORDS_MAX >= records.length
    entries.push({ type: 'log-decided', epoch, nonce, seq, records: records.slice(from, from + ENTRY_RECORDS_MAX) })
    state.pending.push({ seq, token: isLast ? token : undefined, cause })
  }
  if (state.pending.length === entries.length) ctx.after('read-back', READ_BACK_MS, { type: 'not-read-back' })
  ctx.tell(stream, { type: 'add', entries })
  return state
}

/** Who leads gives way; who has claimed without the token does not insist; who holds it claims again, in a moment. */
export function onOthersClaim(
  state: State, { master, epoch }: Extract<LogEntry, { type: 'log-claimed' }>, options: RegistrarOptions, ctx: Ctx,
): void {
  if (state.phase === 'claiming' && state.holdsToken) return
  depose(state, `${master} has claimed epoch ${epoch}`, ctx)
  if (state.holdsToken) passOn(state, options, ctx)
}

/** Reads back what this master has written. */
export function onOwn(
  state: State, { position, entry }: Placed, counts: boolean, options: RegistrarOptions, ctx: Ctx,
): void {
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
  if (entry.type === 'log-snapshot-begun' && counts) return onOwnSnapshot(state, position, entry.snapshot, options, ctx)
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
  const { token } = first
  if (token === undefined) return
  // It follows from the decision, and only by way of the log from whatever else was read with it.
  ctx.because(first.cause, () => tellMaster(state, { type: 'committed', token }, ctx))
}

function lead(state: State, ctx: Ctx): void {
  const { epoch, nonce, clusterId } = state.fence
  Object.assign(state, { phase: 'leading', nextSeq: 1, beats: 0, pending: [], writing: undefined, ledNonce: nonce })
  ctx.cancel('read-back')
  ctx.cancel('leaderless')
  ctx.every('beat', BEAT_MS, { type: 'beat' })
  tellMaster(state, { type: 'elected', epoch, nonce, clusterId }, ctx)
}

export function depose(state: State, reason: string, ctx: Ctx): State {
  if (state.phase === 'following') return state
  const led = state.phase === 'leading'
  Object.assign(state, { phase: 'following', pending: [], writing: undefined, nonce: '' })
  ctx.cancel('read-back')
  if (!state.holdsToken) ctx.cancel('beat')
  awaitLeader(state, ctx)
  if (!led) return state
  tellMaster(state, { type: 'deposed', reason }, ctx)
  // Until it asks to be told everything anew, nothing that it could be told would be understood.
  state.master = undefined
  return state
}

export function onToken(state: State, options: RegistrarOptions, ctx: Ctx): State {
  state.holdsToken = true
  ctx.after('lease', LEASE_MS, { type: 'lease-over' })
  ctx.every('beat', BEAT_MS, { type: 'beat' })
  ctx.tell(options.election, { type: 'renew' })
  return claim(state, options, ctx)
}

/** Who cannot hear whether somebody leads claims only when that has lasted: there may be nothing to hear. */
export function onLeaderless(state: State, options: RegistrarOptions, ctx: Ctx): State {
  const isReading = state.boot.mode !== 'done' && !state.anywhere
  const isDeaf = state.resuming !== undefined && !state.wasDeaf
  if (isReading || isDeaf) {
    state.wasDeaf = state.wasDeaf || isDeaf
    awaitLeader(state, ctx)
    return state
  }
  ctx.log('warn', 'nobody has led for long: claiming without the token')
  return claim(state, options, ctx)
}

export function onTokenGone(state: State, reason: string, ctx: Ctx): State {
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

export function beat(state: State, options: RegistrarOptions, ctx: Ctx): State {
  const { stream, election } = options
  if (state.holdsToken) ctx.tell(election, { type: 'renew' })
  if (state.phase !== 'leading') return state
  const { fence: { epoch, nonce }, progress: { last } } = state
  const known = last === undefined ? {} : { snapshot: last }
  ctx.tell(stream, { type: 'add', entries: [{ type: 'log-beat', epoch, nonce, ...known, number: ++state.beats }] })
  return wantSnapshot(state, options, ctx)
}

export function onNotReadBack(state: State, options: RegistrarOptions, ctx: Ctx): State {
  const { claim: own, fence: { epochSeen } } = state
  if (state.phase !== 'claiming' || !own) {
    ctx.tell(options.stream, { type: 'unheard' })
    return depose(state, `the log did not bring back a decision for ${READ_BACK_MS} ms`, ctx)
  }
  if (own.epoch > epochSeen && own.copies < CLAIM_COPIES_MAX) return write(own, state, options.stream, ctx)
  if (own.copies >= CLAIM_COPIES_MAX) ctx.tell(options.stream, { type: 'unheard' })
  return claim(state, options, ctx)
}
