import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { groupAddress, kindOf, nodeAddress, NODE_KINDS, type NodeAddress } from '../../../runtime/address.js'
import { MASTERS_OWN, ownUser, type Rights, rightsOf, type Role } from '../../../infra/amqp/rights.js'
import {
  bindingsOf, exchangeName, hopsExchange, hopsQueue, type Member, routingKey, wayTo,
} from '../../../infra/amqp/topology.js'

const CLUSTER = 'prod.eu'
type Kind = (typeof NODE_KINDS)[number]

/** Short, of few letters and with many dots: neighbours whose names nearly are each other's. */
const name = fc.stringMatching(/^[ab.][ab.-]{0,3}$/).filter((text) => text !== '')
const life = fc.stringMatching(/^[a-z0-9]{1,3}$/)
const kind = fc.constantFrom(...NODE_KINDS)
const member = fc.record({ kind, name, life, agent: name }).map(memberOf)

interface Wish {
  readonly kind: Kind
  readonly name: string
  readonly life: string
  readonly agent: string
}

function memberOf(wish: Wish): Member {
  const self = nodeAddress(wish.kind, wish.name, wish.life)
  const agent = nodeAddress('agent', wish.agent, 'any')
  return { cluster: CLUSTER, self, ...(wish.kind === 'executor' ? { agent } : {}) }
}

function rightsFor({ self, agent }: Member): Rights {
  const short = (node: NodeAddress) => node.slice(node.indexOf('-') + 1, node.lastIndexOf('@'))
  return agent ? rightsOf(CLUSTER, 'executors', short(agent)) : rightsOf(CLUSTER, kindOf(self) as Role, short(self))
}

const may = (pattern: string | undefined, text: string): boolean =>
  pattern === undefined || new RegExp(pattern).test(text)
const topicOf = (rights: Rights, exchange: string) => rights.topics.find((topic) => topic.exchange === exchange)
const queueOf = (of: Member): string => `${CLUSTER}.${routingKey(of.self, of.agent)}.0`

test('a node may declare its queue, bind it to its keys, and publish wherever its messages may go', () => {
  fc.assert(fc.property(member, member, (one, other) => {
    const rights = rightsFor(one)
    assert.equal(rights.user, ownUser(one))
    for (const pattern of [rights.configure, rights.write, rights.read]) assert.ok(may(pattern, queueOf(one)))
    for (const { exchange, key } of bindingsOf(one)) {
      assert.ok(may(rights.read, exchange), exchange)
      assert.ok(may(topicOf(rights, exchange)?.read, key), key)
    }
    for (const to of [other.self, groupAddress(kindOf(other.self) as Kind)]) {
      const way = wayTo(one, to)
      if (!way) continue
      assert.ok(may(rights.write, way.exchange), way.exchange)
      assert.ok(may(topicOf(rights, way.exchange)?.write, way.key), way.key)
    }
  }), { numRuns: 2_000 })
})

test('a node may neither touch a queue of a node with another user, nor hear what is for that', () => {
  fc.assert(fc.property(member, member, (one, other) => {
    fc.pre(ownUser(one) !== ownUser(other))
    const rights = rightsFor(one)
    for (const pattern of [rights.configure, rights.write, rights.read]) assert.ok(!may(pattern, queueOf(other)))
    const own = new Set(bindingsOf(one).map(({ exchange, key }) => `${exchange} ${key}`))
    for (const { exchange, key } of bindingsOf(other)) {
      if (own.has(`${exchange} ${key}`)) continue
      assert.ok(!may(rights.read, exchange) || !may(topicOf(rights, exchange)?.read ?? '^$', key), `${exchange} ${key}`)
    }
  }), { numRuns: 2_000 })
})

test('only a master may write down, and share what is the masters\'', () => {
  fc.assert(fc.property(member, (one) => {
    const rights = rightsFor(one)
    const isMaster = kindOf(one.self) === 'master'
    assert.equal(may(rights.write, exchangeName(CLUSTER, 'down')), isMaster)
    for (const what of MASTERS_OWN) {
      for (const pattern of [rights.configure, rights.write, rights.read]) {
        assert.equal(may(pattern, `${CLUSTER}.${what}`), isMaster, what)
      }
    }
  }))
})

test('every node may tell its hops, as itself, and masters alone may hear them', () => {
  fc.assert(fc.property(member, member, (one, other) => {
    const rights = rightsFor(one)
    const isMaster = kindOf(one.self) === 'master'
    const topic = topicOf(rights, hopsExchange(CLUSTER)) ?? assert.fail()
    assert.ok(may(rights.write, hopsExchange(CLUSTER)) && may(topic.write, routingKey(one.self, one.agent) ?? ''))
    const others = routingKey(other.self, other.agent) ?? ''
    if (ownUser(one) !== ownUser(other)) assert.ok(!may(topic.write, others))
    assert.equal(may(rights.read, hopsExchange(CLUSTER)) && may(topic.read, '#'), isMaster)
    if (isMaster) assert.ok(may(rights.configure, hopsQueue(CLUSTER, one.self.slice(7, one.self.indexOf('@')), 12, 3)))
  }))
})

test('nobody may use what the broker brings, or bind with a wildcard', () => {
  fc.assert(fc.property(member, (one) => {
    const rights = rightsFor(one)
    for (const place of ['amq.default', 'amq.topic', 'amq.rabbitmq.trace', 'amq.gen-x', '', CLUSTER]) {
      for (const pattern of [rights.configure, rights.write, rights.read]) assert.ok(!may(pattern, place), place)
    }
    const key = routingKey(one.self, one.agent) ?? ''
    const wide = ['#', '*', '*.*.*', 'masters.#', `${key}.#`, key.replace(/[^.]+$/, '*'), key.replace(/[^.]+$/, '#')]
    for (const { exchange } of bindingsOf(one)) {
      for (const pattern of wide) assert.ok(!may(topicOf(rights, exchange)?.read ?? '^$', pattern), pattern)
    }
  }))
})

test('an agent\'s rights are these', () => {
  const life = '[A-Za-z0-9_-]+'
  const queue = `c\\.agent\\.agent-n1\\.eu\\.${life}\\.[0-9]+`
  assert.deepEqual(rightsOf('c', 'agent', 'n1.eu'), {
    user: 'agent-n1.eu', configure: `^(?:${queue})$`,
    write: `^(?:${queue}|c\\.up|c\\.executors|c\\.hops)$`, read: `^(?:${queue}|c\\.down|c\\.executors)$`,
    topics: [
      { exchange: 'c.up', write: `^(?:masters|master\\.master-[A-Za-z0-9._-]+\\.${life})$`, read: '^$' },
      { exchange: 'c.down', write: '^$', read: `^(?:agents|agent\\.agent-n1\\.eu\\.${life})$` },
      {
        exchange: 'c.executors', write: `^(?:executor\\.agent-n1\\.eu/executor-[A-Za-z0-9._-]+\\.${life})$`,
        read: `^(?:agent\\.agent-n1\\.eu\\.${life})$`,
      },
      { exchange: 'c.hops', write: `^(?:agent\\.agent-n1\\.eu\\.${life})$`, read: '^$' },
    ],
  })
})
