import assert from 'node:assert/strict'
import test from 'node:test'
import { allocator, GATHER_MS, RETURN_MS } from '../../../actors/allocator/allocator.js'
import type { AllocatorCall, AllocatorEvent, ToldAgent } from '../../../actors/protocol/allocator.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import type { Resources } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'

const master = refOf<AllocatorEvent>(nodeAddress('master', 'm', '1'), 'master')
const [one, two] = ['w-0000' as FrameworkId, 'w-0001' as FrameworkId]
const role = '*' as Role
const total = of({ cpus: 4, mem: 1024 })

const agent = (name: string, more: Partial<ToldAgent> = {}): ToldAgent =>
  ({ agentId: name as AgentId, total, used: [], active: true, telling: 1, ...more })
const share = (frameworkId: FrameworkId, roles: readonly Role[] = [role]) => ({
  frameworkId, roles, suppressed: [], active: true,
})
const recover = (agentId: string, resources: Resources, refuseMs = 0): AllocatorCall =>
  ({ type: 'recover', frameworkId: one, role, agentId: agentId as AgentId, resources, refuseMs })

type Driver = Driven<unknown, AllocatorCall | { readonly type: 'run' | 'filter-ended' }>

function begun(): Driver {
  return drive(allocator({ master })) as Driver
}

/** An allocator that has been told everything: nothing, unless said. */
function ready(agents: readonly ToldAgent[] = [], frameworks = [share(one)]): Driver {
  const driven = begun()
  driven.take()
  driven.receive({ type: 'rebuild', agents, frameworks })
  return driven
}

/** Lets it hear what it has told itself; answers what it has granted. */
function settle(driven: Driver) {
  for (let runs = driven.toldTo(driven.self); runs.length > 0; runs = driven.toldTo(driven.self)) {
    const others = driven.take().filter(({ to }) => to !== driven.self)
    for (const run of runs) driven.receive(run)
    driven.told.unshift(...others)
  }
  const grants = driven.toldTo(master).flatMap((event) => (event.type === 'allocated' ? event.grants : []))
  driven.take()
  return grants.map(({ frameworkId, agentId, resources, telling }) => ({ frameworkId, agentId, resources, telling }))
}

test('a new allocator asks to be told everything, and till then takes nothing in', () => {
  const driven = begun()
  assert.deepEqual(driven.take(), [{ to: master, message: { type: 'allocator-started', allocator: driven.self } }])
  driven.receive({ type: 'add-framework', framework: share(one) })
  driven.receive({ type: 'add-agent', agent: agent('a') })
  driven.receive({ type: 'run' })
  assert.deepEqual(driven.take(), [], 'what waits from before is in what it will be told')
  driven.receive({ type: 'rebuild', agents: [agent('b', { telling: 7 })], frameworks: [share(two)] })
  assert.deepEqual(settle(driven), [{ frameworkId: two, agentId: 'b', resources: total, telling: 7 }])
})

test('a run is asked for once, however much has changed before it', () => {
  const driven = ready()
  settle(driven)
  for (const name of ['a', 'b', 'c']) driven.receive({ type: 'add-agent', agent: agent(name) })
  assert.deepEqual(driven.toldTo(driven.self), [{ type: 'run' }])
  assert.equal(settle(driven).length, 3)
})

test('what is freed is offered at once', () => {
  const driven = ready([agent('a')])
  settle(driven)
  driven.receive(recover('a', of({ cpus: 1 })))
  assert.deepEqual(settle(driven).map(({ resources }) => resources), [of({ cpus: 1 })])
})

test('what is refused is offered to others, and to the same when its filter has ended', () => {
  const driven = ready([agent('a')])
  settle(driven)
  driven.receive(recover('a', total, 5_000))
  assert.deepEqual(settle(driven), [])
  assert.equal(driven.timers.get('filter')?.delayMs, 5_000)
  driven.fire('filter')
  assert.equal(settle(driven).length, 1)
})

test('a filter ends on time, although the timer was for another that is gone, or has gone off early', () => {
  const driven = ready([agent('a'), agent('b')], [share(one), share(two)])
  const spurn = (frameworkId: FrameworkId, agentId: string) => {
    driven.receive({ ...recover(agentId, total, 5_000), frameworkId } as AllocatorCall)
    settle(driven)
  }
  settle(driven)
  for (const frameworkId of [one, two]) for (const agentId of ['a', 'b']) spurn(frameworkId, agentId)
  driven.receive({ type: 'remove-framework', frameworkId: one })
  settle(driven)
  driven.now += 4_999
  driven.receive({ type: 'filter-ended' })
  assert.deepEqual([settle(driven), driven.timers.get('filter')?.delayMs], [[], 1])
  driven.fire('filter')
  assert.equal(settle(driven).length, 2)
})

