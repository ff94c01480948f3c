/**
 * Explaining: passes an operator's "why is it not offered that?" on to the allocator, and adds to the answer
 * what only the master knows: how agents are, which offers and tasks hold them. Decisions only.
 */
import type { AllocatorEvent, Turn } from '../protocol/allocator.js'
import {
  AGENTS_EXPLAINED_MAX, FRAMEWORKS_EXPLAINED_MAX, HOLDERS_NAMED_MAX, PAIRS_EXPLAINED_MAX, type AgentExplanation,
  type ExplainCall, type FrameworkExplanation, type FrameworkVerdict, type ReasonView, type RoleReason, type Verdict,
} from '../protocol/explanation.js'
import type { AgentId, FrameworkId, Role } from '../protocol/ids.js'
import { isTerminal } from '../protocol/task.js'
import { amountsOf } from '../resources/amounts.js'
import { add, NONE, type Resources } from '../resources/resources.js'
import type { AgentRecord } from './agent-record.js'
import type { FrameworkRecord } from './cluster.js'
import { decision, tell, type Decision, type Knowledge } from './decision.js'
import { isoOf } from './iso.js'

export function onExplain({ cluster }: Knowledge, call: ExplainCall): Decision {
  const { role, replyTo } = call
  const agentIds = [...cluster.agents.keys()]
  const affordable = Math.max(1, Math.floor(PAIRS_EXPLAINED_MAX / Math.max(1, agentIds.length)))
  const frameworkIds = call.frameworkIds.slice(0, Math.min(FRAMEWORKS_EXPLAINED_MAX, affordable))
  const question = { frameworkIds, ...(role === undefined ? {} : { role }), agentIds, replyTo }
  return decision({ allocator: [{ type: 'explain', question }] })
}

/** Who or what has gone since the question is left out. */
export function onExplanation(
  knowledge: Knowledge, { question, verdicts }: Extract<AllocatorEvent, { type: 'explanation' }>,
): Decision {
  const frameworks = verdicts.flatMap((verdict) => {
    const framework = knowledge.cluster.frameworks.get(verdict.frameworkId)
    return framework ? [explanationOf(knowledge, framework, verdict)] : []
  })
  return decision({ effects: tell(question.replyTo, { type: 'explanation', frameworks }) })
}

function explanationOf(
  knowledge: Knowledge, framework: FrameworkRecord, { standings, verdicts }: FrameworkVerdict,
): FrameworkExplanation {
  const { frameworkId, info, tasks } = framework
  const { cluster, present } = knowledge
  const link = present.schedulers.get(frameworkId)
  const known = verdicts.filter(({ agentId }) => cluster.agents.has(agentId))
  const before = standings.flatMap(({ ofFramework }) => ofFramework.before.map(({ name }) => name))
  return {
    framework: frameworkId, name: info.name, state: link?.ref === undefined ? 'disconnected' : 'active',
    roles: info.roles, suppressed: link?.suppressed ?? [],
    ...(info.needs === undefined ? {} : { needs: amountsOf(info.needs) }),
    tasks: [...tasks.values()].filter(({ state }) => !isTerminal(state)).length,
    offers: [...present.offersTo.of(frameworkId)].length,
    names: Object.fromEntries(before.map((id) => [id, nameOf(knowledge, id)])),
    standings, agentsTotal: known.length, serving: known.filter(({ reasons }) => reasons.length === 0).length,
    counts: countsOf(known),
    agents: known.slice(0, AGENTS_EXPLAINED_MAX).map((verdict) => agentExplanation(knowledge, framework, verdict)),
  }
}

