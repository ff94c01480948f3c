import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress } from '../../../runtime/address.js'
import { admissionTo, type Delivery } from '../../../infra/amqp/admission.js'

const [m1, a1] = [nodeAddress('master', 'm1', 'x'), nodeAddress('agent', 'a1', 'x')]
const [f1, e1] = [nodeAddress('framework', 'f1', 'x'), nodeAddress('executor', 'e1', 'x')]
const to = {
  master: admissionTo({ cluster: 'c', self: m1 }), agent: admissionTo({ cluster: 'c', self: a1 }),
  framework: admissionTo({ cluster: 'c', self: f1 }), executor: admissionTo({ cluster: 'c', self: e1, agent: a1 }),
}
type Kind = keyof typeof to
const KEY: Readonly<Record<Kind, string>> = {
  master: 'master.master-m1.x', agent: 'agent.agent-a1.x', framework: 'framework.framework-f1.x',
  executor: 'executor.agent-a1/executor-e1.x',
}

const delivery = (exchange: string, routingKey: string, userId?: string, headers?: object): Delivery =>
  ({ fields: { exchange: `c.${exchange}`, routingKey }, properties: { userId, headers } })

const HEARD: readonly (readonly [Kind, string, string, string])[] = [
  ['master', 'up', 'agent-a1', 'agent-a1@'], ['master', 'up', 'framework-f1', 'framework-f1@'],
  ['master', 'up', 'master-m2', 'master-m2@'], ['agent', 'down', 'master-m1', 'master-m1@'],
  ['framework', 'down', 'master-m2', 'master-m2@'], ['agent', 'executors', 'executors-a1', 'executor-'],
  ['executor', 'executors', 'agent-a1', 'agent-a1@'],
]

for (const [kind, exchange, user, sender] of HEARD) {
  test(`a ${kind} hears '${user}' on ${exchange}, who may speak for '${sender}…'`, () => {
    assert.deepEqual(to[kind](delivery(exchange, KEY[kind], user, {})), { ok: true, sender })
  })
}

const REFUSED: readonly (readonly [Kind, string, string | undefined])[] = [
  ['master', 'up', undefined], ['master', 'up', 'guest'], ['master', 'up', 'executors-a1'],
  ['master', 'up', 'executor-e1'], ['agent', 'down', 'agent-a2'], ['agent', 'down', 'framework-f1'],
  ['agent', 'down', 'masters'], ['agent', 'down', undefined], ['framework', 'down', 'framework-f1'],
  ['agent', 'executors', 'master-m1'], ['agent', 'executors', 'agent-a2'], ['agent', 'executors', 'executors-a2'],
  ['agent', 'executors', 'agent-a1'], ['executor', 'executors', 'agent-a2'], ['executor', 'executors', 'executors-a1'],
]

for (const [kind, exchange, user] of REFUSED) {
  test(`a ${kind} does not hear ${user ?? 'nobody'} on ${exchange}`, () => {
    const admission = to[kind](delivery(exchange, KEY[kind], user))
    assert.match(admission.ok ? '' : admission.reason, user ? /who may not write here/ : /it has no user_id/)
  })
}

const DETOURS: readonly (readonly [string, Delivery])[] = [
  ['dead-lettered', delivery('down', KEY.agent, 'master-m1', { 'x-death': [{ count: 1 }] })],
  ['copied', delivery('down', KEY.agent, 'master-m1', { CC: [KEY.agent] })],
  ['copied blindly, as its key shows', delivery('down', 'agent.agent-a2.x', 'master-m1')],
  ['published elsewhere', delivery('up', KEY.agent, 'master-m1')],
  ['for all, where none are', delivery('executors', 'agents', 'executors-a1')],
  ['sent to its queue', {
    fields: { exchange: '', routingKey: `c.${KEY.agent}.0` }, properties: { userId: 'master-m1' },
  }],
]

for (const [what, one] of DETOURS) {
  test(`what was ${what} came by a detour`, () => {
    const admission = to.agent(one)
    assert.match(admission.ok ? '' : admission.reason, /^by a detour/)
  })
}

test('headers that others add on the way are no detour', () => {
  assert.equal(to.agent(delivery('down', 'agents', 'master-m1', { timestamp_in_ms: 1 })).ok, true)
})
