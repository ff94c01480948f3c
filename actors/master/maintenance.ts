/**
 * Maintenance: what operators want of agents. Decisions only.
 *
 * An agent that is deactivated is not offered; one that drains ends its tasks as well; one that is gone never
 * comes back. All of that is decided and recorded, so that the next master goes on with it; an agent that was
 * away when it was decided is told when it registers.
 */
import type { Ref } from '../../runtime/address.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { AgentId } from '../protocol/ids.js'
import type { OperatorAnswer, OperatorCall } from '../protocol/operator.js'
import { isTerminal } from '../protocol/task.js'
import { isOffered, type AgentRecord, type Drain, type GoneAgent } from './agent-record.js'
import { tellOfFailure } from './agents.js'
import { tasksOf, type Cluster } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { endTasksOf } from './ending.js'
import { forgetUntold } from './missing.js'
import { isoOf } from './iso.js'
import { rescindOfAgent } from './offering.js'

export type MaintenanceCall = Extract<OperatorCall, {
  type: 'operator-activate' | 'operator-deactivate' | 'operator-drain' | 'operator-gone'
}>

export function onMaintenance(knowledge: Knowledge, call: MaintenanceCall): Decision {
  const { agentId, replyTo } = call
  const { cluster } = knowledge
  const agent = cluster.agents.get(agentId)
  const gone = cluster.goneAgents.get(agentId)
  if (gone && call.type === 'operator-gone') return answer(replyTo, { type: 'done', changed: false })
  if (gone) return answer(replyTo, { type: 'not-found', problem: goneProblem(agentId, gone) })
  if (!agent) return answer(replyTo, { type: 'not-found', problem: `there is no agent '${agentId}'` })
  const decided = carryOut(knowledge, agent, call)
  return combine([decided ?? NOTHING, answer(replyTo, { type: 'done', changed: decided !== undefined })])
}

/** Undefined when it is so already. */
function carryOut(knowledge: Knowledge, agent: AgentRecord, call: MaintenanceCall): Decision | undefined {
  const { agentId } = agent
  switch (call.type) {
    case 'operator-deactivate': return isOffered(agent) ? deactivate(knowledge, agentId) : undefined
    case 'operator-activate': return isOffered(agent) ? undefined : activate(knowledge, agentId)
    case 'operator-drain': return drain(knowledge, agent, call)
    case 'operator-gone': return endAgent(knowledge, agent)
  }
}

function deactivate(knowledge: Knowledge, agentId: AgentId): Decision {
  return combine([
    withhold(knowledge, agentId),
    decision({ records: [{ type: 'agent-deactivated', agentId, atMs: knowledge.now }] }),
  ])
}

/** What a drain has begun to end still ends; from here on the agent is offered as any other. */
function activate({ present, now }: Knowledge, agentId: AgentId): Decision {
  return decision({
    records: [{ type: 'agent-activated', agentId, atMs: now }],
    allocator: present.agents.get(agentId)?.ref ? [{ type: 'activate-agent', agentId }] : [],
  })
}

/** Ordered again it is a new drain, which replaces the old one, unless nothing is said of how. */
function drain(
  knowledge: Knowledge, agent: AgentRecord, call: Extract<OperatorCall, { type: 'operator-drain' }>,
): Decision | undefined {
  const { present, cluster, now } = knowledge
  const { agentId } = agent
  const { graceMs, deadlineMs, gone } = call
  const says = graceMs !== undefined || deadlineMs !== undefined || gone !== undefined
  if (agent.drain && !says) return undefined
  const ordered = { graceMs, deadlineMs: deadlineMs === undefined ? undefined : now + deadlineMs }
  return combine([
    withhold(knowledge, agentId),
    decision({
      records: [{
        type: 'agent-draining', agentId, atMs: now,
        ...(graceMs === undefined ? {} : { graceMs }),
        ...(ordered.deadlineMs === undefined ? {} : { deadlineMs: ordered.deadlineMs }),
        ...(gone ? { gone } : {}),
      }],
      changes: [{ type: 'drain-told', agentId, isLast: false }],
      effects: drainOrder(cluster, present.agents.get(agentId)?.ref, ordered, now),
    }),
  ])
}

