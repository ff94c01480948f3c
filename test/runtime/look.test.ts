import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item } from '../../runtime/item.js'
import { lookOf } from '../../runtime/look.js'

const trace = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }
const item = (type: string, queuedAt: number, live?: boolean): Item => {
  const message = { type }
  const notice = live === undefined ? undefined : { message, live, taken: () => undefined }
  return { message, from: undefined, trace, queuedAt, notice, deadlineMs: undefined }
}

test('what was withdrawn does not wait; what is not listed counts', () => {
  const items = [item('beat', 5, false), item('end', 8, true), item('first', 1), item('second', 2), item('third', 3)]
  const { waiting, ...rest } = lookOf(items, 'held', 10, 2)
  assert.deepEqual(rest, { waitingTotal: 4, state: 'held' })
  assert.deepEqual(waiting.map(({ message, waitedMs, isNotice }) => [message.type, waitedMs, isNotice]),
    [['end', 2, true], ['first', 9, false]])
})
