import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { earlier, isBinary, later, positionOf, WINDOW_BYTES, wishOf } from '../../../../infra/console/files/window.js'

test('an address says where in a file one is; what makes no sense is its end', () => {
  assert.deepEqual([positionOf(null), positionOf('x'), positionOf('-1'), positionOf('0'), positionOf('65536')],
    ['end', 'end', 'end', 0, 65_536])
  assert.deepEqual(wishOf('end'), { tail: String(WINDOW_BYTES), follow: '1' })
  assert.deepEqual(wishOf(7), { offset: '7', bytes: String(WINDOW_BYTES) })
})

test('turning the pages forward shows every byte, and backward leads to the first', () => {
  fc.assert(fc.property(fc.nat(1_000_000), (size) => {
    let [at, shown] = [0, 0]
    for (;;) {
      assert.equal(at, shown)
      const next = later(at, size)
      if (next === 'end') break
      shown += WINDOW_BYTES
      at = next
    }
    assert.ok(size - at <= WINDOW_BYTES, 'the end shows all that is left')
    while (at > 0) at = earlier(at)
    assert.equal(at, 0)
  }))
})

test('what has zero bytes is no text', () => {
  assert.deepEqual([isBinary('a\0b'), isBinary('é\n'), isBinary('')], [true, false, false])
})
