/**
 * Eligibility: why an agent may not be offered to a framework in a role, one predicate for each side of it.
 *
 * The same predicates serve who allocates and who asks "why is it waiting?", so that the two can never
 * disagree. What holds of an agent whoever asks is found out when its books change, and not at each question.
 */
import type { Lack, Obstacle } from '../protocol/explanation.js'
import type { Role } from '../protocol/ids.js'
import { amountsOf, of } from '../resources/amounts.js'
import { contains, isEmpty, NONE, type Resources } from '../resources/resources.js'

export interface Policy {
  /** What is worth offering: at least one of these. */
  readonly minimum: readonly Resources[]
  /** Whether frameworks that compete for an agent are offered parts of it; see `fair-parts.ts`. */
  readonly shareOffers: boolean
}

export const POLICY: Policy = { minimum: [of({ cpus: 0.01 }), of({ mem: 32 })], shareOffers: false }

export interface Framework {
  roles: ReadonlySet<Role>
  suppressed: Set<Role>
  active: boolean
  /** It has no use for less. */
  needs: Resources | undefined
}

const obstacle = (kind: Obstacle['kind']): readonly Obstacle[] => [{ kind }]

const FREE: readonly Obstacle[] = []
const NOTHING_LEFT = obstacle('nothing-left')
export const BELOW_MINIMUM = obstacle('below-minimum')
export const AGENT_UNKNOWN = obstacle('agent-unknown')
const FRAMEWORK_UNKNOWN = obstacle('framework-unknown')

/** Why nobody at all may be offered anything of the agent. */
export function agentObstacles(active: boolean, available: Resources, policy: Policy): readonly Obstacle[] {
  const ofRoom = isEmpty(available) ? NOTHING_LEFT : isWorthOffering(available, policy) ? FREE : BELOW_MINIMUM
  return active ? ofRoom : [...obstacle('agent-inactive'), ...ofRoom]
}

/** Why the framework may not be offered anything of any agent in the role. */
export function frameworkObstacles(framework: Framework | undefined, role: Role): readonly Obstacle[] {
  if (framework === undefined) return FRAMEWORK_UNKNOWN
  const isListed = framework.active && framework.roles.has(role) && !framework.suppressed.has(role)
  if (isListed) return FREE
  return [
    ...framework.active ? [] : obstacle('framework-inactive'),
    ...framework.roles.has(role) ? [] : obstacle('not-subscribed'),
    ...framework.suppressed.has(role) ? obstacle('suppressed') : [],
  ]
}

export const isWorthOffering = (resources: Resources, { minimum }: Policy): boolean =>
  minimum.some((least) => contains(resources, least))

/** What `free`, the rest of `total`, lacks of `needs`, which it does not contain. */
export function lacksOf(free: Resources, needs: Resources, total: Resources): Lack[] {
  return partsOf(needs).filter((part) => !contains(free, part)).map((part) => {
    const [name = '', needed = 0] = Object.entries(amountsOf(part))[0] ?? []
    const amount = (of: Resources): number | string => amountsOf(of)[name] ?? (typeof needed === 'number' ? 0 : 'none')
    return { name, free: amount(free), needs: needed, ...(contains(total, part) ? {} : { total: amount(total) }) }
  })
}

/** Each of the resources alone. */
function partsOf({ scalars, ranges, sets }: Resources): Resources[] {
  return [
    ...Object.entries(scalars).map(([name, amount]) => ({ ...NONE, scalars: { [name]: amount } })),
    ...Object.entries(ranges).map(([name, list]) => ({ ...NONE, ranges: { [name]: list } })),
    ...Object.entries(sets).map(([name, items]) => ({ ...NONE, sets: { [name]: items } })),
  ]
}
