import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Pool, Sorter } from '../../../actors/allocator/sorter.js'
import { of } from '../../../actors/resources/amounts.js'

function sorterOf(total: Parameters<typeof of>[0], ...names: string[]): Sorter<string> {
  const pool = new Pool()
  pool.change(of(total), 1)
  const sorter = new Sorter<string>(pool)
  for (const name of names) {
    sorter.add(name)
    sorter.setActive(name, true)
  }
  return sorter
}

const namesOf = (sorter: Sorter<string>): string[] => sorter.ordered().map(({ name }) => name)

test('whoever has the least of what it has most of comes first', () => {
  const sorter = sorterOf({ cpus: 9, mem: 18 }, 'a', 'b')
  sorter.charge('a', of({ cpus: 1, mem: 4 }))
  sorter.charge('b', of({ cpus: 3, mem: 1 }))
  assert.equal(sorter.share('a'), 4 / 18)
  assert.equal(sorter.share('b'), 3 / 9)
  assert.deepEqual(namesOf(sorter), ['a', 'b'])
  sorter.charge('a', of({ cpus: 1, mem: 4 }))
  assert.deepEqual(namesOf(sorter), ['b', 'a'])
})

test('a weight divides the share', () => {
  const sorter = sorterOf({ cpus: 10 }, 'heavy', 'light')
  sorter.setWeight('heavy', 2)
  sorter.charge('heavy', of({ cpus: 3 }))
  sorter.charge('light', of({ cpus: 2 }))
  assert.deepEqual(namesOf(sorter), ['heavy', 'light'])
  sorter.charge('heavy', of({ cpus: 2 }))
  assert.deepEqual(namesOf(sorter), ['light', 'heavy'])
})

test('among equals, fewer allocations come first, then the name', () => {
  const sorter = sorterOf({ cpus: 10 }, 'c', 'a', 'b')
  assert.deepEqual(namesOf(sorter), ['a', 'b', 'c'])
  sorter.charge('a', of({ cpus: 1 }))
  sorter.refund('a', of({ cpus: 1 }))
  assert.deepEqual(namesOf(sorter), ['b', 'c', 'a'])
})

test('who is not active is not listed, and keeps its share', () => {
  const sorter = sorterOf({ cpus: 10 }, 'a', 'b')
  sorter.charge('a', of({ cpus: 5 }))
  sorter.setActive('a', false)
  assert.deepEqual(namesOf(sorter), ['b'])
  assert.equal(sorter.share('a'), 0.5)
  sorter.setActive('a', true)
  assert.deepEqual(namesOf(sorter), ['b', 'a'])
})

test('what nobody has any of, and ranges, do not count', () => {
  const sorter = sorterOf({ cpus: 10, ports: '[1-100]' }, 'a')
  sorter.charge('a', of({ gpus: 1, ports: '[1-99]' }))
  assert.equal(sorter.share('a'), 0)
})

test('after any changes the order is what sorting everybody anew would give', () => {
  const names = Array.from({ length: 12 }, (_, index) => `client-${index}`)
  const step = fc.record({
    kind: fc.constantFrom('charge', 'charge', 'refund', 'activate', 'deactivate', 'weight', 'pool', 'order'),
    name: fc.constantFrom(...names), cpus: fc.integer({ min: 1, max: 5 }), mem: fc.nat(5),
  })
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const pool = new Pool()
    const sorter = new Sorter<string>(pool)
    const total = { cpus: 100, mem: 50 }
    pool.change(of(total), 1)
    const model = new Map(names.map((name) => {
      return [name, { held: [] as { cpus: number; mem: number }[], count: 0, weight: 1, active: false }]
    }))
    for (const name of names) sorter.add(name)
    for (const { kind, name, cpus, mem } of steps) {
      const client = model.get(name)
      assert.ok(client)
      if (kind === 'charge') {
        client.held.push({ cpus, mem })
        client.count += 1
        sorter.charge(name, of({ cpus, mem }))
      } else if (kind === 'refund') {
        const held = client.held.pop()
        if (held !== undefined) sorter.refund(name, of(held))
      } else if (kind === 'weight') {
        client.weight = cpus
        sorter.setWeight(name, cpus)
      } else if (kind === 'pool') {
        total.cpus += cpus
        pool.change(of({ cpus }), 1)
      } else if (kind !== 'order') {
        client.active = kind === 'activate'
        sorter.setActive(name, client.active)
      }
      const shareOf = (client: { held: { cpus: number; mem: number }[]; weight: number }): number => {
        const part = (of: 'cpus' | 'mem') => client.held.reduce((sum, held) => sum + held[of], 0) / total[of]
        return Math.max(part('cpus'), part('mem')) / client.weight
      }
      if (kind !== 'order') continue
      const expected = [...model].filter(([, each]) => each.active).sort(([left, one], [right, two]) => {
        return shareOf(one) - shareOf(two) || one.count - two.count || (left < right ? -1 : 1)
      })
      assert.deepEqual(namesOf(sorter), expected.map(([name]) => name))
    }
  }), { numRuns: 300 })
})

test('a client that is not there is a bug', () => {
  assert.throws(() => sorterOf({ cpus: 1 }).charge('nobody', of({ cpus: 1 })), RangeError)
})
