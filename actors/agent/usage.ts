/** Usage: passes the question how busy the machine is on to it, and the answer back. */
import type { AgentEvent } from '../protocol/agent.js'
import type { UsageEvent } from '../protocol/usage.js'
import type { AgentOptions, Ctx, State } from './state.js'

export function onMeasure(
  state: State, { requestId, launches }: Extract<AgentEvent, { type: 'measure-machine' }>, { usage }: AgentOptions,
  ctx: Ctx,
): State {
  if (usage === undefined) {
    return onMeasured(state, { type: 'measuring-failed', requestId, reason: 'it does not measure itself' }, ctx)
  }
  ctx.tell(usage, { type: 'measure', launches, requestId, replyTo: ctx.self })
  return state
}

export function onMeasured(state: State, event: UsageEvent, ctx: Ctx): State {
  if (!state.master) return state
  const { requestId } = event
  const told = event.type === 'measured' ? { usage: event.usage } : { problem: event.reason }
  ctx.tell(state.master, { type: 'machine-measured', requestId, ...told })
  return state
}
