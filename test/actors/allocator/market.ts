/**
 * Market: frameworks that want everything, played against the allocation one event at a time.
 *
 * Every framework fills each offer with as many of its tasks as fit and returns the rest with the usual
 * refusal. Which waiting offer is answered next, and which task ends, comes from a seed; time passes only
 * when nothing else can happen.
 */
import assert from 'node:assert/strict'
import { allocate } from '../../../actors/allocator/allocate.js'
import { Allocation } from '../../../actors/allocator/allocation.js'
import { POLICY, type Policy } from '../../../actors/allocator/eligibility.js'
import type { Grant } from '../../../actors/protocol/allocator.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import { seededRandom, type Random } from '../../../runtime/random.js'
import { contains, isEmpty, subtract, sum, type Resources } from '../../../actors/resources/resources.js'

const REFUSE_MS = 5000

export interface Tenant {
  readonly name: string
  readonly role: string
  readonly weight: number
  readonly task: Resources
  /** Whether it has said what a task of its needs. */
  readonly isOpen?: boolean
}

export class Market {
  readonly allocation: Allocation
  private readonly random: Random
  private readonly offers: Grant[] = []
  private readonly tasks: Grant[] = []
  nowMs = 0

  constructor(
    private readonly agents: ReadonlyMap<string, Resources>,
    private readonly tenants: readonly Tenant[],
    seed: number,
    policy: Partial<Policy> = {},
  ) {
    this.random = seededRandom(seed)
    this.allocation = new Allocation({ ...POLICY, ...policy })
    for (const { name, role, weight, task, isOpen } of tenants) {
      this.allocation.shares.setWeight(role as Role, weight)
      this.allocation.addFramework({
        frameworkId: name as FrameworkId, roles: [role as Role], suppressed: [], active: true,
        ...(isOpen ? { needs: task } : {}),
      })
    }
    for (const [name, total] of agents) {
      this.allocation.addAgent({ agentId: name as AgentId, total, used: [], active: true })
    }
    this.run('all')
  }

  /** Answers offers until there are none, and no refusal stands in the way of another. */
  settle(): void {
    for (let quietRounds = 0; quietRounds < 3; quietRounds += 1) {
      while (this.offers.length > 0) this.answer(this.takeAny(this.offers))
      const nextMs = this.allocation.filters.nextExpiryMs()
      if (nextMs === undefined) return
      this.nowMs = nextMs
      this.run(this.allocation.filters.expire(this.nowMs))
    }
    while (this.offers.length > 0) this.answer(this.takeAny(this.offers))
  }

  /** Some tasks end at the same time, and what they held is offered at once. */
  endTasks(count: number): void {
    this.run(this.freeTasks(count))
  }

  /** Some tasks end at the same time, and nobody has looked yet at what they held. */
  freeTasks(count: number): AgentId[] {
    const agentIds: AgentId[] = []
    for (let left = Math.min(count, this.tasks.length); left > 0; left -= 1) {
      const task = this.takeAny(this.tasks)
      agentIds.push(task.agentId)
      this.recover(task, 0)
    }
    return agentIds
  }

  tasksOf(name: string): number {
    return this.tasks.filter(({ frameworkId }) => frameworkId === name).length
  }

  /** No agent has given more than it has, and the books say what the market knows. */
  checkBooks(): void {
    for (const [name, total] of this.agents) {
      const out = [...this.offers, ...this.tasks].filter(({ agentId }) => agentId === name)
      const used = sum(out.map(({ resources }) => resources))
      assert.ok(contains(total, used), `${name} has given more than it has`)
      assert.deepEqual(this.allocation.available(name as AgentId), subtract(total, used))
    }
  }

  private run(agentIds: Iterable<AgentId> | 'all'): void {
    this.offers.push(...allocate(this.allocation, agentIds, this.nowMs, this.random))
  }

  private answer(offer: Grant): void {
    const tenant = this.tenants.find(({ name }) => name === offer.frameworkId)
    assert.ok(tenant)
    let rest = offer.resources
    while (contains(rest, tenant.task)) {
      rest = subtract(rest, tenant.task)
      this.tasks.push({ ...offer, resources: tenant.task })
    }
    if (isEmpty(rest)) return
    this.recover({ ...offer, resources: rest }, REFUSE_MS)
    this.run([offer.agentId])
  }

  private recover({ frameworkId, role, agentId, resources }: Grant, refuseMs: number): void {
    assert.equal(this.allocation.recover(frameworkId, role, agentId, resources, refuseMs, this.nowMs), true)
  }

  private takeAny(from: Grant[]): Grant {
    const [taken] = from.splice(Math.floor(this.random.next() * from.length), 1)
    assert.ok(taken)
    return taken
  }
}
