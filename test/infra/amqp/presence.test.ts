import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress, type NodeAddress } from '../../../runtime/address.js'
import { Presence } from '../../../infra/amqp/presence.js'

const agent = nodeAddress('agent', 'a', '1')
const other = nodeAddress('agent', 'b', '1')

function present() {
  const [probed, dead]: [NodeAddress[], NodeAddress[]] = [[], []]
  const options = { probeIntervalMs: 5_000, returnGraceMs: 15_000 }
  const presence = new Presence(options, (node) => probed.push(node), (node) => dead.push(node))
  return { presence, probed, dead }
}

test('a watched node is asked at once and then at intervals', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const { presence, probed } = present()
  presence.watch(agent)
  assert.deepEqual(probed, [agent])
  t.mock.timers.tick(10_000)
  assert.deepEqual(probed, [agent, agent, agent])
  presence.unwatch(agent)
  t.mock.timers.tick(10_000)
  assert.equal(probed.length, 3)
})

test('what comes back condemns the watched, once, and nobody else', () => {
  const { presence, dead } = present()
  presence.watch(agent)
  presence.returned(other)
  presence.returned(agent)
  presence.returned(agent)
  assert.deepEqual(dead, [agent])
  presence.stop()
})

test('after an interruption of our own nobody is condemned for a while', (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const { presence, probed, dead } = present()
  presence.watch(agent)
  presence.resume()
  presence.returned(agent)
  t.mock.timers.tick(14_999)
  presence.returned(agent)
  assert.deepEqual(dead, [])
  const before = probed.length
  t.mock.timers.tick(1)
  assert.ok(probed.length > before, 'asked again when the grace is over')
  presence.returned(agent)
  assert.deepEqual(dead, [agent])
})
