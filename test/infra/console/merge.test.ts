import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyOf, merge } from '../../../infra/console/merge.js'

test('rows that changed take the place of what they were, and what is gone goes', () => {
  const rows = new Map([['a', { id: 'a', n: 1 }], ['b', { id: 'b', n: 1 }]])
  merge(rows, { rows: [{ id: 'a', n: 2 }, { id: 'c', n: 1 }], gone: ['b'], isAll: false })
  assert.deepEqual([...rows.values()], [{ id: 'a', n: 2 }, { id: 'c', n: 1 }])
  merge(rows, { rows: [{ id: 'd', n: 1 }], gone: [], isAll: true })
  assert.deepEqual([...rows.keys()], ['d'])
})

test('a row that does not fit any more leaves, and tasks are told apart by their launches', () => {
  const rows = new Map([['a', { id: 'a', agent: 'S1' }]])
  merge(rows, { rows: [{ id: 'a', agent: 'S2' }], gone: [], isAll: false }, ({ agent }) => agent === 'S1')
  assert.equal(rows.size, 0)
  assert.equal(keyOf({ id: 't', launch: 'L1' }), 'L1')
})
