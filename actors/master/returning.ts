/**
 * Returning: agents that come back with what the log says that they have, which is nearly all of them when another
 * master has begun to lead. They say a digest of it, and only those that differ are asked for all. Decisions only.
 */
import type { AgentCall } from '../protocol/agent.js'
import { digestOfHeld } from '../protocol/task-digest.js'
import { decision, tell, type Decision, type Knowledge } from './decision.js'
import { onRegister } from './registration.js'

type Return = Extract<AgentCall, { type: 'return-agent' }>

export function onReturn(knowledge: Knowledge, { digest, ...call }: Return): Decision {
  const { cluster } = knowledge
  const { agent, agentId } = call
  const tasks = [...cluster.tasksAt.of(agentId)].map(({ frameworkId, launchId, role, task, state }) =>
    ({ frameworkId, launchId, role, task, state }))
  const executors = [...cluster.executorsAt.of(agentId)]
  const isAsKnown = cluster.agents.has(agentId) && digestOfHeld(tasks, executors) === digest
  return isAsKnown
    ? onRegister(knowledge, { ...call, type: 'register-agent', tasks, executors })
    : decision({ effects: tell(agent, { type: 'account-wanted', epoch: cluster.epoch }) })
}
