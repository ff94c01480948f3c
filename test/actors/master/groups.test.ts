import assert from 'node:assert/strict'
import test from 'node:test'
import { Groups } from '../../../actors/master/groups.js'

test('values are found by what they belong to, oldest first', () => {
  const groups = new Groups<string, number, string>()
  groups.put('a', 1, 'one')
  groups.put('b', 2, 'two')
  groups.put('a', 3, 'three')
  assert.deepEqual([[...groups.of('a')], [...groups.of('b')], [...groups.of('c')]], [['one', 'three'], ['two'], []])
})

test('a value of the same key gives way, in its own group only', () => {
  const groups = new Groups<string, number, string>()
  groups.put('a', 1, 'one')
  groups.put('b', 1, 'other')
  groups.put('a', 1, 'uno')
  assert.deepEqual([[...groups.of('a')], [...groups.of('b')]], [['uno'], ['other']])
})

test('a group whose last value is deleted is empty, as one that never was', () => {
  const groups = new Groups<string, number, string>()
  groups.put('a', 1, 'one')
  assert.equal(groups.isEmpty('a'), false)
  groups.delete('a', 2)
  groups.delete('b', 1)
  assert.equal(groups.isEmpty('a'), false)
  groups.delete('a', 1)
  assert.equal(groups.isEmpty('a'), true)
  assert.deepEqual(groups, new Groups())
})
