/** Account: what an agent says of itself when it registers: who it is, what it holds, and what has ended there. */
import type { AgentCall } from '../protocol/agent.js'
import { heldOf } from './memory.js'
import type { State } from './state.js'

type Register = Extract<AgentCall, { type: 'register-agent' }>
type Account = Pick<Register, 'agentId' | 'life' | 'tasks' | 'executors' | 'ended'>

export function accountOf({ memory, active }: State): Account {
  const { agentId, life } = memory
  return {
    ...(agentId === undefined ? {} : { agentId }),
    ...(life?.number === undefined ? {} : { life: life.number }),
    tasks: [...memory.tasks.values()].map(heldOf),
    executors: [...active.executors.values()].map(({ frameworkId, executorId }) => ({ frameworkId, executorId })),
    ended: [...memory.ends].map(([launchId, { state }]) => ({ launchId, state })),
  }
}
