import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { allocate } from '../../../actors/allocator/allocate.js'
import { Allocation } from '../../../actors/allocator/allocation.js'
import { POLICY } from '../../../actors/allocator/eligibility.js'
import type { Grant } from '../../../actors/protocol/allocator.js'
import type { Reason } from '../../../actors/protocol/explanation.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import { amountsOf, of } from '../../../actors/resources/amounts.js'
import { contains, NONE, subtract, sum } from '../../../actors/resources/resources.js'
import { seededRandom } from '../../../runtime/random.js'

const first = 'framework-1' as FrameworkId
const second = 'framework-2' as FrameworkId
const third = 'framework-3' as FrameworkId
const role = 'role' as Role
const agent = 'agent' as AgentId
const machine = of({ cpus: 4, mem: 4096 })

function allocationOf(...frameworkIds: FrameworkId[]): Allocation {
  const allocation = new Allocation()
  for (const frameworkId of frameworkIds) join(allocation, frameworkId)
  return allocation
}

function join(allocation: Allocation, frameworkId: FrameworkId, roles = [role]): void {
  allocation.addFramework({ frameworkId, roles, suppressed: [], active: true })
}

function addAgent(allocation: Allocation, agentId = agent, total = machine): void {
  allocation.addAgent({ agentId, total, used: [], active: true })
}

function run(allocation: Allocation, nowMs = 0, agentIds: AgentId[] | 'all' = 'all'): Grant[] {
  return allocate(allocation, agentIds, nowMs, seededRandom(1))
}

const toWhom = (grants: readonly Grant[]): FrameworkId[] => grants.map(({ frameworkId }) => frameworkId)

test('the worked example: what two tasks leave of an agent goes to the second framework', () => {
  const allocation = allocationOf(first)
  addAgent(allocation)
  const turn = { roleShare: 0, share: 0 }
  assert.deepEqual(run(allocation), [{ frameworkId: first, role, agentId: agent, resources: machine, turn }])
  join(allocation, second)
  const rest = of({ cpus: 1, mem: 1024 })
  allocation.recover(first, role, agent, rest, 5000, 0)
  const [offered, ...more] = run(allocation)
  assert.deepEqual(offered, {
    frameworkId: second, role, agentId: agent, resources: rest, turn: { ...turn, roleShare: 0.75 },
  })
  assert.deepEqual(amountsOf(rest), { cpus: 1, mem: 1024 })
  assert.deepEqual(more, [])
  assert.equal(allocation.shares.frameworkShare(first, role), 0.75)
})

test('what was refused comes back when the refusal ends, or when there is more, or at a revive', () => {
  const allocation = allocationOf(first)
  addAgent(allocation)
  const [offer] = run(allocation)
  assert.ok(offer)
  allocation.recover(first, role, agent, of({ cpus: 1, mem: 1024 }), 5000, 0)
  assert.deepEqual(run(allocation, 4999), [])
  assert.equal(allocation.filters.nextExpiryMs(), 5000)
  allocation.recover(first, role, agent, of({ cpus: 2, mem: 1024 }), 0, 100)
  assert.deepEqual(run(allocation, 100).map(({ resources }) => resources), [of({ cpus: 3, mem: 2048 })])
  allocation.recover(first, role, agent, of({ cpus: 3, mem: 2048 }), 5000, 200)
  assert.deepEqual(run(allocation, 201), [])
  allocation.revive(first, [])
  assert.equal(run(allocation, 202).length, 1)
})

