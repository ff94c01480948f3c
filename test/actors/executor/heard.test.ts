import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Heard } from '../../../actors/executor/heard.js'

test('a report is new, then passed on, then noted, and stays noted', () => {
  const heard = new Heard()
  assert.equal(heard.statusOf(1), 'new')
  heard.passOn(1)
  assert.equal(heard.statusOf(1), 'passed-on')
  heard.note(1)
  heard.note(1)
  assert.equal(heard.statusOf(1), 'noted')
})

test('in whatever order reports come and are noted, each is known for what it is', () => {
  const order = fc.shuffledSubarray(Array.from({ length: 20 }, (_, index) => index + 1))
  fc.assert(fc.property(order, order, (passed, noted) => {
    const heard = new Heard()
    for (const sequence of passed) heard.passOn(sequence)
    for (const sequence of noted) heard.note(sequence)
    for (let sequence = 1; sequence <= 20; sequence++) {
      const expected = noted.includes(sequence) ? 'noted' : passed.includes(sequence) ? 'passed-on' : 'new'
      assert.equal(heard.statusOf(sequence), expected)
    }
  }))
})
