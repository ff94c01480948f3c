/**
 * Allocate: one run of the allocator; decides who is offered what is left of some agents.
 *
 * Roles are asked in the order of their shares, and within a role its frameworks, both taken afresh for
 * each agent, so that what was granted a moment ago counts. Agents come in random order, so that nobody
 * always gets the leftovers of the same machine. The first who may have an agent is offered all that is
 * left of it: a scheduler can choose only from what it sees. `shareOffers` divides it instead.
 */
import type { Random } from '../../runtime/random.js'
import type { Grant, Turn } from '../protocol/allocator.js'
import type { AgentId, FrameworkId, Role } from '../protocol/ids.js'
import { add, isEmpty, subtract, type Resources } from '../resources/resources.js'
import type { Allocation } from './allocation.js'
import { cutPart, fairParts } from './fair-parts.js'

interface Competitor {
  readonly frameworkId: FrameworkId
  readonly role: Role
  /** Which part of the agent would be fair. */
  readonly part: number
  readonly turn: Turn
}

/**
 * Grants what is left of these agents, or of every agent. All that is granted is charged already; the
 * caller recovers what cannot be offered after all.
 */
export function allocate(
  allocation: Allocation, agentIds: Iterable<AgentId> | 'all', nowMs: number, random: Random,
): Grant[] {
  const open = allocation.openAgents()
  const candidates = agentIds === 'all' ? [...open] : [...new Set(agentIds)].filter((each) => open.has(each))
  shuffle(candidates, random)
  // A pass that satisfies guarantees comes before this one when there are quotas, over the same candidates.
  const grants: Grant[] = []
  for (const agentId of candidates) {
    for (const grant of grantsOf(allocation, agentId, nowMs)) {
      allocation.charge(grant.frameworkId, grant.role, agentId, grant.resources)
      grants.push(grant)
    }
  }
  return grants
}

/** Who would be granted what of this agent, were it the next that is looked at. Nothing is charged. */
export const grantsOf = (allocation: Allocation, agentId: AgentId, nowMs: number): readonly Grant[] =>
  allocation.policy.shareOffers ? sharedGrants(allocation, agentId, nowMs) : wholeGrant(allocation, agentId, nowMs)

/** All that is left, to the first who may have it. */
function wholeGrant(allocation: Allocation, agentId: AgentId, nowMs: number): Grant[] {
  for (const { name: role, share: roleShare } of allocation.shares.orderedRoles()) {
    for (const { name: frameworkId, share } of allocation.shares.orderedFrameworks(role)) {
      if (!allocation.mayOffer(frameworkId, role, agentId, nowMs)) continue
      // Reservations of the role, and the limits of its quota, will cut here what it is offered.
      return [{ frameworkId, role, agentId, resources: allocation.available(agentId), turn: { roleShare, share } }]
    }
  }
  return []
}

/**
 * A fair part to each who may have the agent, the one with the least first. Who has refused as little as
 * its part, or would get less than is worth offering, is offered all that is left instead: parts must not
 * keep a task out that needs more than a part. What nobody takes goes with the last grant, since nothing
 * may happen to this agent for a long time.
 */
function sharedGrants(allocation: Allocation, agentId: AgentId, nowMs: number): Grant[] {
  const whole = allocation.available(agentId)
  const grants: (Omit<Grant, 'resources'> & { resources: Resources })[] = []
  let rest = whole
  for (const { frameworkId, role, part, turn } of competitorsFor(allocation, agentId, whole, nowMs)) {
    const choices = [cutPart(whole, rest, part), rest]
    const resources = choices.find((choice) => allocation.mayOffer(frameworkId, role, agentId, nowMs, choice))
    if (resources === undefined) continue
    grants.push({ frameworkId, role, agentId, resources, turn })
    rest = subtract(rest, resources)
    if (isEmpty(rest)) return grants
  }
  const last = grants.at(-1)
  if (last !== undefined) last.resources = add(last.resources, rest)
  return grants
}

/** Who may have all of the agent and should have some, in order, with the part that would be fair. */
function competitorsFor(
  allocation: Allocation, agentId: AgentId, whole: Resources, nowMs: number,
): Competitor[] {
  const { shares } = allocation
  const amount = shares.pool.dominantPart(whole)
  const roles = shares.orderedRoles().flatMap(({ name: role, share, weight }) => {
    const frameworks = shares.orderedFrameworks(role)
      .filter(({ name }) => allocation.mayOffer(name, role, agentId, nowMs))
    return frameworks.length === 0 ? [] : [{ role, share, weight, frameworks }]
  })
  const roleParts = fairParts(roles, amount)
  return roles.flatMap(({ role, share: roleShare, frameworks }, index) => {
    const rolePart = roleParts[index] ?? 0
    const parts = fairParts(frameworks, amount * rolePart)
    return frameworks
      .map(({ name, share }, place) => ({
        frameworkId: name, role, part: rolePart * (parts[place] ?? 0), turn: { roleShare, share },
      }))
      .filter(({ part }) => part > 0)
  })
}

function shuffle<Item>(items: Item[], random: Random): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random.next() * (index + 1))
    const item = items[index] as Item
    items[index] = items[other] as Item
    items[other] = item
  }
}
