import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standingOf } from '../../../infra/cli/agent-state.js'

test('how an agent is connected is said where the wish of an operator hides it', () => {
  const said = (state: Parameters<typeof standingOf>[0]['state'], connection: 'connected' | 'unreachable') =>
    standingOf({ state, connection })
  assert.equal(said('active', 'connected'), 'active')
  assert.equal(said('unreachable', 'unreachable'), 'unreachable')
  assert.equal(said('drained', 'connected'), 'drained')
  assert.equal(said('draining', 'unreachable'), 'draining, unreachable')
  assert.equal(said('gone', 'unreachable'), 'gone')
})
