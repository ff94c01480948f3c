/** Account: what an agent says of itself when it registers (who it is, what it holds, what ended there), and hears. */
import type { AgentCall, AgentEvent, AgentInfo } from '../protocol/agent.js'
import { digestOfHeld } from '../protocol/task-digest.js'
import { heldOf, remember } from './memory.js'
import { IDENTITY, type AgentOptions, type Ctx, type State } from './state.js'

type Register = Extract<AgentCall, { type: 'register-agent' }>
type Account = Pick<Register, 'tasks' | 'executors' | 'ended'>

/**
 * How the agent joins, or comes back. To a new leader it is mostly as that knows it already from the log: then a
 * digest is enough. @param isAsked the leader wants to know all, or has not answered
 */
export function introduction(state: State, info: AgentInfo, isAsked: boolean, ctx: Ctx): AgentCall {
  const { memory: { agentId, life, tasks }, active, epoch } = state
  const statement = ++active.statements
  const ofLife = life?.number === undefined ? {} : { life: life.number }
  const common = { agent: ctx.self, info, epoch, statement, ...ofLife }
  if (agentId === undefined || tasks.size === 0 || isAsked) {
    return { type: 'register-agent', ...common, ...(agentId === undefined ? {} : { agentId }), ...accountOf(state) }
  }
  return { type: 'return-agent', ...common, agentId, digest: digestOfHeld(tasks.values(), active.executors.values()) }
}

/** It has an id from now on. Should the disk refuse that, it is written with the next launch. */
export function become(
  state: State, { agentId, cluster }: Extract<AgentEvent, { type: 'agent-registered' }>, { journal }: AgentOptions,
  ctx: Ctx,
): void {
  const entry = { type: 'became-agent', agentId, cluster } as const
  remember(state.memory, entry)
  state.active.unwrittenId = entry
  ctx.tell(journal, { type: 'append', records: [entry], token: IDENTITY, replyTo: ctx.self })
}

/** It is to register, and what it has said before may be true no more. */
export function restate(state: State): State {
  outdate(state)
  return { ...state, phase: 'registering' }
}

/** Only an answer to what is said from now on shows that the master knows what is true now. */
export function outdate({ active }: State): void {
  active.answeredFrom = active.statements + 1
}

/** It answers what was true once, and may have been held up for long. Older masters do not say what they answer. */
export const isOutdated = ({ active }: State, statement = Infinity): boolean => statement < active.answeredFrom

function accountOf({ memory, active }: State): Account {
  return {
    tasks: [...memory.tasks.values()].map(heldOf),
    executors: [...active.executors.values()].map(({ frameworkId, executorId }) => ({ frameworkId, executorId })),
    ended: [...memory.ends].map(([launchId, { state }]) => ({ launchId, state })),
  }
}
