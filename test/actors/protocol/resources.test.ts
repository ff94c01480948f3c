import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { attributes, resources } from '../../../actors/protocol/resources.js'
import { parseAttributes } from '../../../actors/resources/attributes.js'
import { Invalid } from '../../../runtime/schema.js'
import { resources as anyResources } from '../resources/arbitraries.js'

test('resources travel as they are', () => {
  fc.assert(fc.property(anyResources, (value) => {
    assert.deepEqual(resources.unpack(resources.pack(value)), value)
  }))
})

const REFUSED: readonly (readonly [what: string, packed: unknown])[] = [
  ['nothing of something', [[['cpus', 0]], [], []]],
  ['less than nothing', [[['cpus', -1_000]], [], []]],
  ['ranges out of order', [[], [['ports', [[5, 6], [1, 2]]]], []]],
  ['ranges that touch', [[], [['ports', [[1, 2], [3, 4]]]], []]],
  ['a range that ends before it begins', [[], [['ports', [[2, 1]]]], []]],
  ['items out of order', [[], [], [['zones', ['b', 'a']]]]],
  ['an item twice', [[], [], [['zones', ['a', 'a']]]]],
  ['a name as two kinds', [[['x', 1]], [], [['x', ['a']]]]],
  ['a name that is none', [[['a b', 1]], [], []]],
  ['too many names', [Array.from({ length: 65 }, (_, index) => [`n${index}`, 1]), [], []]],
]
for (const [what, packed] of REFUSED) {
  test(`${what} is refused at the door`, () => assert.throws(() => resources.unpack(packed), Invalid))
}

test('attributes travel as they are written, and are read again by the same rules', () => {
  const parsed = parseAttributes('rack:r1;level:3.5;ports:[1-5,8-9]')
  const value = parsed.ok ? parsed.value : assert.fail(parsed.problem)
  assert.deepEqual(attributes.unpack(attributes.pack(value)), value)
  for (const raw of ['rack', 'a:b:;;c', 5, null, ['rack:r1'], 'x'.repeat(70_000)]) {
    assert.throws(() => attributes.unpack(raw), Invalid)
  }
})