/** Nothing of it is on offer from here on. */
const withhold = (knowledge: Knowledge, agentId: AgentId): Decision => combine([
  rescindOfAgent(knowledge, agentId),
  decision({ allocator: [{ type: 'deactivate-agent', agentId }] }),
])

/** Its tasks are over whatever becomes of the machine, and it is told so, should it live. */
function endAgent(knowledge: Knowledge, { agentId, info }: AgentRecord): Decision {
  const { cluster, present, now } = knowledge
  const { hostname, name } = info
  const text = 'an operator has declared its agent gone'
  return combine([
    rescindOfAgent(knowledge, agentId),
    endTasksOf(knowledge, agentId, { state: 'GONE_BY_OPERATOR', reason: 'agent-removed', text }),
    // Its own updates are not heard any more.
    forgetUntold(knowledge, agentId),
    decision({
      records: [{ type: 'agent-gone', agentId, hostname, ...(name === undefined ? {} : { name }), atMs: now }],
      changes: [{ type: 'agent-forgotten', agentId }],
      allocator: [{ type: 'remove-agent', agentId }],
      effects: [
        ...refuseGone(cluster, agentId, { hostname, name, goneMs: now }, present.agents.get(agentId)?.ref),
        ...tellOfFailure(knowledge, agentId),
      ],
    }),
  ])
}

/** For an agent that is alive against what its operator believed. */
export const refuseGone = (
  { epoch }: Cluster, agentId: AgentId, gone: GoneAgent, ref: Ref<AgentEvent> | undefined,
): Effect[] => [
  ...tell(ref, { type: 'agent-refused', epoch, problem: goneProblem(agentId, gone) }),
  ...tell(ref, { type: 'drain-agent', epoch, graceMs: 0 }),
]

const goneProblem = (agentId: AgentId, { goneMs }: GoneAgent): string =>
  `an operator declared agent ${agentId} gone at ${isoOf(goneMs)}, and it is not taken again: `
  + 'start it with a fresh --work-dir, and it joins as a new agent'

/** What an agent that drains is to be told now. */
export function drainOrder(
  { epoch }: Cluster, ref: Ref<AgentEvent> | undefined, { graceMs, deadlineMs }: Pick<Drain, 'graceMs' | 'deadlineMs'>,
  now: number,
): Effect[] {
  const isOver = deadlineMs !== undefined && now >= deadlineMs
  const grace = isOver ? 0 : graceMs
  return tell(ref, { type: 'drain-agent', epoch, ...(grace === undefined ? {} : { graceMs: grace }) })
}

/** Sees drains through: hurries them when their deadline is over, ends idle executors, and lets go what is to go. */
export function onDrainSweep(knowledge: Knowledge): Decision {
  const { cluster, present, now } = knowledge
  const draining = [...cluster.agents.values()].filter((agent) => agent.drain !== undefined)
  if (draining.length === 0) return NOTHING
  const busy = busyAgents(cluster)
  const idling = new Set([...cluster.executors.values()].map(({ agentId }) => agentId))
  return combine([NOTHING, ...draining.map((agent) => {
    const { agentId } = agent
    const drain = agent.drain as Drain
    const ref = present.agents.get(agentId)?.ref
    if (!busy.has(agentId) && !idling.has(agentId)) return drain.gone ? endAgent(knowledge, agent) : NOTHING
    const isOver = drain.deadlineMs !== undefined && now >= drain.deadlineMs
    const isHurried = isOver && !present.hurried.has(agentId)
    if (!ref || (busy.has(agentId) && !isHurried)) return NOTHING
    return decision({
      changes: isOver ? [{ type: 'drain-told', agentId, isLast: true }] : [],
      effects: drainOrder(cluster, ref, drain, now),
    })
  })])
}

/** Agents with tasks that have not ended. */
export function busyAgents(cluster: Cluster): ReadonlySet<AgentId> {
  const busy = new Set<AgentId>()
  for (const { agentId, state } of tasksOf(cluster)) if (!isTerminal(state)) busy.add(agentId)
  return busy
}

const answer = (replyTo: Ref<OperatorAnswer>, said: OperatorAnswer): Decision =>
  decision({ effects: tell(replyTo, said) })
