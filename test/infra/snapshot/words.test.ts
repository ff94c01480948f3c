import assert from 'node:assert/strict'
import test from 'node:test'
import { leafText, leftOut, preview, sizeText } from '../../../infra/snapshot/words.js'
import { told, type Group, type Shown } from '../../../infra/snapshot/tree.js'

const group = (kind: Group['kind'], size: number, ...entries: Group['entries']): Group => ({ kind, size, entries })

test('a value reads as it is written, and what can only be told as it is told', () => {
  const leaves: readonly (readonly [Exclude<Shown, Group>, string])[] = [
    ['a "b"\n', '"a \\"b\\"\\n"'], [5, '5'], [false, 'false'], [null, 'null'], [told('[secret]'), '[secret]'],
    [{ kind: 'text', text: 'abc', size: 900 }, '"abc…"'],
  ]
  for (const [shown, said] of leaves) assert.equal(leafText(shown), said)
})

test('a group says what it is and how large', () => {
  const said = [
    group('map', 1), group('map', 2_080), group('record', 3), group('list', 1), group('set', 0), group('record', 0),
  ].map(sizeText)
  assert.deepEqual(said, ['1 entry', '2,080 entries', '3 fields', '1 item', 'empty set', 'empty'])
  assert.equal(sizeText({ ...group('record', 0), of: 'Sorter' }), 'Sorter, 0 fields')
})

test('what is left out is counted', () => {
  assert.equal(leftOut(group('map', 2_081, ['a', 1])), '2,080 more')
  assert.equal(leftOut(group('map', 12)), '12 entries, not shown here')
  assert.equal(leftOut({ kind: 'text', text: 'abc', size: 1_003 }), '1,000 more characters')
  for (const whole of [group('map', 1, ['a', 1]), 5, null, told('[secret]')]) assert.equal(leftOut(whole), undefined)
})

test('a folded group shows the plain values with which it begins', () => {
  const record = group('record', 3, ['id', 'a1'], ['tasks', group('map', 2)], ['count', 5])
  assert.equal(preview(record), 'id: "a1", count: 5')
  assert.equal(preview(group('set', 2, ['0', 'x'], ['1', 'y'])), '"x", "y"')
  const long = Array.from({ length: 99 }, (_, index) => [String(index), 'long'] as const)
  assert.equal(preview(group('list', 99, ...long)), '"long", "long", "long", "long", "long", "long", "long"')
  assert.equal(preview(group('list', 1, ['0', 'x'.repeat(99)])), `"${'x'.repeat(59)}…`)
  assert.equal(preview(group('list', 1, ['0', group('list', 0)])), '')
})
