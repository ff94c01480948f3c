import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress, type NodeAddress } from '../../../runtime/address.js'
import { checkBrokerUrls, userIn, withoutPassword } from '../../../infra/amqp/broker-urls.js'
import { addressOf, bindingsOf, checkNames, routingKey, wayTo } from '../../../infra/amqp/topology.js'

test('a key names kind, node and life, and is read back', () => {
  const node = nodeAddress('agent', '7.f3-x', 'k3x9')
  assert.equal(routingKey(node), 'agent.agent-7.f3-x.k3x9')
  assert.equal(addressOf('agent.agent-7.f3-x.k3x9'), node)
  assert.equal(routingKey(groupAddress('master')), 'masters')
  assert.equal(addressOf('masters'), undefined)
})

test('an executor is reached by its agent, beneath its name, and by nobody else', () => {
  const [agent, executor] = [nodeAddress('agent', 'a.b', '1'), nodeAddress('executor', 'e.f', '2')]
  const key = 'executor.agent-a.b/executor-e.f.2'
  assert.equal(routingKey(executor, agent), key)
  assert.equal(addressOf(key), executor)
  assert.equal(routingKey(executor), undefined)
  assert.deepEqual(wayTo({ cluster: 'c', self: agent }, executor), { exchange: 'c.executors', key })
  const back = { exchange: 'c.executors', key: 'agent.agent-a.b.3' }
  assert.deepEqual(wayTo({ cluster: 'c', self: executor, agent }, nodeAddress('agent', 'a.b', '3')), back)
  assert.equal(wayTo({ cluster: 'c', self: executor, agent }, nodeAddress('agent', 'a', 'b')), undefined)
  assert.deepEqual(bindingsOf({ cluster: 'c', self: executor, agent }), [{ exchange: 'c.executors', key }])
})

test('what is no address has no key', () => {
  const names = ['agent-a/b@1', 'agent-é@1', 'agent-*@1', 'master-#@1']
  for (const text of [...names, 'stranger@1', 'agent-1', 'agent-1@', 'agent-1@a.b', 'agent-1@#', 'agent-1@*x']) {
    assert.equal(routingKey(text as NodeAddress), undefined, text)
  }
})

test('names that a broker could not keep apart are refused', () => {
  const self = nodeAddress('agent', 'a', '1')
  checkNames({ cluster: 'prod-1', self })
  for (const cluster of ['', 'a b', '#', '-a', 'x'.repeat(65)]) {
    assert.throws(() => checkNames({ cluster, self }), /is no cluster name: use/)
  }
  assert.throws(() => checkNames({ cluster: 'prod', self: groupAddress('agent') }), /is no node's address/)
  const long = (kind: 'agent' | 'executor') => nodeAddress(kind, 'x'.repeat(110), '1')
  const member = { cluster: 'c'.repeat(64), self: long('executor'), agent: long('agent') }
  assert.throws(() => checkNames(member), /is \d+ characters too long for the broker/)
})

test('a broker is shown without its password', () => {
  const url = 'amqp://me:secret@mq.example:5671/prod?heartbeat=9'
  checkBrokerUrls([url])
  assert.equal(withoutPassword(url), 'amqp://me@mq.example:5671/prod')
  assert.throws(() => checkBrokerUrls([]), /no broker is named/)
})

test('the user of several brokers is the one that all of them know', () => {
  assert.equal(userIn(['amqp://agent-a%2E1:x@one', 'amqp://agent-a.1:y@two/v']), 'agent-a.1')
  assert.equal(userIn(['amqp://one', 'amqp://guest@two']), undefined)
  assert.equal(userIn(['amqp://one']), undefined)
})