test('every reason why an agent is not offered has its name, and allocating obeys the same', () => {
  const allocation = allocationOf(first)
  const expect = (kind: string): void => {
    const reasons: Reason[] = []
    const mayOffer = allocation.mayOffer(first, role, agent, 0, undefined, reasons)
    assert.deepEqual(reasons.map((reason) => reason.kind), kind === 'eligible' ? [] : [kind])
    assert.deepEqual([mayOffer, allocation.mayOffer(first, role, agent, 0)], [kind === 'eligible', mayOffer])
    if (!mayOffer) assert.deepEqual(toWhom(run(allocation)), [])
  }
  expect('agent-unknown')
  addAgent(allocation)
  expect('eligible')
  allocation.setAgentActive(agent, false)
  expect('agent-inactive')
  allocation.setAgentActive(agent, true)
  allocation.setFrameworkActive(first, false)
  expect('framework-inactive')
  allocation.setFrameworkActive(first, true)
  allocation.suppress(first, [])
  expect('suppressed')
  allocation.revive(first, [])
  expect('eligible')
  join(allocation, first, [])
  expect('not-subscribed')
  join(allocation, first)
  assert.equal(run(allocation).length, 1)
  expect('nothing-left')
  allocation.recover(first, role, agent, of({ cpus: 0.009, mem: 31 }), 0, 0)
  expect('below-minimum')
  allocation.recover(first, role, agent, of({ cpus: 1 }), 5000, 0)
  expect('eligible')
  run(allocation)
  allocation.recover(first, role, agent, of({ cpus: 1.009, mem: 31 }), 5000, 0)
  expect('filtered')
  allocation.removeFramework(first)
  expect('framework-unknown')
})

test('a little memory alone, or a little of a cpu alone, is worth offering', () => {
  for (const little of [of({ cpus: 0.01 }), of({ mem: 32 })]) {
    const allocation = allocationOf(first)
    addAgent(allocation, agent, little)
    assert.equal(run(allocation).length, 1)
  }
})

test('roles come by weight before frameworks come by share', () => {
  const allocation = new Allocation()
  join(allocation, first, ['heavy' as Role])
  join(allocation, second, ['light' as Role])
  join(allocation, third, ['light' as Role])
  allocation.shares.setWeight('heavy' as Role, 2)
  for (let index = 0; index < 12; index += 1) addAgent(allocation, `agent-${index}` as AgentId)
  const counts = new Map<FrameworkId, number>()
  for (const frameworkId of toWhom(run(allocation))) {
    counts.set(frameworkId, (counts.get(frameworkId) ?? 0) + 1)
  }
  assert.deepEqual([first, second, third].map((each) => counts.get(each)), [8, 2, 2])
  assert.throws(() => allocation.shares.setWeight('heavy' as Role, 0), RangeError)
})

test('a framework that leaves frees what it held, and says where', () => {
  const allocation = allocationOf(first, second)
  addAgent(allocation)
  addAgent(allocation, 'other' as AgentId)
  run(allocation)
  const freed = allocation.removeFramework(first)
  assert.equal(freed.length, 1)
  assert.deepEqual(toWhom(run(allocation, 0, freed)), [second])
  assert.equal(allocation.recover(first, role, agent, machine, 0, 0), false)
})

test('an agent that leaves takes what was held there, and comes back with what its tasks hold', () => {
  const allocation = allocationOf(first)
  addAgent(allocation)
  run(allocation)
  allocation.removeAgent(agent)
  assert.equal(allocation.shares.frameworkShare(first, role), 0)
  assert.equal(allocation.recover(first, role, agent, machine, 5000, 0), false)
  const used = [{ frameworkId: third, role, resources: of({ cpus: 3, mem: 1024 }) }]
  allocation.addAgent({ agentId: agent, total: machine, used, active: true })
  assert.equal(allocation.shares.frameworkShare(third, role), 0.75)
  assert.deepEqual(allocation.held(agent), used)
  assert.deepEqual(run(allocation).map(({ resources }) => resources), [of({ cpus: 1, mem: 3072 })])
})

test('an agent that came back smaller offers nothing until it holds no more than it has', () => {
  const allocation = allocationOf(first)
  addAgent(allocation)
  run(allocation)
  allocation.resizeAgent(agent, of({ cpus: 2, mem: 2048 }))
  allocation.recover(first, role, agent, of({ cpus: 1, mem: 1024 }), 0, 0)
  assert.deepEqual(allocation.available(agent), NONE)
  allocation.recover(first, role, agent, of({ cpus: 2, mem: 2048 }), 0, 0)
  assert.deepEqual(run(allocation).map(({ resources }) => resources), [of({ cpus: 1, mem: 1024 })])
})

