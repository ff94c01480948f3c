import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { allocate } from '../../../actors/allocator/allocate.js'
import { Allocation } from '../../../actors/allocator/allocation.js'
import { explain } from '../../../actors/allocator/explain.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { seededRandom } from '../../../runtime/random.js'
import { Market, type Tenant } from './market.js'

const first = 'first' as FrameworkId
const second = 'second' as FrameworkId
const role = 'role' as Role
const other = 'other' as Role
const agent = 'agent' as AgentId

const AGENTS = ['agent-0', 'agent-1', 'agent-2'] as AgentId[]
const TENANTS = ['tenant-0', 'tenant-1', 'tenant-2'] as FrameworkId[]
const ROLES = ['red', 'blue'] as Role[]

const anyAgent = fc.constantFrom(...AGENTS)
const anyTenant = fc.constantFrom(...TENANTS)
const anyRole = fc.constantFrom(...ROLES)
const tenants = fc.tuple(...TENANTS.map((name) => fc.record({
  name: fc.constant(name), role: anyRole, weight: fc.constantFrom(1, 2, 5), isOpen: fc.boolean(),
  task: fc.record({ cpus: fc.constantFrom(0.5, 1, 3), mem: fc.constantFrom(100, 700) }).map(of),
}))) as fc.Arbitrary<readonly Tenant[]>
const machines = fc.tuple(...AGENTS.map(() =>
  fc.record({ cpus: fc.constantFrom(1, 2, 4), mem: fc.constantFrom(600, 2048) }).map(of)))

/** Something that happens in a market; while it is played, who is affected is not looked at again. */
const move = fc.oneof(
  fc.record({ kind: fc.constant('settle' as const) }),
  fc.record({ kind: fc.constantFrom('end' as const, 'free' as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom('suppress' as const, 'revive' as const), tenant: anyTenant }),
  fc.record({ kind: fc.constant('connect' as const), tenant: anyTenant, active: fc.boolean() }),
  fc.record({ kind: fc.constant('activate' as const), agent: anyAgent, active: fc.boolean() }),
  fc.record({
    kind: fc.constant('subscribe' as const), tenant: anyTenant, roles: fc.uniqueArray(anyRole, { minLength: 1 }),
    needs: fc.option(fc.constantFrom(of({ cpus: 2 }), of({ mem: 500 })), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 6_000 }) }),
)
type Move = typeof move extends fc.Arbitrary<infer Value> ? Value : never

function play(market: Market, by: Move): void {
  const { allocation } = market
  switch (by.kind) {
    case 'settle': return market.settle()
    case 'end': return market.endTasks(by.count)
    case 'free': return void market.freeTasks(by.count)
    case 'suppress': return allocation.suppress(by.tenant, [])
    case 'revive': return allocation.revive(by.tenant, [])
    case 'connect': return allocation.setFrameworkActive(by.tenant, by.active)
    case 'activate': return allocation.setAgentActive(by.agent, by.active)
    case 'subscribe': return allocation.addFramework({
      frameworkId: by.tenant, roles: by.roles, needs: by.needs, suppressed: [], active: true,
    })
    case 'pass': market.nowMs += by.ms
  }
}

test('an agent has no reason for a framework if and only if the allocator would offer it some of it next', () => {
  const seen = { served: 0, kinds: new Set<string>() }
  fc.assert(fc.property(
    tenants, machines, fc.array(move, { maxLength: 12 }), fc.boolean(), fc.integer({ min: 0, max: 1_000 }),
    (of, totals, moves, shareOffers, seed) => {
      const stage = (): Market => {
        const market = new Market(new Map(AGENTS.map((id, at) => [id, totals[at]!])), of, seed, { shareOffers })
        for (const each of moves) play(market, each)
        return market
      }
      const { allocation, nowMs } = stage()
      const told = explain(allocation, { frameworkIds: TENANTS, agentIds: AGENTS }, nowMs)
      for (const agentId of AGENTS) {
        const market = stage()
        const granted = allocate(market.allocation, [agentId], market.nowMs, seededRandom(seed))
        for (const { frameworkId, verdicts } of told) {
          const verdict = verdicts.find((each) => each.agentId === agentId)
          const isGranted = granted.some((grant) => grant.frameworkId === frameworkId)
          assert.equal(verdict?.reasons.length === 0, isGranted, JSON.stringify({ frameworkId, verdict, granted }))
          if (isGranted) seen.served += 1
          for (const { kind } of verdict?.reasons ?? []) seen.kinds.add(kind)
        }
      }
    },
  ), { numRuns: 600 })
  assert.ok(seen.served > 100, `only ${seen.served} were served`)
  const kinds = [
    'agent-inactive', 'nothing-left', 'framework-inactive', 'suppressed', 'short', 'filtered', 'outranked',
  ]
  assert.deepEqual(kinds.filter((kind) => !seen.kinds.has(kind)), [], 'these never came up')
})

