import assert from 'node:assert/strict'
import test from 'node:test'
import type { Effect } from '../../../actors/master/decision.js'
import { Outbox } from '../../../actors/master/outbox.js'

const effect = (type: string): Effect => ({ to: 'somebody' as never, message: { type } })
const types = (effects: readonly Effect[]) => effects.map(({ message }) => message.type)

test('what needs no record goes out at once while nothing is held', () => {
  assert.deepEqual(types(new Outbox().pass([effect('a')])), ['a'])
})

test('what was decided waits for its commit, and what came after it waits behind it', () => {
  const outbox = new Outbox()
  const first = outbox.hold([effect('a')])
  assert.deepEqual(outbox.pass([effect('b')]), [])
  const second = outbox.hold([effect('c')])
  assert.deepEqual(outbox.pass([effect('d')]), [])
  assert.deepEqual(types(outbox.release(first)), ['a', 'b'])
  assert.deepEqual(types(outbox.release(second)), ['c', 'd'])
  assert.equal(outbox.size, 0)
})

test('a commit covers all before it, and one that comes twice releases nothing', () => {
  const outbox = new Outbox()
  outbox.hold([effect('a')])
  const second = outbox.hold([effect('b')])
  assert.deepEqual(types(outbox.release(second)), ['a', 'b'])
  assert.deepEqual(outbox.release(second), [])
})

test('a decision that says nothing holds no place', () => {
  const outbox = new Outbox()
  outbox.hold([effect('a')])
  outbox.pass([])
  assert.equal(outbox.size, 1)
})
