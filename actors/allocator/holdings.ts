/** Holdings: the books of one agent: what it has, and who holds how much of it. Owned, mutated in place. */
import type { Holding } from '../protocol/allocator.js'
import type { Obstacle } from '../protocol/explanation.js'
import type { FrameworkId, Role } from '../protocol/ids.js'
import { add, NONE, type Resources } from '../resources/resources.js'

export interface Agent {
  total: Resources
  used: Resources
  available: Resources
  active: boolean
  /** Why nobody at all may be offered anything of it now. */
  obstacles: readonly Obstacle[]
  readonly holdings: Map<FrameworkId, Map<Role, Resources>>
}

/** Adds to what the framework holds there. */
export function hold(agent: Agent, frameworkId: FrameworkId, role: Role, resources: Resources): void {
  const held = agent.holdings.get(frameworkId) ?? new Map<Role, Resources>()
  agent.holdings.set(frameworkId, held.set(role, add(held.get(role) ?? NONE, resources)))
  agent.used = add(agent.used, resources)
}

export function* holdingsOf(agent: Agent): Iterable<Holding> {
  for (const [frameworkId, held] of agent.holdings) {
    for (const [role, resources] of held) yield { frameworkId, role, resources }
  }
}
