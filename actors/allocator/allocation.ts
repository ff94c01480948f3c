/**
 * Allocation: who holds what of which agent, and who may be offered the rest.
 *
 * An owned structure, mutated in place: at 50,000 agents a copy per change would cost more than the
 * change. Offered and used resources are one and the same here; the master tells them apart. The agents
 * that have something to offer are kept as a set, so that a run over all of them costs what is free, and
 * not what there is.
 */
import type { AgentShare, FrameworkShare, Holding } from '../protocol/allocator.js'
import type { Reason } from '../protocol/explanation.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../protocol/ids.js'
import { contains, isEmpty, NONE, subtract, sum, without, type Resources } from '../resources/resources.js'
import {
  AGENT_UNKNOWN, agentObstacles, BELOW_MINIMUM, frameworkObstacles, isWorthOffering, lacksOf, POLICY,
  type Framework, type Policy,
} from './eligibility.js'
import { filteredBy, Filters } from './filters.js'
import { hold, holdingsOf, type Agent } from './holdings.js'
import { Shares } from './shares.js'

export class Allocation {
  readonly shares = new Shares()
  readonly filters = new Filters()
  private readonly agents = new Map<AgentId, Agent>()
  private readonly frameworks = new Map<FrameworkId, Framework>()
  private readonly open = new Set<AgentId>()

  constructor(readonly policy: Policy = POLICY) {}

  /** An agent known before is replaced. What is `used` may be held by frameworks that are yet to come. */
  addAgent({ agentId, total, used, active }: AgentShare): void {
    this.removeAgent(agentId)
    const agent: Agent = {
      total, used: NONE, available: total, active, obstacles: [], holdings: new Map(),
    }
    this.agents.set(agentId, agent)
    this.shares.pool.change(total, 1)
    for (const { frameworkId, role, resources } of used) hold(agent, frameworkId, role, resources)
    for (const { frameworkId, role, resources } of holdingsOf(agent)) this.shares.charge(frameworkId, role, resources)
    this.settle(agentId, agent)
  }

  /** The agent has become larger or smaller; who holds something there keeps it. */
  resizeAgent(agentId: AgentId, total: Resources): void {
    const agent = this.agents.get(agentId)
    if (agent === undefined) return
    this.shares.pool.change(agent.total, -1)
    this.shares.pool.change(total, 1)
    agent.total = total
    this.settle(agentId, agent)
  }

  /** What was held there is held no more. */
  removeAgent(agentId: AgentId): void {
    const agent = this.agents.get(agentId)
    if (agent === undefined) return
    for (const holding of holdingsOf(agent)) {
      this.shares.refund(holding.frameworkId, holding.role, holding.resources)
    }
    this.shares.pool.change(agent.total, -1)
    this.filters.clearAgent(agentId)
    this.agents.delete(agentId)
    this.open.delete(agentId)
  }

  /** What an inactive agent has is counted, and not offered. */
  setAgentActive(agentId: AgentId, active: boolean): void {
    const agent = this.agents.get(agentId)
    if (agent === undefined) return
    agent.active = active
    this.settle(agentId, agent)
  }

  /** A framework known before has its roles replaced. */
  addFramework({ frameworkId, roles, suppressed, active, needs }: FrameworkShare): void {
    const former = this.frameworks.get(frameworkId)
    const framework: Framework = { roles: new Set(roles), suppressed: new Set(suppressed), active, needs }
    this.frameworks.set(frameworkId, framework)
    this.list(frameworkId, framework, [...(former?.roles ?? []), ...roles])
  }

  /** All that it holds is free again; the answer is on which agents. */
  removeFramework(frameworkId: FrameworkId): AgentId[] {
    this.setFrameworkActive(frameworkId, false)
    this.frameworks.delete(frameworkId)
    const freed: AgentId[] = []
    for (const [agentId, agent] of this.agents) {
      const held = agent.holdings.get(frameworkId)
      if (held === undefined) continue
      for (const [role, resources] of held) this.shares.refund(frameworkId, role, resources)
      agent.holdings.delete(frameworkId)
      agent.used = sum([...holdingsOf(agent)].map(({ resources }) => resources))
      this.settle(agentId, agent)
      freed.push(agentId)
    }
    return freed
  }

  /** A framework that is away keeps what it holds, is offered nothing, and has refused nothing. */
  setFrameworkActive(frameworkId: FrameworkId, active: boolean): void {
    const framework = this.frameworks.get(frameworkId)
    if (framework === undefined) return
    framework.active = active
    if (!active) this.filters.clearFramework(frameworkId)
    this.list(frameworkId, framework, framework.roles)
  }

  /** No roles at all means all of them. */
  suppress(frameworkId: FrameworkId, roles: readonly Role[]): void {
    const framework = this.frameworks.get(frameworkId)
    if (framework === undefined) return
    const meant = roles.length > 0 ? roles : framework.roles
    for (const role of meant) framework.suppressed.add(role)
    this.list(frameworkId, framework, meant)
  }