test('asking changes nothing', () => {
  fc.assert(fc.property(
    tenants, machines, fc.array(move, { maxLength: 12 }), fc.boolean(), fc.integer({ min: 0, max: 1_000 }),
    (of, totals, moves, shareOffers, seed) => {
      const outcome = (asks: boolean) => {
        const market = new Market(new Map(AGENTS.map((id, at) => [id, totals[at]!])), of, seed, { shareOffers })
        for (const each of moves) {
          play(market, each)
          if (asks) explain(market.allocation, { frameworkIds: TENANTS, agentIds: AGENTS }, market.nowMs)
        }
        return allocate(market.allocation, 'all', market.nowMs, seededRandom(seed))
      }
      assert.deepEqual(outcome(true), outcome(false))
    },
  ), { numRuns: 100 })
})

function allocationOf(): Allocation {
  const allocation = new Allocation()
  allocation.addFramework({ frameworkId: first, roles: [role], suppressed: [], active: true })
  allocation.addAgent({ agentId: agent, total: of({ cpus: 4, mem: 4096 }), used: [], active: true })
  return allocation
}

const ask = (allocation: Allocation, frameworkId: FrameworkId, nowMs = 0) => {
  const [verdict] = explain(allocation, { frameworkIds: [frameworkId], agentIds: [agent] }, nowMs)
  assert.ok(verdict)
  return { ...verdict, reasons: verdict.verdicts[0]?.reasons }
}

test('every reason is told, and not only the first', () => {
  const allocation = allocationOf()
  const needs = of({ cpus: 8, mem: 512, ports: '[1-2]', zones: '{a}' })
  allocation.addFramework({ frameworkId: first, roles: [role, other], suppressed: [role], active: false, needs })
  allocation.setAgentActive(agent, false)
  assert.deepEqual(ask(allocation, first).reasons, [
    { kind: 'agent-inactive' }, { kind: 'framework-inactive' }, { kind: 'suppressed', role },
    { kind: 'short', lacks: [
      { name: 'cpus', free: 4, needs: 8, total: 4 }, { name: 'ports', free: 'none', needs: '[1-2]', total: 'none' },
      { name: 'zones', free: 'none', needs: '{a}', total: 'none' },
    ] },
  ])
  const [stranger] = explain(allocation, { frameworkIds: [second], agentIds: ['none' as AgentId] }, 0)
  assert.deepEqual(stranger?.verdicts[0]?.reasons, [{ kind: 'agent-unknown' }, { kind: 'framework-unknown' }])
})

test('a refusal is told with its offer, what it was and when it ends', () => {
  const allocation = allocationOf()
  const [grant] = allocate(allocation, 'all', 0, seededRandom(1))
  assert.ok(grant)
  allocation.recover(first, role, agent, grant.resources, 5_000, 1_000, 'O91' as OfferId)
  assert.deepEqual(ask(allocation, first, 1_001).reasons, [
    { kind: 'filtered', untilMs: 6_000, refused: grant.resources, offerId: 'O91', role },
  ])
  assert.deepEqual(ask(allocation, first, 6_000).reasons, [])
})

test('who comes first is told with the shares that decide it, among roles and within one', () => {
  for (const [theirs, level] of [[role, 'framework'], [other, 'role']] as const) {
    const allocation = allocationOf()
    allocation.addFramework({ frameworkId: second, roles: [theirs], suppressed: [], active: true })
    allocation.charge(first, role, agent, of({ cpus: 1 }))
    assert.deepEqual(ask(allocation, second).reasons, [])
    const { reasons, standings } = ask(allocation, first)
    assert.deepEqual(reasons, [
      { kind: 'outranked', level, frameworkId: second, byRole: theirs, share: 0.25, theirs: 0, role },
    ])
    const before = [{ name: level === 'role' ? other : second, share: 0 }]
    const place = { share: 0.25, place: 2, of: 2, before }
    const alone = { share: 0.25, place: 1, of: 1, before: [] }
    assert.deepEqual(standings, [{
      role, weight: 1, ofRole: level === 'role' ? place : alone, ofFramework: level === 'role' ? alone : place,
    }])
    allocation.suppress(first, [])
    assert.deepEqual(ask(allocation, first).standings[0]?.ofFramework.place, undefined)
  }
})
