import assert from 'node:assert/strict'
import test from 'node:test'
import { contest, contestOfMany, isMet, median } from '../../../infra/bench/rounds.js'

test('subject and rival take turns, and the ratio is of each round', async () => {
  const order: string[] = []
  const values = { subject: [0, 10, 30, 20], rival: [0, 10, 10, 10] }
  const next = (who: 'subject' | 'rival') => async () => {
    order.push(who)
    return values[who].shift() ?? 0
  }
  const row = await contest({
    bench: 'b', row: 'r', unit: 'x/s', peer: 'p', rounds: 3, subject: next('subject'), rival: next('rival'),
  })
  assert.deepEqual(order, ['rival', 'subject', 'rival', 'subject', 'subject', 'rival', 'rival', 'subject'])
  assert.deepEqual(row.ratio, { median: 2, min: 1, max: 3 })
  assert.equal(row.value, 20)
  assert.equal(row.rounds, 3)
})

test('a median of an even number of values is between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(median([3, 1, 2]), 2)
})

test('a round that brings several values makes a row of each', async () => {
  const naming = { bench: 'b', unit: 'ms', peer: 'p' }
  const rows = await contestOfMany({
    namings: [{ ...naming, row: 'p50', goal: { atMost: 1 } }, { ...naming, row: 'p99' }], rounds: 2,
    subject: async () => [1, 9], rival: async () => [2, 3],
  })
  assert.deepEqual(rows.map(({ row, value, peerValue, ratio }) => [row, value, peerValue, ratio.median]),
    [['p50', 1, 2, 0.5], ['p99', 9, 3, 3]])
})

test('a goal is met at its very limit, and a row without one cannot miss it', async () => {
  const rowOf = (value: number, goal?: { atLeast: number } | { atMost: number }) => contest({
    bench: 'b', row: 'r', unit: 'x', peer: 'p', rounds: 1, ...(goal ? { goal } : {}),
    subject: async () => value, rival: async () => 1,
  })
  assert.ok(isMet(await rowOf(4, { atLeast: 4 })) && !isMet(await rowOf(3.9, { atLeast: 4 })))
  assert.ok(isMet(await rowOf(0.4, { atMost: 0.4 })) && !isMet(await rowOf(0.5, { atMost: 0.4 })))
  assert.ok(isMet(await rowOf(0)))
})