  /** Offers again, as if nothing had been refused. No roles at all means all of them. */
  revive(frameworkId: FrameworkId, roles: readonly Role[]): void {
    const framework = this.frameworks.get(frameworkId)
    if (framework === undefined) return
    const meant = roles.length > 0 ? roles : framework.roles
    for (const role of meant) framework.suppressed.delete(role)
    this.filters.clearFramework(frameworkId, meant)
    this.list(frameworkId, framework, meant)
  }

  /** The framework holds `resources` of the agent from now on. Throws where the agent is not known. */
  charge(frameworkId: FrameworkId, role: Role, agentId: AgentId, resources: Resources): void {
    const agent = this.agents.get(agentId)
    if (agent === undefined) throw new RangeError(`cannot charge unknown agent ${agentId}`)
    hold(agent, frameworkId, role, resources)
    this.settle(agentId, agent)
    this.shares.charge(frameworkId, role, resources)
  }

  /**
   * The framework holds them no more, and with a `refuseMs` above 0 does not want them for so long.
   * False where it held nothing there, as when agent or framework went away meanwhile; throws where it
   * held something, but not this much, since then the books are wrong.
   */
  recover(
    frameworkId: FrameworkId, role: Role, agentId: AgentId, resources: Resources,
    refuseMs: number, nowMs: number, offerId?: OfferId,
  ): boolean {
    const agent = this.agents.get(agentId)
    const held = agent?.holdings.get(frameworkId)
    const holding = held?.get(role)
    if (agent === undefined || held === undefined || holding === undefined) return false
    const left = subtract(holding, resources)
    if (!isEmpty(left)) held.set(role, left)
    else if (held.delete(role) && held.size === 0) agent.holdings.delete(frameworkId)
    agent.used = subtract(agent.used, resources)
    this.settle(agentId, agent)
    this.shares.refund(frameworkId, role, resources)
    if (refuseMs > 0 && this.frameworks.has(frameworkId)) {
      this.filters.add(frameworkId, role, agentId, resources, nowMs + refuseMs, offerId)
    }
    return true
  }

  /**
   * May the framework be offered this part of the agent, or all that is left of it? Whoever allocates asks only
   * that; into `reasons`, for who wants to know, goes everything that is in the way.
   */
  mayOffer(
    frameworkId: FrameworkId, role: Role, agentId: AgentId, nowMs: number, part?: Resources, reasons?: Reason[],
  ): boolean {
    const agent = this.agents.get(agentId)
    const framework = this.frameworks.get(frameworkId)
    const offered = part ?? agent?.available ?? NONE
    const ofAgent = agent?.obstacles ?? AGENT_UNKNOWN
    const ofFramework = frameworkObstacles(framework, role)
    const isMeagre = part !== undefined && !isWorthOffering(part, this.policy)
    const needs = framework?.needs
    const isShort = needs !== undefined && agent !== undefined && !contains(offered, needs)
    const isBarred = ofAgent.length > 0 || ofFramework.length > 0 || isMeagre || isShort
    if (isBarred && reasons === undefined) return false
    const refusal = this.filters.blocking(frameworkId, role, agentId, offered, nowMs)
    if (!isBarred && refusal === undefined) return true
    reasons?.push(...ofAgent, ...ofFramework, ...isMeagre ? BELOW_MINIMUM : [])
    if (isShort) reasons?.push({ kind: 'short', lacks: lacksOf(offered, needs, agent.total) })
    if (refusal !== undefined) reasons?.push(filteredBy(refusal))
    return false
  }

  /** The agents that have something to offer. */
  openAgents(): ReadonlySet<AgentId> {
    return this.open
  }

  /** What is left of an agent; nothing of one that is not known. */
  available(agentId: AgentId): Resources {
    return this.agents.get(agentId)?.available ?? NONE
  }

  /** The roles of a framework; none of one that is not known. */
  rolesOf(frameworkId: FrameworkId): readonly Role[] {
    return [...this.frameworks.get(frameworkId)?.roles ?? []]
  }

  /** Who holds what of an agent, offered or in use. */
  held(agentId: AgentId): Holding[] {
    const agent = this.agents.get(agentId)
    return agent === undefined ? [] : [...holdingsOf(agent)]
  }

  /** Brings what follows from an agent's books up to date. */
  private settle(agentId: AgentId, agent: Agent): void {
    // Not `subtract`: an agent that came back smaller may hold more than it has, until tasks end.
    agent.available = without(agent.total, agent.used)
    agent.obstacles = agentObstacles(agent.active, agent.available, this.policy)
    if (agent.obstacles.length === 0) this.open.add(agentId)
    else this.open.delete(agentId)
  }

  private list(frameworkId: FrameworkId, framework: Framework, roles: Iterable<Role>): void {
    for (const role of roles) {
      const wanted = framework.active && framework.roles.has(role) && !framework.suppressed.has(role)
      this.shares.setActive(frameworkId, role, wanted)
    }
  }
}
