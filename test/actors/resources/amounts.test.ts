import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { amountsOf, of, takePorts } from '../../../actors/resources/amounts.js'
import { add, NONE } from '../../../actors/resources/resources.js'
import { resources } from './arbitraries.js'

test('amounts are plain units, and ports are text', () => {
  const value = of({ cpus: 0.5, mem: 1024, ports: [{ begin: 31000, end: 31999 }], zones: ['b', 'a'] })
  assert.deepEqual(amountsOf(value), { cpus: 0.5, mem: 1024, ports: '[31000-31999]', zones: '{a,b}' })
  assert.deepEqual(of({ cpus: 0, ports: [] }), NONE)
})

test('what amounts show can be written again', () => {
  fc.assert(fc.property(resources, (value) => assert.deepEqual(of(amountsOf(value)), value)))
})

test('a program that asks for what cannot be is told what and why', () => {
  const message = 'cpus:-1 is negative: write 0 or more'
  assert.throws(() => of({ cpus: -1 }), { name: 'RangeError', message })
  assert.throws(() => of({ cpus: Number.NaN }), RangeError)
  assert.throws(() => of({ ports: 'many' }), RangeError)
  assert.throws(() => of({ 'c pus': 1 }), RangeError)
})

test('ports are taken from below, and what is left beside them is whole', () => {
  const offer = of({ cpus: 1, ports: '[5-6,9-12]' })
  assert.deepEqual(takePorts(offer, 3), {
    ports: [5, 6, 9],
    taken: of({ ports: '[5-6,9-9]' }),
    rest: of({ cpus: 1, ports: '[10-12]' }),
  })
  assert.equal(takePorts(offer, 7), undefined)
  assert.deepEqual(takePorts(NONE, 0), { ports: [], taken: NONE, rest: NONE })
  assert.throws(() => takePorts(offer, -1), RangeError)
})

test('ports taken and the rest make the offer', () => {
  fc.assert(fc.property(resources, fc.integer({ min: 0, max: 20 }), (offer, count) => {
    const taken = takePorts(offer, count)
    if (taken !== undefined) assert.deepEqual(add(taken.taken, taken.rest), offer)
  }))
})
