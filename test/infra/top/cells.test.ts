import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cut, fitted, widthOf } from '../../../infra/top/cells.js'

test('text takes the room that it has on a terminal', () => {
  const widths: readonly (readonly [string, number])[] = [
    ['abc', 3], ['', 0], ['日本', 4], ['é', 1], ['e\u0301', 1], ['🙂', 2], ['\u001b[32m||\u001b[39m', 2],
  ]
  for (const [text, width] of widths) assert.equal(widthOf(text), width, JSON.stringify(text))
})

test('text is made to fitted, on either side, and says when something is missing', () => {
  assert.equal(fitted('abc', 5), 'abc  ')
  assert.equal(fitted('abc', 5, 'right'), '  abc')
  assert.equal(fitted('abcdef', 4), 'abc…')
  assert.equal(fitted('日本語', 4), '日… ')
  assert.equal(cut('abc', 3), 'abc')
})

test('nothing in a name is a command to the terminal', () => {
  assert.equal(fitted('\u001b[2Jx\n\u202e', 8), '·[2Jx·· ')
})

test('what was fitted is exactly so wide, whatever it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
    assert.equal(widthOf(fitted(text, width)), width)
  }))
})
