import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { of } from '../../../actors/resources/amounts.js'
import { Market, type Tenant } from './market.js'

const task = of({ cpus: 1, mem: 512 })
const anySeed = fc.integer({ min: 0, max: 1_000_000 })

function twoTenants(weight: number): readonly Tenant[] {
  return [
    { name: 'first', role: 'one', weight, task },
    { name: 'second', role: 'two', weight: 1, task },
  ]
}

const oneRole: readonly Tenant[] = [
  { name: 'first', role: 'both', weight: 1, task },
  { name: 'second', role: 'both', weight: 1, task },
]

function agentsOf(slots: readonly number[], oddment = 0): Map<string, ReturnType<typeof of>> {
  return new Map(slots.map((count, index) => {
    return [`agent-${index}`, of({ cpus: count + oddment, mem: count * 512 })]
  }))
}

/** How far the first is from having `weight` times what the second has, in tasks of the first's. */
function distance(market: Market, weight: number): number {
  return Math.abs(market.tasksOf('first') / weight - market.tasksOf('second'))
}

const clusters = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })

/** Lets tasks end one at a time until everybody has had more than one chance, then watches each step. */
function watchChurn(market: Market, weight: number): void {
  market.settle()
  for (let round = 0; round < 600; round += 1) {
    market.endTasks(1)
    market.settle()
    if (round < 500) continue
    market.checkBooks()
    assert.ok(distance(market, weight) <= 1, `${market.tasksOf('first')} to ${market.tasksOf('second')}`)
  }
}

test('two who want everything end within one task of equal shares, as tasks end', () => {
  const eitherWay = fc.constantFrom(oneRole, twoTenants(1))
  fc.assert(fc.property(clusters, anySeed, eitherWay, (slots, seed, tenants) => {
    watchChurn(new Market(agentsOf(slots), tenants, seed), 1)
  }), { numRuns: 25 })
})

test('with weights 2 to 1 they end within one task of 2 to 1, as tasks end', () => {
  fc.assert(fc.property(clusters, anySeed, (slots, seed) => {
    watchChurn(new Market(agentsOf(slots), twoTenants(2), seed), 2)
  }), { numRuns: 25 })
})

test('an oddment of an agent that fits no task changes nothing about that', () => {
  fc.assert(fc.property(clusters, anySeed, fc.constantFrom(1, 2), (slots, seed, weight) => {
    watchChurn(new Market(agentsOf(slots, 0.5), twoTenants(weight), seed), weight)
  }), { numRuns: 15 })
})

test('while nothing ends, whole offers of one agent give it all to the first', () => {
  const market = new Market(agentsOf([10]), oneRole, 1)
  market.settle()
  assert.deepEqual([market.tasksOf('first'), market.tasksOf('second')], [10, 0])
})

test('whole offers of many equal agents leave two within one agent of equal shares', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), anySeed, (count, seed) => {
    const market = new Market(agentsOf(Array.from({ length: count }, () => 4)), oneRole, seed)
    market.settle()
    assert.ok(Math.abs(market.tasksOf('first') - market.tasksOf('second')) <= 4)
  }), { numRuns: 30 })
})

test('shared offers bring two within one task of their weights at once, though nothing ends', () => {
  const oddments = fc.constantFrom(0, 0.25, 0.5)
  const weights = fc.constantFrom(1, 2, 3)
  fc.assert(fc.property(clusters, oddments, weights, anySeed, (slots, oddment, weight, seed) => {
    const market = new Market(agentsOf(slots, oddment), twoTenants(weight), seed, { shareOffers: true })
    market.settle()
    market.checkBooks()
    const total = slots.reduce((sum, count) => sum + count, 0)
    assert.equal(market.tasksOf('first') + market.tasksOf('second'), total, 'something was left lying')
    assert.ok(distance(market, weight) <= 1, `${market.tasksOf('first')} to ${market.tasksOf('second')}`)
  }), { numRuns: 200 })
})

test('shared offers stay within one task of the weights as tasks end', () => {
  fc.assert(fc.property(clusters, anySeed, fc.constantFrom(1, 2), (slots, seed, weight) => {
    watchChurn(new Market(agentsOf(slots), twoTenants(weight), seed, { shareOffers: true }), weight)
  }), { numRuns: 15 })
})

test('shared offers stay within one task of equal shares when many tasks end at once', () => {
  fc.assert(fc.property(clusters, anySeed, fc.integer({ min: 1, max: 12 }), (slots, seed, burst) => {
    const market = new Market(agentsOf(slots), twoTenants(1), seed, { shareOffers: true })
    market.settle()
    for (let round = 0; round < 30; round += 1) {
      market.endTasks(burst)
      market.settle()
      assert.ok(distance(market, 1) <= 1, `${market.tasksOf('first')} to ${market.tasksOf('second')}`)
    }
  }), { numRuns: 50 })
})

test('shared offers find the textbook division between one who needs memory and one who needs cpus', () => {
  const tenants: readonly Tenant[] = [
    { name: 'memory', role: 'one', weight: 1, task: of({ cpus: 1, mem: 4096 }) },
    { name: 'cpus', role: 'two', weight: 1, task: of({ cpus: 3, mem: 1024 }) },
  ]
  fc.assert(fc.property(anySeed, (seed) => {
    const agents = new Map([['agent', of({ cpus: 9, mem: 18 * 1024 })]])
    const market = new Market(agents, tenants, seed, { shareOffers: true })
    market.settle()
    assert.deepEqual([market.tasksOf('memory'), market.tasksOf('cpus')], [3, 2])
  }), { numRuns: 50 })
})

test('shared offers do not keep out a task that needs more than a fair part', () => {
  const large: readonly Tenant[] = [
    { name: 'first', role: 'one', weight: 1, task: of({ cpus: 3, mem: 512 }) },
    { name: 'second', role: 'two', weight: 1, task: of({ cpus: 3, mem: 512 }) },
  ]
  fc.assert(fc.property(anySeed, (seed) => {
    const agents = new Map([['agent', of({ cpus: 4, mem: 4096 })]])
    const market = new Market(agents, large, seed, { shareOffers: true })
    market.settle()
    assert.equal(market.tasksOf('first') + market.tasksOf('second'), 1)
  }), { numRuns: 50 })
})

test('when everything has ended, everything is free', () => {
  fc.assert(fc.property(clusters, anySeed, fc.boolean(), (slots, seed, shareOffers) => {
    const market = new Market(agentsOf(slots), twoTenants(1), seed, { shareOffers })
    for (let round = 0; round < 20; round += 1) {
      market.checkBooks()
      market.endTasks(1)
    }
    market.settle()
    market.checkBooks()
    market.endTasks(Infinity)
    market.checkBooks()
  }), { numRuns: 30 })
})
