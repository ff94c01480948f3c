import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { randomName, seededRandom } from '../../runtime/random.js'

test('the same seed gives the same sequence, within [0, 1)', () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    const [one, other] = [seededRandom(seed), seededRandom(seed)]
    for (let i = 0; i < 50; i++) {
      const value = one.next()
      assert.equal(value, other.next())
      assert.ok(value >= 0 && value < 1)
    }
  }))
})

test('the sequence is even: no tenth is met much more often than another', () => {
  const random = seededRandom(1)
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 100_000; i++) {
    const tenth = Math.floor(random.next() * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  for (const count of tenths) assert.ok(Math.abs(count - 10_000) < 500, `${tenths}`)
})

test('names are of the wanted length, of digits and small letters, and do not repeat', () => {
  const random = seededRandom(3)
  const names = Array.from({ length: 10_000 }, () => randomName(random, 8))
  assert.ok(names.every((name) => /^[0-9a-z]{8}$/.test(name)))
  assert.equal(new Set(names).size, names.length)
})