test('a framework that is away keeps its share, and has refused nothing when it is back', () => {
  const allocation = allocationOf(first)
  addAgent(allocation)
  run(allocation)
  allocation.recover(first, role, agent, of({ cpus: 1 }), 60_000, 0)
  allocation.setFrameworkActive(first, false)
  assert.equal(allocation.shares.frameworkShare(first, role), 1)
  assert.equal(allocation.filters.nextExpiryMs(), undefined)
  allocation.setFrameworkActive(first, true)
  assert.equal(run(allocation).length, 1)
})

test('giving back more than was held is a bug, not a loss', () => {
  const allocation = allocationOf(first)
  addAgent(allocation)
  run(allocation)
  assert.throws(() => allocation.recover(first, role, agent, of({ cpus: 5 }), 0, 0), RangeError)
  assert.throws(() => allocation.charge(first, role, 'nowhere' as AgentId, machine), RangeError)
})

test('a run looks only at agents with something to offer', () => {
  const allocation = allocationOf(first)
  for (let index = 0; index < 100; index += 1) addAgent(allocation, `agent-${index}` as AgentId)
  assert.equal(allocation.openAgents().size, 100)
  assert.equal(run(allocation).length, 100)
  assert.equal(allocation.openAgents().size, 0)
  allocation.recover(first, role, 'agent-7' as AgentId, of({ cpus: 1 }), 0, 0)
  assert.deepEqual([...allocation.openAgents()], ['agent-7'])
  assert.deepEqual(run(allocation, 0, ['agent-7', 'agent-7', 'agent-8', 'nowhere'] as AgentId[]).length, 1)
})

test('whatever happens, no agent gives more than it has, and what is given back is there again', () => {
  const frameworkId = fc.constantFrom(first, second, third)
  const agentId = fc.constantFrom('a1' as AgentId, 'a2' as AgentId)
  const step = fc.record({
    kind: fc.constantFrom('run', 'run', 'return', 'return', 'leave', 'join', 'agent-leaves', 'agent-joins',
      'suppress', 'revive', 'agent-off', 'agent-on'),
    frameworkId, agentId, index: fc.nat(20), refuseMs: fc.constantFrom(0, 5, 50), cpus: fc.nat(3),
  })
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), fc.boolean(), (steps, shareOffers) => {
    const allocation = new Allocation({ ...POLICY, shareOffers })
    const random = seededRandom(steps.length)
    const totals = new Map<AgentId, typeof machine>()
    let out: Grant[] = []
    steps.forEach(({ kind, frameworkId, agentId, index, refuseMs, cpus }, nowMs) => {
      if (kind === 'run') out.push(...allocate(allocation, 'all', nowMs, random))
      else if (kind === 'join') join(allocation, frameworkId)
      else if (kind === 'suppress') allocation.suppress(frameworkId, [])
      else if (kind === 'revive') allocation.revive(frameworkId, [])
      else if (kind === 'agent-off') allocation.setAgentActive(agentId, false)
      else if (kind === 'agent-on') allocation.setAgentActive(agentId, true)
      else if (kind === 'leave') {
        allocation.removeFramework(frameworkId)
        out = out.filter((each) => each.frameworkId !== frameworkId)
      } else if (kind === 'return') {
        const [given] = out.splice(index, 1)
        if (given === undefined) return
        allocation.recover(given.frameworkId, given.role, given.agentId, given.resources, refuseMs, nowMs)
      } else {
        allocation.removeAgent(agentId)
        totals.delete(agentId)
        out = out.filter((each) => each.agentId !== agentId)
        if (kind === 'agent-leaves') return
        totals.set(agentId, of({ cpus: cpus + 1, mem: 512, ports: '[1-9]' }))
        addAgent(allocation, agentId, totals.get(agentId))
      }
      for (const [agentId, total] of totals) {
        const used = sum(out.filter((each) => each.agentId === agentId).map(({ resources }) => resources))
        assert.ok(contains(total, used))
        assert.deepEqual(allocation.available(agentId), subtract(total, used))
      }
    })
    for (const { frameworkId, role, agentId, resources } of out) {
      allocation.recover(frameworkId, role, agentId, resources, 0, 1000)
    }
    for (const [agentId, total] of totals) assert.deepEqual(allocation.available(agentId), total)
    for (const each of [first, second, third]) assert.equal(allocation.shares.frameworkShare(each, role), 0)
    assert.equal(allocation.shares.roleShare(role), 0)
  }), { numRuns: 300 })
})
