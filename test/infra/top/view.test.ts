import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIRST_VIEW, onKey, sorted, type View } from '../../../infra/top/view.js'
import { agent } from './views.js'

const pressed = (keys: readonly string[], view: View = FIRST_VIEW): View =>
  keys.reduce<View>((now, key) => onKey(now, key) as View, view)
const idsBy = (...keys: readonly string[]) => sorted([
  agent('S1', { used: { cpus: 1, mem: 300 }, tasks: 5, name: 'b' }),
  agent('S2', { used: { cpus: 3, mem: 100 }, tasks: 5, name: 'c', state: 'draining' }),
  agent('S3', { used: { cpus: 2, mem: 200 }, tasks: 6, name: 'a' }),
], pressed(keys)).map(({ id }) => id)

test('keys sort by what they stand for, and whoever is alike stays in order', () => {
  assert.deepEqual(idsBy('c'), ['S2', 'S3', 'S1'])
  assert.deepEqual(idsBy('m'), ['S1', 'S3', 'S2'])
  assert.deepEqual(idsBy('t'), ['S3', 'S1', 'S2'])
  assert.deepEqual(idsBy('n'), ['S3', 'S1', 'S2'])
  assert.deepEqual(idsBy('s'), ['S1', 'S3', 'S2'])
  assert.deepEqual(idsBy('m', 'r'), ['S2', 'S3', 'S1'])
})

test('a list is scrolled, never above its beginning, and another order begins at the top', () => {
  assert.equal(pressed(['j', 'j', '\u001b[B', 'k']).offset, 2)
  assert.equal(pressed(['k', '\u001b[A']).offset, 0)
  assert.equal(pressed(['j', 't']).offset, 0)
  assert.deepEqual([pressed(['\t']).focus, pressed(['\t', '\t']).focus], ['frameworks', 'agents'])
})

test('q and Ctrl-C quit, and a key that means nothing does nothing', () => {
  assert.deepEqual(['q', '\u0003'].map((key) => onKey(FIRST_VIEW, key)), ['quit', 'quit'])
  for (const key of ['x', '\u001b[C', 'constructor']) assert.equal(onKey(FIRST_VIEW, key), FIRST_VIEW)
})
