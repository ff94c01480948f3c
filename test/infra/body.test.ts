import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf } from '../../infra/body.js'

const body = (message: object): unknown => JSON.parse(bodyOf(message as never))

test('a body holds what a message holds, but its type', () => {
  const data = new TextEncoder().encode('hello')
  assert.deepEqual(body({ type: 'x', count: 1, map: new Map([['a', 1n]]), set: new Set([2]), data }),
    { count: 1, map: { a: '1' }, set: [2], data: 'hello' })
})

test('a body shows no secret, in whatever message it is', () => {
  const environment = { API: 'hunter2' }
  assert.deepEqual(body({ type: 'start', environment, password: 'hunter2', list: [{ environment }] }),
    { environment: { API: '[secret]' }, password: '[secret]', list: [{ environment: { API: '[secret]' } }] })
})
