/**
 * A broker that is silent: it is frozen, or the way to it carries nothing any more.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { AmqpOptions } from '../../infra/amqp/link.js'
import { confirmed, countOf, joinAt, type Member } from '../support/amqp-members.js'
import { testBroker } from '../support/broker.js'
import { Freezer } from '../support/freezer.js'

const LIMIT = { timeout: 60_000 }
const HEARTBEAT_MS = 1_000
/** How late a timer may be on a machine with much else to do. */
const LATE_MS = 1_000
const QUICK: Partial<AmqpOptions> = {
  heartbeatSeconds: HEARTBEAT_MS / 1_000, probeIntervalMs: 200, absenceMaxMs: 2_000,
}
const broker = testBroker()
/** As one is that a partition has cut off from all others. */
const lonely = testBroker()

const join = (t: TestContext, kind: 'master' | 'agent', urls = [broker.url]): Promise<Member> =>
  joinAt(t, kind, urls, 'silent', QUICK)

test('a connection that carries nothing is noticed within 3 heartbeats, and made again', LIMIT, async (t) => {
  const { freezer, url } = await Freezer.before(broker.url)
  t.after(() => freezer.stop())
  const agent = await join(t, 'agent', [url])
  const master = await join(t, 'master')
  master.transport.watch(agent.self)
  agent.transport.send(master.self, ['before'])
  await master.heard.until(({ envelopes }) => envelopes.length === 1)
  await confirmed(agent)

  freezer.freeze()
  const frozenAt = performance.now()
  agent.transport.send(master.self, ['into the void'])
  await agent.heard.until(({ states }) => states.length > 0)
  const noticedMs = performance.now() - frozenAt
  assert.ok(noticedMs <= 3 * HEARTBEAT_MS + LATE_MS, `noticed after ${noticedMs} ms`)
  assert.deepEqual(agent.heard.returned.map(({ reason, envelopes }) => [reason, envelopes]),
    [['unconfirmed', [['into the void']]]], 'the sender is told of what was under way')
  assert.match(agent.transport.vitals().reason ?? '', /heartbeat/i)

  freezer.thaw()
  await agent.heard.until(({ states }) => states.at(-1) === 'connected')
  agent.transport.send(master.self, ['after'])
  master.transport.send(agent.self, ['answer'])
  await agent.heard.until(({ envelopes }) => envelopes.length === 1)
  await master.heard.until(({ envelopes }) => envelopes.length >= 2)
  const [first, ...others] = master.heard.envelopes
  assert.deepEqual([first, others.at(-1)], [['before'], ['after']])
  assert.equal(others.length + master.transport.vitals().envelopesMissed, 2, 'it came in time, or is missed')
  assert.deepEqual(master.heard.dead, [])
  assert.equal(agent.transport.vitals().reconnects, 1)
})

test('with several brokers, one that is silent is left for another at once', LIMIT, async (t) => {
  const { freezer, url } = await Freezer.before(broker.url)
  t.after(() => freezer.stop())
  // The other way leads nowhere until the first is taken.
  const other = await Freezer.before(broker.url)
  t.after(() => other.freezer.stop())
  const agent = await join(t, 'agent', [url, other.url])
  const [used, spare] = freezer.connections > 0 ? [freezer, other.freezer] : [other.freezer, freezer]
  assert.deepEqual([used.connections, spare.connections], [2, 0], 'both connections are with one broker')
  used.freeze()
  await agent.heard.until(({ states }) => states.at(-1) === 'disconnected')
  const lostAt = performance.now()
  await agent.heard.until(({ states }) => states.at(-1) === 'connected')
  const awayMs = performance.now() - lostAt
  assert.ok(awayMs < 2_000 + LATE_MS, `it was ${awayMs} ms until the other broker was tried`)
})

test('who says something again and again, and hears nothing, tries another broker', LIMIT, async (t) => {
  const { freezer, url } = await Freezer.before(broker.url)
  t.after(() => freezer.stop())
  freezer.freeze()
  const master = await join(t, 'master')
  const impatient = { ...QUICK, connectTimeoutMs: 500, spellMs: 100 }
  const agent = await joinAt(t, 'agent', [lonely.url, url], 'silent', impatient)
  freezer.thaw()
  // There each word comes back.
  while (agent.heard.states.length === 0) {
    const said = agent.heard.returned.length
    agent.transport.send(master.self, ['is anybody there?'])
    await agent.heard.until(({ returned, states }) => returned.length > said || states.length > 0)
  }
  assert.equal(agent.heard.states[0], 'disconnected')
  await agent.heard.until(({ states }) => states.at(-1) === 'connected')
  agent.transport.send(master.self, ['at last'])
  await master.heard.until(({ envelopes }) => envelopes.length > 0)
  assert.deepEqual(master.heard.envelopes.at(-1), ['at last'])
})

test('a frozen broker is noticed, and its nodes find each other when it thaws', LIMIT, async (t) => {
  const [agent, master] = [await join(t, 'agent'), await join(t, 'master')]
  agent.transport.watch(master.self)
  broker.pause()
  t.after(() => broker.resume())
  const frozenAt = performance.now()
  await agent.heard.until(({ states }) => states.length > 0)
  await master.heard.until(({ states }) => states.length > 0)
  const noticedMs = performance.now() - frozenAt
  assert.ok(noticedMs <= 3 * HEARTBEAT_MS + LATE_MS, `noticed after ${noticedMs} ms`)
  agent.transport.send(master.self, ['meanwhile'])
  await agent.heard.until(({ returned }) => returned.length > 0)
  assert.equal(countOf(agent, 'disconnected'), 1)

  broker.resume()
  await agent.heard.until(({ states }) => states.at(-1) === 'connected')
  await master.heard.until(({ states }) => states.at(-1) === 'connected')
  agent.transport.send(master.self, ['after'])
  await master.heard.until(({ envelopes }) => envelopes.length === 1)
  assert.deepEqual(master.heard.envelopes, [['after']])
  assert.deepEqual(agent.heard.dead, [])
})
