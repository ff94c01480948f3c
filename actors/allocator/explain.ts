/**
 * Explain: why frameworks are not offered agents, by the predicates and the order that allocating goes by.
 *
 * An agent without a reason would be offered, were it the next that is looked at; one that might be offered
 * and would go to somebody else has that as its reason. What is granted a moment later counts then.
 */
import type { ExplainQuestion, Grant } from '../protocol/allocator.js'
import {
  BEFORE_NAMED_MAX, type FrameworkVerdict, type Outranked, type Place, type Reason, type RoleReason, type Standing,
} from '../protocol/explanation.js'
import { DEFAULT_ROLE, type AgentId, type FrameworkId, type Role } from '../protocol/ids.js'
import { grantsOf } from './allocate.js'
import type { Allocation } from './allocation.js'
import type { Standing as Ordered } from './sorter.js'

/** What differs from role to role of one framework. */
const OF_ROLE: ReadonlySet<Reason['kind']> = new Set(['not-subscribed', 'suppressed', 'filtered', 'outranked'])

export function explain(
  allocation: Allocation, { frameworkIds, role, agentIds }: Omit<ExplainQuestion, 'replyTo'>, nowMs: number,
): FrameworkVerdict[] {
  const granted = new Map<AgentId, readonly Grant[]>()
  const grants = (agentId: AgentId): readonly Grant[] => {
    const known = granted.get(agentId) ?? grantsOf(allocation, agentId, nowMs)
    granted.set(agentId, known)
    return known
  }
  return frameworkIds.map((frameworkId) => {
    const own = allocation.rolesOf(frameworkId)
    const roles = role !== undefined ? [role] : own.length > 0 ? own : [DEFAULT_ROLE]
    return {
      frameworkId,
      standings: roles.map((each) => standingOf(allocation, frameworkId, each)),
      verdicts: agentIds.map((agentId) => ({
        agentId, available: allocation.available(agentId),
        reasons: reasonsOf(allocation, frameworkId, roles, agentId, nowMs, grants),
      })),
    }
  })
}

/** Nothing where it would be offered in one of the roles; else what is in the way in each of them. */
function reasonsOf(
  allocation: Allocation, frameworkId: FrameworkId, roles: readonly Role[], agentId: AgentId, nowMs: number,
  grants: (agentId: AgentId) => readonly Grant[],
): readonly RoleReason[] {
  const found: RoleReason[] = []
  for (const role of roles) {
    const reasons: Reason[] = []
    if (allocation.mayOffer(frameworkId, role, agentId, nowMs, undefined, reasons)) {
      const [first] = grants(agentId)
      if (first === undefined || grants(agentId).some((each) => isTo(each, frameworkId, role))) return []
      reasons.push(outranked(allocation, frameworkId, role, first))
    }
    for (const reason of reasons) {
      if (OF_ROLE.has(reason.kind)) found.push({ ...reason, role })
      else if (!found.some(({ kind }) => kind === reason.kind)) found.push(reason)
    }
  }
  return found
}

const isTo = (grant: Grant, frameworkId: FrameworkId, role: Role): boolean =>
  grant.frameworkId === frameworkId && grant.role === role

function outranked({ shares }: Allocation, frameworkId: FrameworkId, role: Role, by: Grant): Outranked {
  const whose = { frameworkId: by.frameworkId, byRole: by.role }
  return by.role === role
    ? {
        kind: 'outranked', level: 'framework', ...whose,
        share: shares.frameworkShare(frameworkId, role), theirs: shares.frameworkShare(by.frameworkId, role),
      }
    : { kind: 'outranked', level: 'role', ...whose, share: shares.roleShare(role), theirs: shares.roleShare(by.role) }
}

function standingOf({ shares }: Allocation, frameworkId: FrameworkId, role: Role): Standing {
  return {
    role, weight: shares.weight(role),
    ofRole: placeIn(shares.orderedRoles(), role, shares.roleShare(role)),
    ofFramework: placeIn(shares.orderedFrameworks(role), frameworkId, shares.frameworkShare(frameworkId, role)),
  }
}

function placeIn<Name extends string>(ordered: readonly Ordered<Name>[], own: Name, share: number): Place<Name> {
  const index = ordered.findIndex(({ name }) => name === own)
  const before = ordered.slice(0, Math.min(Math.max(index, 0), BEFORE_NAMED_MAX))
    .map((each) => ({ name: each.name, share: each.share }))
  return { share, ...(index < 0 ? {} : { place: index + 1 }), of: ordered.length, before }
}
