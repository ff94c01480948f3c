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
import type { LogRecord } from '../protocol/log.js'
import type { RegistrarCall, ReplayEvent } from '../protocol/registrar.js'
import { step, type Placed } from './bootstrap.js'
import { judge } from './fence.js'
import {
  append, beat, claim, claimAbove, onLeaderless, onNotReadBack, onOthersClaim, onOwn, onToken, onTokenGone,
} from './registrar-leading.js'
import { awaitLeader, bootstrap, checkMarked, follow, onUnfound, refuseLog } from './registrar-reading.js'
import { beginAnew, isResumed, onLost, remember, resume } from './registrar-resuming.js'
import { onWhole, writeSnapshot } from './registrar-snapshots.js'
import {
  LEASE_MS, newState, TAIL_SILENCE_MS, tellMaster, type Ctx, type Message, type RegistrarOptions, type State,
} from './registrar-state.js'
import { advance } from './snapshot-progress.js'

export const registrar = (options: RegistrarOptions): Actor<State, Message> => ({
  initial(ctx) {
    ctx.tell(options.election, { type: 'campaign', replyTo: ctx.self })
    return newState()
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'replay': return replay(state, message, options, ctx)
      case 'append': return append(state, message.records, message.token, options, ctx)
      case 'claim-above': return claimAbove(state, message.epoch, ctx)
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
      case 'stream-interrupted': return message.reading === state.reading ? resume(state, false, options, ctx) : state
      case 'tail-silent': return resume(state, true, options, ctx)
      case 'not-resumed': return onLost(state, options, ctx)
      case 'unfound': return onUnfound(state, options, ctx)
      case 'snapshot-begin': case 'snapshot-part': case 'snapshot-end':
        return writeSnapshot(state, message, options, ctx)
      case 'leaderless':
        return onLeaderless(state, options, ctx)
      default: return unhandled(message)
    }
  },
})

/** The master begins from nothing. */
function replay(
  state: State, { replay, replyTo: master }: Extract<RegistrarCall, { type: 'replay' }>, options: RegistrarOptions,
  ctx: Ctx,
): State {
  Object.assign(state, { master, replay, phase: 'following', pending: [], told: false })
  bootstrap(state, options, ctx)
  awaitLeader(state, ctx)
  return state.holdsToken ? claim(state, options, ctx) : state
}

function onEntries(
  state: State, message: Extract<Message, { type: 'stream-entries' }>, options: RegistrarOptions, ctx: Ctx,
): State {
  const { reading, position, entries, bytes = 0, missed = false } = message
  if (reading !== state.reading) return state
  ctx.after('tail', TAIL_SILENCE_MS, { type: 'tail-silent' })
  state.anywhere = false
  if (!isResumed(state, message, options, ctx)) return state
  state.wasDeaf = false
  // What was read twice is passed over; what was missed can only be made up for by a snapshot.
  if (missed && position > state.position && state.boot.mode === 'done') {
    return beginAnew(state, `entries ${state.position} to ${position - 1} of the log are gone`, options, ctx)
  }
  state.position = Math.max(state.position, position)
  if (state.boot.mode !== 'done' && state.phase !== 'leading') awaitLeader(state, ctx)
  const folding = new Folding(state, bytes / entries.length, options, ctx)
  for (const entry of entries.slice(state.position - position)) {
    const placed = { position: state.position++, entry }
    remember(state, placed.position, entry)
    if (state.boot.mode !== 'done') {
      checkMarked(state, entry)
      const found = step(state.boot, placed, state.rejected)
      follow(state, found, options, ctx)
      // Something else is read now.
      if (reading !== state.reading) return state
      if (found.what === 'restore') for (const each of found.between) folding.fold(each)
      if (found.what !== 'fold') continue
    }
    folding.fold(placed)
  }
  folding.flush()
  return state
}

/** What some entries, one behind the other, mean for the master and for this registrar. */
class Folding {
  private records: LogRecord[] = []

  constructor(
    private readonly state: State, private readonly bytesEach: number, private readonly options: RegistrarOptions,
    private readonly ctx: Ctx,
  ) {}

  fold(placed: Placed): void {
    const { state, options, ctx } = this
    const { entry } = placed
    const own = 'nonce' in entry && entry.nonce === state.nonce
    const [fence, verdict] = judge(state.fence, entry)
    const before = state.progress
    state.fence = fence
    state.progress = advance(before, placed, this.bytesEach, verdict.counts)
    if (verdict.counts && !(own && state.phase === 'leading')) this.records.push(...verdict.records)
    if (verdict.counts && entry.type !== 'log-founded' && state.phase !== 'leading') awaitLeader(state, ctx)
    if (!verdict.counts && verdict.reason === 'newer-format') return refuseLog('a newer Warren has written it')
    if (own) {
      this.flush()
      onOwn(state, placed, verdict.counts, options, ctx)
    } else if (entry.type === 'log-claimed' && verdict.counts && state.phase !== 'following') {
      this.flush()
      onOthersClaim(state, entry, options, ctx)
    }
    if (entry.type === 'log-snapshot-begun' && verdict.counts) {
      this.tellFollower({ type: 'snapshot-begun', snapshot: entry.snapshot })
    }
    if (entry.type === 'log-snapshot-ended' && state.progress.last !== before.last) {
      if (state.phase === 'leading') onWhole(state, options, ctx)
      else this.tellFollower({ type: 'snapshot-ended', snapshot: entry.snapshot, hash: entry.hash })
    }
  }

  flush(): void {
    const { state, ctx, records } = this
    this.records = []
    if (records.length === 0 || !state.master) return
    tellMaster(state, { type: 'folded', records }, ctx)
    state.told = true
  }

  private tellFollower(event: ReplayEvent): void {
    this.flush()
    if (this.state.phase !== 'leading') tellMaster(this.state, event, this.ctx)
  }
}