test('reviving ends all filters', () => {
  const driven = ready([agent('a')])
  settle(driven)
  driven.receive(recover('a', total, 5_000))
  settle(driven)
  driven.receive({ type: 'revive-roles', frameworkId: one, roles: [role] })
  assert.equal(settle(driven).length, 1)
})

test('who has suppressed its roles or is away is offered nothing', () => {
  const driven = ready()
  driven.receive({ type: 'suppress-roles', frameworkId: one, roles: [role] })
  driven.receive({ type: 'add-agent', agent: agent('a') })
  assert.deepEqual(settle(driven), [])
  driven.receive({ type: 'deactivate-framework', frameworkId: one })
  driven.receive({ type: 'revive-roles', frameworkId: one, roles: [role] })
  assert.deepEqual(settle(driven), [])
  driven.receive({ type: 'activate-framework', frameworkId: one })
  assert.equal(settle(driven).length, 1)
})

test('an agent that is away or has left is not offered', () => {
  const driven = ready([agent('a'), agent('b')], [])
  driven.receive({ type: 'deactivate-agent', agentId: 'a' as AgentId })
  driven.receive({ type: 'remove-agent', agentId: 'b' as AgentId })
  driven.receive({ type: 'add-framework', framework: share(one) })
  assert.deepEqual(settle(driven), [])
  driven.receive({ type: 'activate-agent', agentId: 'a' as AgentId })
  assert.deepEqual(settle(driven).map(({ agentId }) => agentId), ['a'])
})

test('while agents come back to a new leader, what they have is offered together', () => {
  const driven = begun()
  const away = ['a', 'b'].map((name) => agent(name, { active: false }))
  driven.receive({ type: 'rebuild', agents: away, frameworks: [share(one)], isReturn: true })
  driven.fire('run')
  driven.receive({ type: 'activate-agent', agentId: 'a' as AgentId })
  assert.equal(driven.timers.get('run')?.delayMs, GATHER_MS)
  driven.receive({ type: 'activate-agent', agentId: 'b' as AgentId })
  assert.deepEqual(settle(driven), [])
  driven.fire('run')
  assert.deepEqual(settle(driven).map(({ agentId }) => agentId).sort(), ['a', 'b'])
  driven.now += RETURN_MS
  driven.receive(recover('a', total))
  assert.equal(settle(driven).length, 1, 'after a while as soon as anything is free')
})

test('what a framework held goes to the others when it ends', () => {
  const driven = ready([agent('a')])
  settle(driven)
  driven.receive({ type: 'add-framework', framework: share(two) })
  assert.deepEqual(settle(driven), [])
  driven.receive({ type: 'remove-framework', frameworkId: one })
  assert.deepEqual(settle(driven).map(({ frameworkId }) => frameworkId), [two])
})

test('an agent that is told of anew begins a new telling, and its grants say so', () => {
  const driven = ready([agent('a')])
  assert.deepEqual(settle(driven).map(({ telling }) => telling), [1])
  driven.receive({ type: 'remove-agent', agentId: 'a' as AgentId })
  const used = [{ frameworkId: two, role, resources: of({ cpus: 3 }) }]
  driven.receive({ type: 'add-agent', agent: agent('a', { telling: 2, used }) })
  assert.deepEqual(settle(driven).map(({ telling, resources }) => [telling, resources]), [
    [2, of({ cpus: 1, mem: 1024 })],
  ])
})

test('being told everything again makes void whatever was believed before', () => {
  const driven = ready([agent('a'), agent('b')])
  settle(driven)
  driven.receive({ type: 'rebuild', agents: [agent('a', { telling: 3 })], frameworks: [share(two)] })
  const [grant, ...others] = settle(driven)
  assert.deepEqual([grant?.frameworkId, grant?.agentId, grant?.telling, others.length], [two, 'a', 3, 0])
})

test('weights are those that the operator gave', () => {
  const heavy = 'heavy' as Role
  const driven = drive(allocator({ master, weights: new Map([[heavy, 3]]) })) as Driver
  driven.receive({ type: 'rebuild', agents: Array.from({ length: 8 }, (_, index) => agent(`a${index}`)),
    frameworks: [share(one, [heavy]), share(two, ['light' as Role])] })
  const grants = settle(driven).map(({ frameworkId }) => frameworkId)
  assert.equal(grants.filter((frameworkId) => frameworkId === one).length, 6)
})
