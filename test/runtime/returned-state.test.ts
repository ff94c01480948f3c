import assert from 'node:assert/strict'
import { test } from 'node:test'
import { returnedState } from '../../runtime/returned-state.js'

test('what is a state is returned, whatever it is', () => {
  for (const state of [null, 0, '', false, {}]) assert.equal(returnedState(state, 'it'), state)
})

test('nothing and a promise are no states', () => {
  assert.throws(() => returnedState(undefined, 'receive'), /^Error: receive returned no state: return one in/)
  assert.throws(() => returnedState(Promise.resolve(1), 'receive'), /^Error: receive is async: it returned a promise/)
})
