/**
 * Returning: agents that come back with what the log says that they have, which is nearly all of them when another
 * master has begun to lead. They say a digest of it, and only those that differ are asked for all. Decisions only.
 */
import type { AgentCall } from '../protocol/agent.js'
import { digestOfHeld } from '../protocol/task-digest.js'
import { isOffered } from './agent-record.js'
import { decision, tell, type Decision, type Knowledge } from './decision.js'
import { liveTasksOf } from './ending.js'
import { onRegister, registered } from './registration.js'

type Return = Extract<AgentCall, { type: 'return-agent' }>

export function onReturn(knowledge: Knowledge, call: Return): Decision {
  const { cluster, now } = knowledge
  const { agent, agentId, life } = call
  const held = [cluster.tasksAt.of(agentId), cluster.executorsAt.of(agentId)] as const
  if (!cluster.agents.has(agentId) || digestOfHeld(...held) !== call.digest) {
    return decision({ effects: tell(agent, { type: 'account-wanted', epoch: cluster.epoch }) })
  }
  if (!isUndisturbed(knowledge, call)) return onRegister(knowledge, fullOf(knowledge, call))
  return decision({
    changes: [{ type: 'agent-linked', agentId, ref: agent, atMs: now, life, isUnchanged: true }],
    allocator: [{ type: 'activate-agent', agentId }],
    effects: registered(knowledge, agentId, call),
  })
}

/** What the agent would have said at length. */
export function fullOf({ cluster }: Knowledge, { digest: _, ...call }: Return) {
  const { agentId } = call
  const tasks = [...cluster.tasksAt.of(agentId)].map(({ frameworkId, launchId, role, task, state }) =>
    ({ frameworkId, launchId, role, task, state }))
  return { ...call, type: 'register-agent', tasks, executors: [...cluster.executorsAt.of(agentId)] } as const
}

/**
 * It was away, and nothing else: whatever there is to decide about agents that come back, nothing of it is about this
 * one. When all come at once, that is what the time goes into.
 */
function isUndisturbed({ cluster, present }: Knowledge, { agentId, info, life = Infinity }: Return): boolean {
  const [known, link] = [cluster.agents.get(agentId), present.agents.get(agentId)]
  if (!known || !link || link.ref || life < (link.life ?? 0)) return false
  const { kills } = present
  const isToKill = kills.size > 0 && liveTasksOf(cluster, agentId).some(({ launchId }) => kills.has(launchId))
  return known.unreachableSinceMs === undefined && isOffered(known) && !isToKill
    && present.offersOf.isEmpty(agentId) && JSON.stringify(known.info) === JSON.stringify(info)
}
