import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentView, FrameworkView, TaskView } from '../../../../actors/protocol/operator.js'
import {
  addressOf, agentOrders, drainOf, frameworkOrders, taskOrders,
} from '../../../../infra/console/orders/order.js'

const agent = (changes: Partial<AgentView> = {}) => ({
  id: 'S0', name: 'a1', hostname: 'rock', state: 'active', connection: 'connected', tasks: 3, ...changes,
}) as AgentView
const verbs = (changes: Partial<AgentView>) => agentOrders(agent(changes)).map(({ verb }) => verb)

test('what may be done to an agent is what makes sense as it is now', () => {
  for (const state of ['active', 'disconnected', 'unreachable'] as const) {
    assert.deepEqual(verbs({ state }), ['Deactivate', 'Drain', 'Gone for good'], state)
  }
  assert.deepEqual(verbs({ state: 'deactivated' }), ['Reactivate', 'Drain', 'Gone for good'])
  assert.deepEqual(verbs({ state: 'draining' }), ['Reactivate', 'Gone for good'])
  assert.deepEqual(verbs({ state: 'drained' }), ['Reactivate', 'Gone for good'])
  assert.deepEqual(verbs({ state: 'gone' }), [])
})

test('each order says how many tasks it costs, and what has no way back wants to be written', () => {
  const all = (changes: Partial<AgentView>) => agentOrders(agent(changes))
  const words = (changes: Partial<AgentView>) => all(changes).map(({ happens }) => happens.join(' '))
  assert.ok(words({ tasks: 3 }).every((each) => each.includes('All 3 tasks')))
  assert.ok(words({ tasks: 1 }).every((each) => each.includes('The one task')))
  assert.ok(words({ tasks: 0 }).every((each) => each.includes('no tasks')))
  assert.match(words({ connection: 'unreachable' })[1] ?? '', /It is unreachable now and hears of it when it is back/)
  assert.deepEqual(all({}).map(({ retype }) => retype), [undefined, undefined, 'a1'])
  const [teardown] = frameworkOrders({ id: 'F0', name: 'painter', tasks: 2 } as FrameworkView)
  assert.deepEqual([teardown?.retype, teardown?.path, teardown?.isBad], ['painter', '/v1/frameworks/F0/teardown', true])
})

test('a task that has ended cannot be ended, and one whose agent is away ends when that is back', () => {
  const orders = (state: string) => taskOrders({ launch: 'L/1', name: 't', state } as TaskView)
  assert.deepEqual(orders('FINISHED'), [])
  assert.equal(orders('RUNNING')[0]?.path, '/v1/tasks/L%2F1/kill')
  assert.match(orders('UNREACHABLE')[0]?.happens.join(' ') ?? '', /away/)
})

test('only what was chosen is said to the master', () => {
  const [, drain] = agentOrders(agent())
  assert.ok(drain)
  assert.equal(addressOf(drain, {}), '/v1/agents/S0/drain')
  assert.equal(addressOf(drain, { graceMs: '', deadlineMs: '300000', gone: '1' }),
    '/v1/agents/S0/drain?deadlineMs=300000&gone=1')
  for (const { choices } of drain.fields ?? []) assert.equal(choices[0]?.[0], '', 'the master\'s own way comes first')
})

test('the answer is told as what has happened', () => {
  const [deactivate, drain] = agentOrders(agent())
  const say = (order: typeof drain, answer: object) => order?.said(answer as never)
  assert.deepEqual([say(deactivate, { changed: true }), say(deactivate, { changed: false })],
    ['a1 is offered no more.', 'a1 was not offered before.'])
  assert.deepEqual([say(drain, { changed: true, agent: agent({ state: 'drained' }) }), say(drain, { changed: false })],
    ['a1 is drained.', 'a1 drains already.'])
})

test('how far a drain is is said as long as it lasts', () => {
  assert.equal(drainOf(agent()), undefined)
  assert.equal(drainOf(agent({ state: 'draining', tasks: 2 })), 'a1 drains: 2 tasks still to end.')
  const say = (changes: Partial<AgentView>) => drainOf(agent({ state: 'draining', ...changes })) ?? ''
  assert.match(say({ connection: 'disconnected' }), /It is disconnected, and ends them/)
  assert.match(say({ deadline: '2030-01-01T00:00:00Z' }), /on they are ended at once/)
  assert.match(say({ state: 'drained' }), /waits to be reactivated/)
})
