/**
 * Snapshotting: what a master does about snapshots, a piece at a time. Who leads has them written; all others make
 * the same of what they know at the same position, and compare: who differs has it all told anew.
 */
import type { Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { RegistrarCall, RegistrarEvent } from '../protocol/registrar.js'
import type { Cluster } from './cluster.js'
import type { Message } from './messages.js'
import { PIECE_PAUSE_MS, SnapshotMaking } from './snapshot-making.js'

interface Known {
  readonly cluster: Cluster
  readonly registrar: Ref<RegistrarCall>
  readonly making: SnapshotMaking | undefined
  readonly leading: boolean
}
type Ctx = Context<Message>

/** Of all that has been decided by now: what is decided from here on is appended behind its beginning. */
export function beginSnapshot<S extends Known>(state: S, snapshot: number, ctx: Ctx): S {
  if (!state.leading) return state
  ctx.tell(state.registrar, { type: 'snapshot-begin', snapshot })
  return makeSnapshot(state, snapshot, ctx)
}

export function makeSnapshot<S extends Known>(state: S, snapshot: number, ctx: Ctx): S {
  ctx.after('snapshot', PIECE_PAUSE_MS, { type: 'snapshot-piece' })
  return { ...state, making: new SnapshotMaking(state.cluster, snapshot) }
}

export function onPiece<S extends Known>(state: S, ctx: Ctx): S {
  const { making, registrar, leading } = state
  const piece = making?.next()
  if (!making) return state
  const { snapshot, result: { parts, hash } } = making
  if (piece) ctx.after('snapshot', PIECE_PAUSE_MS, { type: 'snapshot-piece' })
  if (!leading) return state
  if (piece) {
    ctx.tell(registrar, { type: 'snapshot-part', snapshot, part: parts, ...piece })
    return state
  }
  ctx.tell(registrar, { type: 'snapshot-end', snapshot, parts, hash })
  return { ...state, making: undefined }
}

/** @returns undefined when what this master knows is not what the leader knew */
export function compare<S extends Known>(
  state: S, { snapshot, hash }: Extract<RegistrarEvent, { type: 'snapshot-ended' }>, ctx: Ctx,
): S | undefined {
  const { making } = state
  if (making?.snapshot !== snapshot) return state
  ctx.cancel('snapshot')
  while (making.next()) { /* The rest of it, for its hash. */ }
  const own = making.result.hash
  if (own === hash) return { ...state, making: undefined }
  ctx.log('error', 'what this master knows is not what the leader knew: it begins again with the leader\'s snapshot', {
    own, leader: hash, epoch: state.cluster.epoch,
  })
  return undefined
}
