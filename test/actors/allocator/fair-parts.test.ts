import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { cutPart, fairParts } from '../../../actors/allocator/fair-parts.js'
import { of } from '../../../actors/resources/amounts.js'
import { add, contains, NONE, subtract } from '../../../actors/resources/resources.js'

test('those who have nothing share alike, and by their weights', () => {
  assert.deepEqual(fairParts([{ share: 0, weight: 1 }, { share: 0, weight: 1 }], 1), [0.5, 0.5])
  assert.deepEqual(fairParts([{ share: 0, weight: 3 }, { share: 0, weight: 1 }], 0.5), [0.75, 0.25])
})

test('those who have least are raised first, and those above the level get nothing', () => {
  assert.deepEqual(fairParts([{ share: 0, weight: 1 }, { share: 0.5, weight: 1 }], 0.5), [1, 0])
  assert.deepEqual(fairParts([{ share: 0, weight: 1 }, { share: 0.25, weight: 1 }], 0.75), [2 / 3, 1 / 3])
})

test('where there is nothing to be fair about, the first has it all', () => {
  assert.deepEqual(fairParts([{ share: 0, weight: 1 }, { share: 0, weight: 1 }], 0), [1, 0])
  assert.deepEqual(fairParts([], 1), [])
})

test('the parts make the whole, and all who get a part end at one level', () => {
  const competitor = fc.record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    weight: fc.integer({ min: 1, max: 10 }),
  })
  const competitors = fc.array(competitor, { minLength: 1, maxLength: 8 }).map((list) => {
    return list.sort((one, other) => one.share - other.share)
  })
  fc.assert(fc.property(competitors, fc.double({ min: 0.001, max: 1, noNaN: true }), (list, amount) => {
    const parts = fairParts(list, amount)
    assert.ok(Math.abs(parts.reduce((sum, part) => sum + part, 0) - 1) < 1e-9)
    const raised = list.map(({ share, weight }, index) => share + ((parts[index] ?? 0) * amount) / weight)
    const level = raised[0] ?? 0
    raised.forEach((share, index) => {
      if ((parts[index] ?? 0) > 0) assert.ok(Math.abs(share - level) < 1e-9)
      else assert.ok(share >= level - 1e-9)
    })
  }))
})

test('a cut is rounded down: memory and gpus to whole units, ports to whole ports', () => {
  const whole = of({ cpus: 3, mem: 4097, gpus: 3, ports: '[1-3,10-13]', zones: '{a}' })
  const half = cutPart(whole, whole, 0.5)
  assert.deepEqual(half, of({ cpus: 1.5, mem: 2048, gpus: 1, ports: '[1-3]', zones: '{a}' }))
  const rest = subtract(whole, half)
  assert.deepEqual(cutPart(whole, rest, 0.5), of({ cpus: 1.5, mem: 2048, gpus: 1, ports: '[10-12]' }))
  assert.deepEqual(cutPart(whole, whole, 0), { ...NONE, sets: whole.sets })
})

test('cuts never make more than the whole', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(fc.property(fc.nat(5000), fc.nat(50), part, (cpus, ports, first) => {
    const whole = of({ cpus: cpus / 1000, ports: ports > 0 ? `[1-${ports}]` : '[]' })
    const one = cutPart(whole, whole, first)
    const other = cutPart(whole, subtract(whole, one), 1 - first)
    assert.ok(contains(whole, add(one, other)))
    assert.ok(contains(subtract(whole, one), other))
  }))
})
