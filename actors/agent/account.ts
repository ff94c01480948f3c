/** Account: what an agent says of itself when it registers: who it is, what it holds, and what has ended there. */
import type { AgentCall, AgentInfo } from '../protocol/agent.js'
import { digestOfHeld } from '../protocol/task-digest.js'
import { heldOf } from './memory.js'
import type { Ctx, State } from './state.js'

type Register = Extract<AgentCall, { type: 'register-agent' }>
type Account = Pick<Register, 'tasks' | 'executors' | 'ended'>

/**
 * How the agent joins, or comes back. To a new leader it is mostly as that knows it already from the log: then a
 * digest is enough. @param isAsked the leader wants to know all, or has not answered
 */
export function introduction(state: State, info: AgentInfo, isAsked: boolean, ctx: Ctx): AgentCall {
  const { memory: { agentId, life, tasks }, active: { executors }, epoch } = state
  const common = { agent: ctx.self, info, epoch, ...(life?.number === undefined ? {} : { life: life.number }) }
  if (agentId === undefined || tasks.size === 0 || isAsked) {
    return { type: 'register-agent', ...common, ...(agentId === undefined ? {} : { agentId }), ...accountOf(state) }
  }
  return { type: 'return-agent', ...common, agentId, digest: digestOfHeld(tasks.values(), executors.values()) }
}

function accountOf({ memory, active }: State): Account {
  return {
    tasks: [...memory.tasks.values()].map(heldOf),
    executors: [...active.executors.values()].map(({ frameworkId, executorId }) => ({ frameworkId, executorId })),
    ended: [...memory.ends].map(([launchId, { state }]) => ({ launchId, state })),
  }
}
