/**
 * Filters: what frameworks have refused, and for how long they are not to be asked again.
 *
 * A refusal stands for one framework, role and agent, and blocks what is no more than what was refused:
 * when the agent has more to offer, the framework is asked again. Refusals are also kept in the order in
 * which they end, so that the allocator can sleep until the next one and then look at its agent alone.
 */
import type { Filtered } from '../protocol/explanation.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../protocol/ids.js'
import { contains, type Resources } from '../resources/resources.js'
import { Deadlines } from './deadlines.js'

/** Different refusals of one agent by one framework in one role; beyond, the first to end gives way. */
export const REFUSALS_PER_AGENT_MAX = 8
/** Over all; beyond, the first to end gives way, which costs one more offer and no more. */
export const REFUSALS_MAX = 1_000_000

export interface Refusal {
  readonly frameworkId: FrameworkId
  readonly role: Role
  readonly agentId: AgentId
  readonly resources: Resources
  /** Until when it stands. */
  readonly atMs: number
  /** The offer that was refused. */
  readonly offerId: OfferId | undefined
  live: boolean
}

type ByAgent = Map<AgentId, readonly Refusal[]>

export class Filters {
  private readonly frameworks = new Map<FrameworkId, Map<Role, ByAgent>>()
  private readonly deadlines = new Deadlines<Refusal>()

  get size(): number {
    return this.deadlines.size
  }

  /** The framework does not want `resources` of this agent before `untilMs`. */
  add(
    frameworkId: FrameworkId, role: Role, agentId: AgentId, resources: Resources, untilMs: number, offerId?: OfferId,
  ): void {
    const refusal: Refusal = { frameworkId, role, agentId, resources, atMs: untilMs, offerId, live: true }
    const standing = this.standing(frameworkId, role, agentId)
    if (standing.some((each) => covers(each, refusal))) return
    const kept = standing.filter((each) => !covers(refusal, each)).sort((one, other) => other.atMs - one.atMs)
    const next = [refusal, ...kept.slice(0, REFUSALS_PER_AGENT_MAX - 1)]
    for (const each of standing) if (!next.includes(each)) this.deadlines.cancel(each)
    this.deadlines.add(refusal)
    this.put(refusal, next)
    if (this.deadlines.size > REFUSALS_MAX) this.dropNext(Infinity)
  }

  /** What blocks an offer of `offered`, and for the longest; undefined where nothing does. */
  blocking(
    frameworkId: FrameworkId, role: Role, agentId: AgentId, offered: Resources, nowMs: number,
  ): Refusal | undefined {
    let longest: Refusal | undefined
    for (const refusal of this.standing(frameworkId, role, agentId)) {
      if (refusal.atMs <= nowMs || !contains(refusal.resources, offered)) continue
      if (longest === undefined || refusal.atMs > longest.atMs) longest = refusal
    }
    return longest
  }

  /** Forgets what the framework has refused in these roles, or in all of them. */
  clearFramework(frameworkId: FrameworkId, roles?: Iterable<Role>): void {
    const byRole = this.frameworks.get(frameworkId)
    if (byRole === undefined) return
    for (const role of roles ?? [...byRole.keys()]) {
      for (const refusals of byRole.get(role)?.values() ?? []) this.cancel(refusals)
      byRole.delete(role)
    }
    if (byRole.size === 0) this.frameworks.delete(frameworkId)
  }

  clearAgent(agentId: AgentId): void {
    for (const byRole of this.frameworks.values()) {
      for (const byAgent of byRole.values()) {
        this.cancel(byAgent.get(agentId) ?? [])
        byAgent.delete(agentId)
      }
    }
  }

  /** When the next refusal ends, if any stands. */
  nextExpiryMs(): number | undefined {
    return this.deadlines.next()?.atMs
  }

  /** Forgets what has ended by now; the answer is the agents that somebody may be offered again. */
  expire(nowMs: number): Set<AgentId> {
    const agentIds = new Set<AgentId>()
    for (let ended = this.dropNext(nowMs); ended !== undefined; ended = this.dropNext(nowMs)) {
      agentIds.add(ended.agentId)
    }
    return agentIds
  }

  private dropNext(nowMs: number): Refusal | undefined {
    const ended = this.deadlines.takeDue(nowMs)
    if (ended === undefined) return undefined
    const standing = this.standing(ended.frameworkId, ended.role, ended.agentId)
    this.put(ended, standing.filter((each) => each !== ended))
    return ended
  }

  private standing(frameworkId: FrameworkId, role: Role, agentId: AgentId): readonly Refusal[] {
    return this.frameworks.get(frameworkId)?.get(role)?.get(agentId) ?? []
  }

  private put({ frameworkId, role, agentId }: Refusal, refusals: readonly Refusal[]): void {
    const byRole = this.frameworks.get(frameworkId) ?? new Map<Role, ByAgent>()
    const byAgent: ByAgent = byRole.get(role) ?? new Map()
    if (refusals.length > 0) byAgent.set(agentId, refusals)
    else byAgent.delete(agentId)
    if (byAgent.size > 0) byRole.set(role, byAgent)
    else byRole.delete(role)
    if (byRole.size > 0) this.frameworks.set(frameworkId, byRole)
    else this.frameworks.delete(frameworkId)
  }

  private cancel(refusals: readonly Refusal[]): void {
    for (const refusal of refusals) this.deadlines.cancel(refusal)
  }
}

export const filteredBy = ({ atMs: untilMs, resources: refused, offerId }: Refusal): Filtered =>
  ({ kind: 'filtered', untilMs, refused, ...(offerId === undefined ? {} : { offerId }) })

/** Whether `wide` blocks whatever `narrow` blocks, for at least as long. */
function covers(wide: Refusal, narrow: Refusal): boolean {
  return wide.atMs >= narrow.atMs && contains(wide.resources, narrow.resources)
}
