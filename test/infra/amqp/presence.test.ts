import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress, type NodeAddress } from '../../../runtime/address.js'
import { Presence } from '../../../infra/amqp/presence.js'

const agent = nodeAddress('agent', 'a', '1')
const other = nodeAddress('agent', 'b', '1')

function present(absenceMaxMs = 5_000) {
  const [probed, dead]: [NodeAddress[], NodeAddress[]] = [[], []]
  const options = { probeIntervalMs: 5_000, returnGraceMs: 15_000, absenceMaxMs }
  const presence = new Presence(options, (node) => probed.push(node), (node) => dead.push(node))
  return { presence, probed, dead }
}

test('a watched node is asked at intervals', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const { presence, probed } = present()
  presence.watch(agent)
  assert.deepEqual(probed, [], 'what it is told first comes back as well')
  t.mock.timers.tick(10_000)
  assert.deepEqual(probed, [agent, agent])
  presence.unwatch(agent)
  t.mock.timers.tick(10_000)
  assert.equal(probed.length, 2)
})

test('a node that is missed is asked again after a while, and only then condemned, once', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const { presence, probed, dead } = present(3_000)
  presence.watch(agent)
  presence.returned(other)
  presence.returned(agent)
  t.mock.timers.tick(2_999)
  presence.returned(agent)
  assert.deepEqual([dead, probed], [[], []], 'it may be on its way to another broker')
  t.mock.timers.tick(1)
  assert.deepEqual(probed, [agent], 'the last chance')
  presence.returned(agent)
  presence.returned(agent)
  assert.deepEqual(dead, [agent])
  presence.stop()
})

test('a node that is back before its last chance is forgiven, and can be missed anew', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const { presence, dead } = present(3_000)
  presence.watch(agent)
  presence.returned(agent)
  t.mock.timers.tick(3_000)
  t.mock.timers.tick(3_000)
  presence.returned(agent)
  assert.deepEqual(dead, [], 'missed for the first time, as far as anybody knows')
  t.mock.timers.tick(3_000)
  presence.returned(agent)
  assert.deepEqual(dead, [agent])
  presence.stop()
})

test('after an interruption of our own nobody is missed for a while', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const { presence, probed, dead } = present(3_000)
  presence.watch(agent)
  presence.returned(agent)
  presence.resume()
  for (const passedMs of [3_000, 3_000, 8_999]) {
    presence.returned(agent)
    t.mock.timers.tick(passedMs)
  }
  presence.returned(agent)
  assert.deepEqual(dead, [])
  const before = probed.length
  t.mock.timers.tick(1)
  assert.ok(probed.length > before, 'asked again when the grace is over')
  presence.returned(agent)
  t.mock.timers.tick(3_000)
  presence.returned(agent)
  assert.deepEqual(dead, [agent])
  presence.stop()
})
