/** Registrar reading: where a registrar reads, and how long it waits for what. */
import { randomName } from '../../runtime/random.js'
import type { LogEntry } from '../protocol/log-entry.js'
import type { SnapshotRecord } from '../protocol/log-snapshot.js'
import { begin, type Boot, type Step } from './bootstrap.js'
import { newFence } from './fence.js'
import {
  FIND_MS, LEADERLESS_MS, LEADERLESS_SPREAD_MS, LED_LAST_MS, TAIL_SILENCE_MS, tellMaster, type Ctx,
  type RegistrarOptions, type State,
} from './registrar-state.js'
import { newProgress, progressFrom } from './snapshot-progress.js'

const MARKER_LENGTH = 12

/** Nothing is known of the log: finds where to begin. What was claimed meanwhile is read in its turn. */
export function bootstrap(state: State, options: RegistrarOptions, ctx: Ctx): State {
  const { epochSeen } = state.fence
  Object.assign(state, {
    fence: { ...newFence, epochSeen }, progress: newProgress, boot: { mode: 'finding' }, rejected: new Set(),
  })
  ctx.after('find', FIND_MS, { type: 'unfound' })
  return read(state, 'recent', options, ctx)
}

/** Nobody says where to begin: from the first entry that there is. */
export const onUnfound = (state: State, options: RegistrarOptions, ctx: Ctx): State =>
  state.boot.mode === 'finding' ? follow(state, begin(), options, ctx) : state

export function read(
  state: State, from: number | 'recent', { stream }: RegistrarOptions, ctx: Ctx, isSilent = false,
): State {
  state.reading++
  state.position = from === 'recent' ? 0 : from
  state.anywhere = state.boot.mode !== 'done'
  state.remembered.clear()
  state.resuming = undefined
  ctx.cancel('resume')
  ctx.tell(stream, { type: 'read', from, reading: state.reading, isSilent, replyTo: ctx.self })
  ctx.after('tail', TAIL_SILENCE_MS, { type: 'tail-silent' })
  return state
}

/** Reads on from where it stood; who only looks for where to begin looks again. */
export function readAgain(state: State, options: RegistrarOptions, ctx: Ctx): State {
  const { mode } = state.boot
  return read(state, mode === 'finding' ? 'recent' : mode === 'beginning' ? 0 : state.position, options, ctx, true)
}

export function awaitLeader(state: State, ctx: Ctx): void {
  const ledLast = state.ledNonce !== '' && state.ledNonce === state.fence.nonce
  const waitMs = ledLast ? LED_LAST_MS : LEADERLESS_MS + ctx.random() * LEADERLESS_SPREAD_MS
  ctx.after('leaderless', waitMs, { type: 'leaderless' })
}

/** Does what an entry that was read on the way means. */
export function follow(state: State, step: Step, options: RegistrarOptions, ctx: Ctx): State {
  switch (step.what) {
    case 'pass':
      if (step.boot?.mode === 'scanning') mark(state, options, ctx)
      return to(state, step.boot ?? state.boot)
    case 'fold':
      if (state.boot.mode !== 'done') tellRestored(state, [], ctx)
      return to(state, { mode: 'done' })
    case 'read': return read(to(state, step.boot), step.from, options, ctx)
    case 'reject':
      ctx.log('error', `what begins at entry ${step.from} is no snapshot of the cluster: ${step.why}`)
      state.rejected.add(step.from)
      return follow(state, begin(), options, ctx)
    case 'restore': {
      const epochSeen = Math.max(step.fence.epochSeen, state.fence.epochSeen)
      Object.assign(state, { fence: { ...step.fence, epochSeen }, progress: progressFrom(step.from) })
      tellRestored(state, step.records, ctx)
      return to(state, { mode: 'done' })
    }
  }
}

/** A decision of nothing by nobody, which counts for nobody: whoever reads it back has read all that there was. */
function mark(state: State, { stream }: RegistrarOptions, ctx: Ctx): void {
  state.marker = randomName({ next: () => ctx.random() }, MARKER_LENGTH)
  const nothing: LogEntry = { type: 'log-decided', epoch: 0, nonce: state.marker, seq: 0, records: [] }
  ctx.tell(stream, { type: 'add', entries: [nothing] })
}

/** Nothing to begin with has been found, and there is nothing more to look at. */
export function checkMarked({ boot, marker }: State, entry: LogEntry): void {
  if (boot.mode !== 'scanning' || entry.type !== 'log-decided' || entry.nonce !== marker) return
  refuseLog(`entries 0 to ${boot.first - 1} are gone, and no snapshot is whole behind them`)
}

const to = (state: State, boot: Boot): State => Object.assign(state, { boot })

function tellRestored(state: State, records: readonly SnapshotRecord[], ctx: Ctx): void {
  if (!state.master || (records.length === 0 && !state.told)) return
  tellMaster(state, { type: 'restored', records }, ctx)
  state.told = true
}

/** Nothing that follows could be trusted: this life of the registrar ends, and its node says why. */
export function refuseLog(reason: string): never {
  throw new Error(`the cluster's log cannot be read: ${reason}`)
}
