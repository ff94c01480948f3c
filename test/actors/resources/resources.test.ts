import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  add, contains, equals, isEmpty, NONE, scalar, subtract, sum, without,
} from '../../../actors/resources/resources.js'
import { resourcesProblem } from '../../../actors/resources/validity.js'
import { of } from '../../../actors/resources/amounts.js'
import { resources, scalarResources } from './arbitraries.js'

test('adding does not care for the order', () => {
  fc.assert(fc.property(resources, resources, (a, b) => assert.deepEqual(add(a, b), add(b, a))))
})

test('adding does not care for the grouping', () => {
  fc.assert(fc.property(resources, resources, resources, (a, b, c) => {
    assert.deepEqual(add(add(a, b), c), add(a, add(b, c)))
    assert.deepEqual(sum([a, b, c]), add(a, add(b, c)))
  }))
})

test('adding nothing and taking nothing change nothing', () => {
  fc.assert(fc.property(resources, (a) => {
    assert.deepEqual(add(a, NONE), a)
    assert.deepEqual(add(NONE, a), a)
    assert.deepEqual(subtract(a, NONE), a)
    assert.equal(isEmpty(subtract(a, a)), true)
  }))
})

test('what was added to scalars can be taken out again, to the thousandth', () => {
  fc.assert(fc.property(scalarResources, scalarResources, (a, b) => {
    assert.equal(equals(subtract(add(a, b), b), a), true)
  }))
})

test('what was added and was not there before can be taken out again', () => {
  fc.assert(fc.property(resources, resources, (a, b) => {
    const fresh = { ...without(a, b), scalars: a.scalars }
    assert.equal(equals(subtract(add(fresh, b), b), fresh), true)
  }))
})

test('a part and what is left beside it make the whole', () => {
  fc.assert(fc.property(resources, resources, (a, b) => {
    const whole = add(a, b)
    assert.equal(equals(add(subtract(whole, b), b), whole), true)
  }))
})

test('everything contains itself, nothing, and each of its parts', () => {
  fc.assert(fc.property(resources, resources, (a, b) => {
    assert.equal(contains(a, a), true)
    assert.equal(contains(a, NONE), true)
    assert.equal(contains(add(a, b), a), true)
    assert.equal(contains(a, without(a, b)), true)
  }))
})

test('a part of a part is a part, and two values contain each other only when equal', () => {
  fc.assert(fc.property(resources, resources, resources, (a, b, c) => {
    assert.equal(contains(add(add(a, b), c), a), true)
    assert.equal(contains(a, b) && contains(b, a), equals(a, b))
  }))
})

test('every result is canonical', () => {
  fc.assert(fc.property(resources, resources, (a, b) => {
    for (const result of [add(a, b), without(a, b), subtract(add(a, b), a)]) {
      assert.equal(resourcesProblem(result), undefined)
    }
  }))
})

test('no operation changes its arguments', () => {
  fc.assert(fc.property(resources, resources, (a, b) => {
    const before = structuredClone([a, b])
    add(a, b)
    without(a, b)
    contains(a, b)
    assert.deepEqual([a, b], before)
  }))
})

test('a tenth added ten times is one, and taken ten times leaves nothing', () => {
  const tenth = of({ cpus: 0.1 })
  const one = sum(Array.from({ length: 10 }, () => tenth))
  assert.equal(scalar(one, 'cpus'), 1)
  let left = one
  for (let time = 0; time < 10; time += 1) left = subtract(left, tenth)
  assert.deepEqual(left, NONE)
})

test('taking more than there is throws where it is a bug, and leaves nothing where it is asked for', () => {
  assert.throws(() => subtract(of({ cpus: 1 }), of({ cpus: 2 })), RangeError)
  assert.throws(() => subtract(of({ ports: '[1-2]' }), of({ ports: '[2-3]' })), RangeError)
  assert.deepEqual(without(of({ cpus: 1, mem: 5 }), of({ cpus: 2, mem: 1 })), of({ mem: 4 }))
  assert.deepEqual(without(of({ ports: '[1-2]' }), of({ ports: '[2-3]' })), of({ ports: '[1-1]' }))
})

test('what objects inherit is no resource', () => {
  assert.equal(scalar(NONE, 'constructor'), 0)
  assert.equal(contains(NONE, of({ constructor: 1 })), false)
  assert.deepEqual(add(of({ cpus: 1 }), of({ constructor: 1 })), of({ cpus: 1, constructor: 1 }))
})
