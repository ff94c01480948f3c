/** Leaving: how an agent goes in order: it ends its tasks, sees their ends acknowledged, and says goodbye. */
import type { Ref } from '../../runtime/address.js'
import type { Ctx, State } from './state.js'
import { endAll } from './tasks.js'

/** How long the ends of its tasks may take to be acknowledged before an agent leaves all the same. */
export const LEAVE_TIMEOUT_MS = 8_000
const LEAVE_GRACE_MS = 3_000

export function leave(state: State, replyTo: Ref<{ readonly type: 'left' }>, ctx: Ctx): State {
  endAll(state, LEAVE_GRACE_MS, ctx)
  ctx.after('leave', LEAVE_TIMEOUT_MS, { type: 'check-left' })
  return checkLeft({ ...state, phase: 'leaving', leaver: replyTo }, ctx)
}

/** Leaves once nothing is left to see through. */
export function checkLeft(state: State, ctx: Ctx): State {
  const idle = state.memory.tasks.size === 0 && state.active.admitting.size === 0
  return state.leaver && idle ? left(state, ctx) : state
}

/** Leaves now. */
export function left(state: State, ctx: Ctx): State {
  const { agentId, life: { number: life } = {} } = state.memory
  const goodbye = { type: 'unregister-agent', agent: ctx.self, ...(life === undefined ? {} : { life }) } as const
  if (state.master && agentId) ctx.tell(state.master, { ...goodbye, agentId })
  if (state.leaver) ctx.tell(state.leaver, { type: 'left' })
  return { ...state, leaver: undefined }
}
