import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { read, told } from '../../../infra/snapshot/tree.js'

const NO_TREE = told('[the node has told what cannot be read]')

test('what is no tree is said to be none, where it stands', () => {
  for (const text of ['', '{', '{}', '{"kind":"told"}', '{"kind":"text","text":"x"}', '{"kind":"list","size":1}']) {
    assert.deepEqual(read(text), NO_TREE, text)
  }
  const half = '{"kind":"map","size":2,"entries":[["a",1],["b",{"kind":"spell"}]]}'
  assert.deepEqual(read(half), { kind: 'map', size: 2, entries: [['a', 1], ['b', NO_TREE]] })
  const strange = '{"kind":"set","size":0,"entries":[],"of":5,"more":"x"}'
  assert.deepEqual(read(strange), { kind: 'set', size: 0, entries: [] })
})

test('whatever another node says, reading it never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void read(text)))
  read('['.repeat(100_000) + ']'.repeat(100_000))
})
