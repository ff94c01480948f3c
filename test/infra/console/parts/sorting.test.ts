import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matcher, orderOf, sorted, textOfOrder } from '../../../../infra/console/parts/sorting.js'

test('a filter needs every word, leaves out what has a dash, and looks in one field', () => {
  const task = { name: 'web-3', state: 'running', command: 'serve failed' }
  const fits = (filter: string) => matcher(filter)(task)
  assert.deepEqual(['', 'web', 'WEB serve', 'web other', '-web', '-other', 'state:run', 'state:failed', '-state:failed']
    .map(fits), [true, true, true, false, false, true, true, false, true])
})

test('rows are sorted by numbers, and texts by the numbers in them', () => {
  assert.deepEqual(sorted(['a10', 'a9', 'b1'], (each) => each, false), ['a9', 'a10', 'b1'])
  assert.deepEqual(sorted([1, 10, 9], (each) => each, true), [10, 9, 1])
  const order = orderOf('-name', { key: 'id', descending: false })
  assert.deepEqual(order, { key: 'name', descending: true })
  assert.equal(textOfOrder(order), '-name')
  assert.equal(orderOf(null, order), order)
})
