import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress } from '../../../runtime/address.js'
import { Arrivals, Departures, PEERS_MAX } from '../../../infra/amqp/tally.js'

const agent = nodeAddress('agent', 'a', '1')
const master = nodeAddress('master', 'm', '1')
const agents = groupAddress('agent')

test('what arrives in order is taken, and nothing is missed', () => {
  const [departures, arrivals] = [new Departures(master), new Arrivals()]
  for (const count of [3, 1, 50]) assert.equal(arrivals.take(departures.number(agent, count), 'me', count), true)
  assert.equal(arrivals.missed, 0)
})

test('what never came is counted when something later comes, the very first included', () => {
  const [departures, arrivals] = [new Departures(master), new Arrivals()]
  departures.number(agent, 2)
  arrivals.take(departures.number(agent, 1), 'me', 1)
  assert.equal(arrivals.missed, 2)
  departures.number(agent, 5)
  departures.number(agent, 6)
  arrivals.take(departures.number(agent, 1), 'me', 1)
  assert.equal(arrivals.missed, 13)
})

test('what comes late, or twice, is not taken, and counts as missed once', () => {
  const [departures, arrivals] = [new Departures(master), new Arrivals()]
  arrivals.take(departures.number(agent, 1), 'me', 1)
  const late = departures.number(agent, 4)
  const next = departures.number(agent, 1)
  assert.equal(arrivals.take(next, 'me', 1), true)
  assert.equal(arrivals.take(late, 'me', 4), false)
  assert.equal(arrivals.take(next, 'me', 1), false)
  assert.equal(arrivals.missed, 4)
})

test('each sender, and each life of one, is counted by itself', () => {
  const arrivals = new Arrivals()
  for (const from of [master, nodeAddress('master', 'm', '2')]) {
    const departures = new Departures(from)
    departures.number(agent, 1)
    arrivals.take(departures.number(agent, 1), 'me', 1)
  }
  assert.equal(arrivals.missed, 2)
})

test('who joins a group late misses nothing of what was said before, and what is lost after', () => {
  const [departures, arrivals] = [new Departures(master), new Arrivals()]
  departures.number(agents, 10)
  arrivals.take(departures.number(agents, 1), 'group', 1)
  assert.equal(arrivals.missed, 0)
  departures.number(agents, 2)
  arrivals.take(departures.number(agents, 1), 'group', 1)
  arrivals.take(departures.number(agent, 1), 'me', 1)
  assert.equal(arrivals.missed, 2)
})

test('a sender that has forgotten a node begins anew, and what is not numbered is taken', () => {
  const [departures, arrivals] = [new Departures(master), new Arrivals()]
  arrivals.take(departures.number(agent, 7), 'me', 7)
  departures.forget(agent)
  assert.equal(arrivals.take(departures.number(agent, 1), 'me', 1), true)
  for (const strange of [{}, { appId: 'x' }, { appId: 'x', messageId: '-1' }, { appId: 'x', messageId: 'y' }]) {
    assert.equal(arrivals.take(strange, 'me', 1), true)
  }
  assert.equal(arrivals.missed, 0)
})

test('no more nodes are remembered than the limit', () => {
  const departures = new Departures(master)
  for (let i = 0; i <= PEERS_MAX; i++) departures.number(nodeAddress('agent', `a${i}`, '1'), 1)
  assert.equal(departures.number(nodeAddress('agent', `a${PEERS_MAX}`, '1'), 1).messageId, '1')
  assert.equal(departures.number(nodeAddress('agent', 'a0', '1'), 1).messageId, '0', 'the oldest is forgotten')
})
