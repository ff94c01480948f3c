import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recent, RECENT_MESSAGES_KEPT } from '../../runtime/recent.js'

test('the last messages are kept, oldest first', () => {
  const recent = new Recent()
  assert.deepEqual(recent.list(), [])
  for (let count = 1; count <= 3 * RECENT_MESSAGES_KEPT; count++) {
    recent.add({ type: String(count) })
    const first = Math.max(1, count - RECENT_MESSAGES_KEPT + 1)
    const expected = Array.from({ length: Math.min(count, RECENT_MESSAGES_KEPT) }, (_, index) => String(first + index))
    assert.deepEqual(recent.list().map(({ type }) => type), expected)
  }
})
