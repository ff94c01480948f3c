import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { collapsed } from '../../../../infra/console/trace/repeats.js'
import type { Arrow } from '../../../../infra/trace/sequence.js'

const arrowsOf = (types: string): Arrow[] =>
  [...types].map((type, index) => ({ trace: 't', span: `${index}`, type, from: 'a', to: 'b', isReply: false }))
const shown = (types: string): string =>
  collapsed(arrowsOf(types)).map(({ arrow, times }) => arrow.type + (times > 1 ? times : '')).join(' ')

test('what comes again at once, and loops, are shown once', () => {
  assert.equal(shown('aaab'), 'a3 b')
  assert.equal(shown('xababab'), 'x a3 b3')
  assert.equal(shown('abc'), 'a b c')
  assert.equal(shown(''), '')
})

test('nothing is lost: times what is shown is all there was', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 }), (types) => {
    const kept = collapsed(arrowsOf(types))
    assert.equal(kept.reduce((sum, { times }) => sum + times, 0), types.length)
  }))
})