function countsOf(verdicts: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reasons } of verdicts) {
    for (const kind of new Set(reasons.map((reason) => reason.kind))) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

function agentExplanation(
  knowledge: Knowledge, framework: FrameworkRecord, { agentId, available, reasons }: Verdict,
): AgentExplanation {
  const agent = knowledge.cluster.agents.get(agentId) as AgentRecord
  const { name, hostname } = agent.info
  return {
    agent: agentId, ...(name === undefined ? {} : { name }), hostname, free: amountsOf(available),
    reasons: [
      ...reasons.flatMap((reason) => viewsOf(knowledge, agent, reason)),
      ...reasons.some(isOfRoom) && !reasons.some(isOfSize) ? holdersOf(knowledge, framework, agentId) : [],
    ],
  }
}

/** There might be no such reason if nobody held anything of the agent. */
const isOfRoom = (reason: RoleReason): boolean =>
  reason.kind === 'nothing-left' || reason.kind === 'below-minimum' || reason.kind === 'short'

/** Even if nobody did, it would be too small. */
const isOfSize = (reason: RoleReason): boolean =>
  reason.kind === 'short' && reason.lacks.some(({ total }) => total !== undefined)

function viewsOf(knowledge: Knowledge, agent: AgentRecord, reason: RoleReason): ReasonView[] {
  const ofRole = reason.role === undefined ? {} : { role: reason.role }
  switch (reason.kind) {
    case 'agent-unknown': case 'agent-inactive': {
      const standing = standingOf(knowledge, agent)
      return standing.length > 0 ? standing : [{ kind: reason.kind }]
    }
    case 'filtered': {
      const { untilMs, refused, offerId } = reason
      const offer = offerId === undefined ? {} : { offer: offerId }
      return [{ kind: 'filtered', until: isoOf(untilMs), refused: amountsOf(refused), ...offer, ...ofRole }]
    }
    case 'outranked': {
      const { kind, frameworkId, byRole, level, share, theirs } = reason
      const name = nameOf(knowledge, frameworkId)
      return [{ kind, framework: frameworkId, name, byRole, level, share, theirs, ...ofRole }]
    }
    default: return [reason]
  }
}

/** What the allocator is told of as an agent that is not there, or not active. */
function standingOf({ present, now }: Knowledge, agent: AgentRecord): ReasonView[] {
  const { agentId, unreachableSinceMs, drain, deactivated } = agent
  const link = present.agents.get(agentId)
  const isAway = link?.ref === undefined
  return [
    ...unreachableSinceMs !== undefined ? [{ kind: 'unreachable', since: isoOf(unreachableSinceMs) } as const]
      : isAway ? [{ kind: 'disconnected', since: isoOf(link?.sinceMs ?? now) } as const] : [],
    ...drain ? [{ kind: 'draining', since: isoOf(drain.sinceMs) } as const] : [],
    ...deactivated ? [{ kind: 'deactivated' } as const] : [],
  ]
}

/** Offers that are out, and tasks. */
function holdersOf(knowledge: Knowledge, own: FrameworkRecord, agentId: AgentId): ReasonView[] {
  const { present } = knowledge
  const offers = [...present.offersOf.of(agentId)].slice(0, HOLDERS_NAMED_MAX)
    .map(({ offerId, frameworkId, role, resources }): ReasonView => ({
      kind: 'held', offer: offerId, framework: frameworkId, name: nameOf(knowledge, frameworkId),
      isOwn: frameworkId === own.frameworkId, resources: amountsOf(resources),
      since: isoOf(present.offers.get(offerId)?.madeMs ?? knowledge.now),
      ...turnOf(present.offers.get(offerId)?.turn, role, own),
    }))
  const users = [...usersOf(knowledge, agentId)].slice(0, HOLDERS_NAMED_MAX)
    .map(([framework, { tasks, resources }]): ReasonView => ({
      kind: 'in-use', framework, name: nameOf(knowledge, framework), isOwn: framework === own.frameworkId, tasks,
      resources: amountsOf(resources),
    }))
  return [...offers, ...users]
}

const turnOf = (turn: Turn | undefined, role: Role, { info }: FrameworkRecord) => {
  if (turn === undefined) return {}
  return { turn: info.roles.includes(role) ? { share: turn.share } : { role, share: turn.roleShare } }
}

interface Use {
  readonly tasks: number
  readonly resources: Resources
}

function usersOf({ cluster }: Knowledge, agentId: AgentId): Map<FrameworkId, Use> {
  const users = new Map<FrameworkId, Use>()
  const use = (frameworkId: FrameworkId, resources: Resources, more: number): void => {
    const { tasks, resources: before } = users.get(frameworkId) ?? { tasks: 0, resources: NONE }
    users.set(frameworkId, { tasks: tasks + more, resources: add(before, resources) })
  }
  for (const { frameworkId, task, state } of cluster.tasksAt.of(agentId)) {
    if (!isTerminal(state)) use(frameworkId, task.resources, 1)
  }
  for (const { frameworkId, resources } of cluster.executorsAt.of(agentId)) use(frameworkId, resources, 0)
  return users
}

const nameOf = ({ cluster }: Knowledge, frameworkId: FrameworkId): string =>
  cluster.frameworks.get(frameworkId)?.info.name ?? ''
