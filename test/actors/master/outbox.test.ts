import assert from 'node:assert/strict'
import test from 'node:test'
import type { Effect } from '../../../actors/master/decision.js'
import { Outbox, type Released } from '../../../actors/master/outbox.js'

const effect = (type: string): Effect => ({ to: 'somebody' as never, message: { type } })
const types = (effects: readonly Effect[]) => effects.map(({ message }) => message.type)
const free = (released: readonly Released[]) => types(released.flatMap(({ effects }) => effects))

test('what needs no record goes out at once while nothing is held', () => {
  assert.deepEqual(types(new Outbox().pass([effect('a')])), ['a'])
})

test('what was decided waits for its commit, and what came after it waits behind it', () => {
  const outbox = new Outbox()
  const first = outbox.hold([effect('a')])
  assert.deepEqual(outbox.pass([effect('b')]), [])
  const second = outbox.hold([effect('c')])
  assert.deepEqual(outbox.pass([effect('d')]), [])
  assert.deepEqual(free(outbox.release(first)), ['a', 'b'])
  assert.deepEqual(free(outbox.release(second)), ['c', 'd'])
  assert.equal(outbox.size, 0)
})

test('a commit covers all before it, and one that comes twice releases nothing', () => {
  const outbox = new Outbox()
  outbox.hold([effect('a')])
  const second = outbox.hold([effect('b')])
  assert.deepEqual(free(outbox.release(second)), ['a', 'b'])
  assert.deepEqual(outbox.release(second), [])
})

test('what came behind a decision is still caused by what brought it, and not by that commit', () => {
  const outbox = new Outbox()
  const token = outbox.hold([effect('a')])
  const cause = { traceId: 't', spanId: 's' }
  outbox.pass([effect('b')], cause)
  assert.deepEqual(outbox.release(token).map((each) => each.cause), [undefined, cause])
})

test('a decision that says nothing holds no place', () => {
  const outbox = new Outbox()
  outbox.hold([effect('a')])
  outbox.pass([])
  assert.equal(outbox.size, 1)
})
