/** Agent state: what an operator wants of an agent and, where that is not so, how it is connected. */
import type { AgentView } from '../../actors/protocol/operator.js'

/** `active`, `disconnected`, `draining`, `draining, unreachable` */
export function standingOf({ state, connection }: Pick<AgentView, 'state' | 'connection'>): string {
  const isSaid = state === connection || state === 'active' || state === 'gone' || connection === 'connected'
  return isSaid ? state : `${state}, ${connection}`
}
