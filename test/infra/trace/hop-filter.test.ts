import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterOf, type HopWish } from '../../../infra/trace/hop-filter.js'
import { AGENT, hop } from './hops.js'

const register = hop('sent', 1, 1, { from: AGENT, type: 'register-agent' })
const updates = hop('processed', 2, 1, { to: 'agent-a1@l1/agent/updates', type: 'sweep' })
const offers = hop('sent', 3, 1, {
  from: 'master-m1@l1/master', to: 'framework-web@l2/scheduler', type: 'offers', framework: 'x-0001',
})
const chosen = (wish: HopWish) => [register, updates, offers].filter(filterOf(wish)).map(({ type }) => type)

test('an actor is found as sender and as receiver, by its path, with its node, or by a pattern', () => {
  assert.deepEqual(chosen({ actor: 'master' }), ['register-agent', 'offers'])
  assert.deepEqual(chosen({ actor: 'agent' }), ['register-agent'])
  assert.deepEqual(chosen({ actor: 'agent-a1/agent' }), ['register-agent'])
  assert.deepEqual(chosen({ actor: '/agent/**' }), ['register-agent', 'sweep'])
  assert.deepEqual(chosen({ actor: 'agent/*' }), ['sweep'])
  assert.deepEqual(chosen({ actor: 'framework-*' }), ['offers'])
  assert.deepEqual(chosen({ actor: 'agent.a1' }), [], 'a dot is a dot')
})

test('types are chosen and hidden, and a framework has an id and a name', () => {
  assert.deepEqual(chosen({ types: ['offers', 'register-*'] }), ['register-agent', 'offers'])
  assert.deepEqual(chosen({ hide: ['SWEEP'] }), ['register-agent', 'offers'])
  assert.deepEqual(chosen({ framework: 'x-0001' }), ['offers'])
  assert.deepEqual(chosen({ framework: 'web' }), ['offers'])
  assert.deepEqual(chosen({}), ['register-agent', 'sweep', 'offers'])
})
