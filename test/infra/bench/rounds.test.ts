import assert from 'node:assert/strict'
import test from 'node:test'
import { contest, median } from '../../../infra/bench/rounds.js'

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
