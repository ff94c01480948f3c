/**
 * Agents: how they stay and go; `registration.ts` has how they come. Decisions only.
 *
 * An agent that breaks off is first only away: its offers are rescinded, its tasks run on. If it stays
 * away it becomes unreachable, and its frameworks are told; if it comes back, nothing is killed.
 */
import type { AgentCall } from '../protocol/agent.js'
import type { AgentId } from '../protocol/ids.js'
import { isOffered } from './agent-record.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { endTasksOf } from './ending.js'
import { forgetEnded, forgetUntold } from './missing.js'
import { rescindOfAgent } from './offering.js'

type Unregister = Omit<Extract<AgentCall, { type: 'unregister-agent' }>, 'type'>

/** So many pings fit into the time after which a silent agent is unreachable. */
export const PINGS_MISSED_MAX = 5

/** Agents that are unreachable and remembered; of more, those leave that have been so for longest. */
export const UNREACHABLE_AGENTS_MAX = 10_000

/** An agent that is away keeps its tasks and its place; only what was on offer there is not any more. */
export function onAgentLost(knowledge: Knowledge, agentId: AgentId): Decision {
  const { cluster, present } = knowledge
  return combine([
    rescindOfAgent(knowledge, agentId),
    decision({
      changes: [{ type: 'agent-unlinked', agentId, atMs: knowledge.now }],
      allocator: [{ type: 'deactivate-agent', agentId }],
      // The words of an earlier life may have come late, and the one that is there taken for the older.
      effects: tell(present.agents.get(agentId)?.former, { type: 'ping', epoch: cluster.epoch, connected: false }),
    }),
  ])
}

/** One that operators hold back is remembered: what they want of it still holds when it is started again. */
export function onUnregister(knowledge: Knowledge, { agentId, agent: who, life }: Unregister): Decision {
  const { cluster, present, now } = knowledge
  const agent = cluster.agents.get(agentId)
  const link = present.agents.get(agentId)
  // The goodbye of an earlier life that comes after the next has registered.
  if (!agent || (who !== undefined && link?.ref !== undefined && link.ref !== who)) return NOTHING
  if ((life ?? Infinity) < (link?.life ?? 0)) return NOTHING
  const executors = [...cluster.executors.values()].filter((executor) => executor.agentId === agentId)
  const ended = executors.map(({ frameworkId, executorId }) =>
    ({ type: 'executor-ended', frameworkId, agentId, executorId }) as const)
  const text = 'the agent has left the cluster'
  return combine([
    rescindOfAgent(knowledge, agentId),
    endTasksOf(knowledge, agentId, { state: 'LOST', reason: 'agent-removed', text }),
    forgetUntold(knowledge, agentId),
    decision({
      records: isOffered(agent) ? [{ type: 'agent-removed', agentId, atMs: now }]
        : [...ended, { type: 'agent-unreachable', agentId, atMs: now }],
      changes: [{ type: 'agent-forgotten', agentId }],
      allocator: [{ type: 'remove-agent', agentId }],
      effects: tellOfFailure(knowledge, agentId),
    }),
  ])
}

/** Pings who is there; whoever has missed too many, or is away too long, becomes unreachable. */
export function onPingRound(knowledge: Knowledge): Decision {
  const { cluster, present, now } = knowledge
  return combine([forgetUnreachable(knowledge), ...[...present.agents].map(([agentId, link]) => {
    if (cluster.agents.get(agentId)?.unreachableSinceMs !== undefined) return NOTHING
    const silent = link.ref ? link.missed >= PINGS_MISSED_MAX : now - link.sinceMs >= present.agentTimeoutMs
    if (silent) return unreachable(knowledge, agentId)
    return decision({
      changes: [{ type: 'agent-pinged', agentId }],
      effects: tell(link.ref, { type: 'ping', epoch: cluster.epoch, connected: true }),
    })
  })])
}

function unreachable(knowledge: Knowledge, agentId: AgentId): Decision {
  const text = 'its agent has not been heard for too long'
  return combine([
    rescindOfAgent(knowledge, agentId),
    endTasksOf(knowledge, agentId, { state: 'UNREACHABLE', reason: 'agent-removed', text }),
    decision({
      records: [{ type: 'agent-unreachable', agentId, atMs: knowledge.now }],
      changes: [{ type: 'agent-forgotten', agentId }],
      allocator: [{ type: 'remove-agent', agentId }],
      effects: tellOfFailure(knowledge, agentId),
    }),
  ])
}

/** Whoever of them comes back all the same is taken in as a new agent, and what ended with it is killed. */
function forgetUnreachable(knowledge: Knowledge): Decision {
  const { cluster: { agents }, now } = knowledge
  const away = [...agents.values()].flatMap(({ agentId, unreachableSinceMs: sinceMs }) =>
    sinceMs === undefined ? [] : [{ agentId, sinceMs }])
  if (away.length <= UNREACHABLE_AGENTS_MAX) return NOTHING
  const longest = away.sort((one, other) => one.sinceMs - other.sinceMs).slice(0, away.length - UNREACHABLE_AGENTS_MAX)
  const text = 'its agent has been unreachable for longer than is remembered'
  return combine([NOTHING, ...longest.flatMap(({ agentId }) => [
    endTasksOf(knowledge, agentId, { state: 'LOST', reason: 'agent-removed', text }),
    forgetEnded(knowledge, agentId, new Set(), 'agent-removed'),
    decision({
      records: [{ type: 'agent-removed', agentId, atMs: now }],
      changes: [{ type: 'agent-forgotten', agentId }],
      allocator: [{ type: 'remove-agent', agentId }],
    }),
  ])])
}

export const tellOfFailure = ({ present }: Knowledge, agentId: AgentId): Effect[] =>
  [...present.schedulers.values()].flatMap(({ ref }) => tell(ref, { type: 'failure', agentId }))
