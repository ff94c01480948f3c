import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress, type NodeAddress } from '../../../runtime/address.js'
import { checkBrokerUrls, withoutPassword } from '../../../infra/amqp/broker-urls.js'
import { addressOf, checkNames, routingKey } from '../../../infra/amqp/topology.js'

test('a key names kind, node and life, and is read back', () => {
  const node = nodeAddress('agent', '7.f3-x', 'k3x9')
  assert.equal(routingKey(node), 'agent.agent-7.f3-x.k3x9')
  assert.equal(addressOf('agent.agent-7.f3-x.k3x9'), node)
  assert.equal(routingKey(groupAddress('master')), 'masters')
  assert.equal(addressOf('masters'), undefined)
})

test('what is no address has no key', () => {
  for (const text of ['stranger@1', 'agent-1', 'agent-1@', 'agent-1@a.b', 'agent-1@#', 'agent-1@*x']) {
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
})

test('a broker is shown without its password', () => {
  const url = 'amqp://me:secret@mq.example:5671/prod?heartbeat=9'
  checkBrokerUrls([url])
  assert.equal(withoutPassword(url), 'amqp://me@mq.example:5671/prod')
  assert.throws(() => checkBrokerUrls([]), /no broker is named/)
})
