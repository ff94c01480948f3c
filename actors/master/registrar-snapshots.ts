/** Registrar snapshots: how the master that leads has one written, and what becomes of what is older. */
import type { RegistrarCall } from '../protocol/registrar.js'
import { LOG_FORMAT, type LogEntry } from '../protocol/log-entry.js'
import { SNAPSHOT_BEATS_MAX, tellMaster, type Ctx, type RegistrarOptions, type State } from './registrar-state.js'
import { isDue, isTooLarge } from './snapshot-progress.js'

/** Asks the master for one when enough has been written since the last. */
export function wantSnapshot(state: State, { snapshotWeightMin }: RegistrarOptions, ctx: Ctx): State {
  const { writing, progress, master } = state
  if (writing && ++writing.beats < SNAPSHOT_BEATS_MAX) return state
  if (!master || !isDue(progress, snapshotWeightMin)) return state
  if (isTooLarge(progress)) {
    ctx.log('warn', 'snapshots are so large that the log may not keep two of them', { weight: progress.weight })
  }
  const snapshot = ++state.snapshots
  state.writing = { snapshot, begunAt: undefined, end: undefined, beats: 0 }
  tellMaster(state, { type: 'snapshot-wanted', snapshot }, ctx)
  return state
}

type Call = Extract<RegistrarCall, { type: 'snapshot-begin' | 'snapshot-part' | 'snapshot-end' }>

/** What the master makes of one. */
export function writeSnapshot(state: State, call: Call, options: RegistrarOptions, ctx: Ctx): State {
  const { fence: { epoch, nonce, clusterId, epochSeen }, writing } = state
  if (state.phase !== 'leading' || writing?.snapshot !== call.snapshot) return state
  const common = { epoch, nonce, snapshot: call.snapshot }
  const add = (entry: LogEntry): void => ctx.tell(options.stream, { type: 'add', entries: [entry] })
  switch (call.type) {
    case 'snapshot-begin':
      add({ type: 'log-snapshot-begun', ...common, seq: state.nextSeq - 1, clusterId, epochSeen, format: LOG_FORMAT })
      return state
    case 'snapshot-part': {
      const { part, records, kept } = call
      add({ type: 'log-snapshot-part', ...common, part, records, kept })
      return state
    }
    case 'snapshot-end':
      writing.end = { parts: call.parts, hash: call.hash }
      return end(state, options, ctx)
  }
}

/** Where it begins counts: only who has read that may say that there is a snapshot. */
export function onOwnSnapshot(
  state: State, position: number, snapshot: number, options: RegistrarOptions, ctx: Ctx,
): void {
  if (state.writing?.snapshot !== snapshot) return
  state.writing.begunAt = position
  end(state, options, ctx)
}

function end(state: State, { stream }: RegistrarOptions, ctx: Ctx): State {
  const { fence: { epoch, nonce }, writing } = state
  if (writing?.begunAt === undefined || !writing.end) return state
  const { snapshot, begunAt: position, end: { parts, hash } } = writing
  const entry: LogEntry = { type: 'log-snapshot-ended', epoch, nonce, snapshot, position, parts, hash }
  ctx.tell(stream, { type: 'add', entries: [entry] })
  return state
}

/** One more is whole: what is before the last but one is needed no more. */
export function onWhole(state: State, { stream }: RegistrarOptions, ctx: Ctx): void {
  const { last, previous } = state.progress
  state.writing = undefined
  ctx.log('debug', 'a snapshot is whole', { position: last })
  if (previous !== undefined) ctx.tell(stream, { type: 'trim', before: previous })
}
