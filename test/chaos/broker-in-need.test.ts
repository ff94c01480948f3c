/**
 * A broker in need of memory: it takes nothing more until it has room, and delivers what it has.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { groupAddress } from '../../runtime/address.js'
import type { AmqpOptions } from '../../infra/amqp/link.js'
import { OUTBOX_BYTES_MAX, UNCONFIRMED_BYTES_MAX } from '../../infra/amqp/publisher.js'
import { confirmed, countOf, joinAt, type Member } from '../support/amqp-members.js'
import { testBroker } from '../support/broker.js'
import { Freezer } from '../support/freezer.js'

const LIMIT = { timeout: 100_000 }
const CLOSE_MAX_MS = 10_000
const QUICK: Partial<AmqpOptions> = { probeIntervalMs: 200, absenceMaxMs: 2_000 }
const MEGABYTE = new Uint8Array(1_000_000)
const broker = testBroker()

const join = (t: TestContext, kind: 'master' | 'agent', urls = [broker.url]): Promise<Member> =>
  joinAt(t, kind, urls, 'need', QUICK)

const setAlarm = (isOn: boolean) =>
  broker.control('set_vm_memory_high_watermark', isOn ? '0.000001' : '0.4')

test('a broker in need of memory: consuming goes on, publishing waits within a bound, it is seen', LIMIT, async (t) => {
  const { freezer, url } = await Freezer.before(broker.url)
  t.after(() => freezer.stop())
  const [agent, master] = [await join(t, 'agent'), await join(t, 'master', [url])]
  agent.transport.watch(master.self)
  freezer.freeze()
  for (let i = 0; i < 500; i++) agent.transport.send(master.self, [i])
  await confirmed(agent)
  await setAlarm(true)

  agent.transport.send(master.self, [500])
  await agent.heard.until(({ states }) => states.at(-1) === 'blocked')
  const { connection, reason, sinceMs } = agent.transport.vitals()
  assert.deepEqual([connection, reason], ['blocked', 'low on memory'])
  assert.ok(Math.abs(Date.now() - sinceMs) < CLOSE_MAX_MS)

  freezer.thaw()
  await master.heard.until(({ envelopes }) => envelopes.length >= 500)

  const sent = Math.ceil(1.25 * (OUTBOX_BYTES_MAX + UNCONFIRMED_BYTES_MAX) / MEGABYTE.length)
  for (let i = 0; i < sent; i++) {
    agent.transport.send(master.self, [501 + i, MEGABYTE])
    await new Promise(setImmediate)
    const { waitingBytes, unconfirmedBytes } = agent.transport.vitals()
    assert.ok(waitingBytes <= OUTBOX_BYTES_MAX)
    assert.ok(unconfirmedBytes <= UNCONFIRMED_BYTES_MAX + 2 * MEGABYTE.length)
  }
  await agent.heard.until(() => countOf(agent, 'outbox-full') > 0)
  const refused = countOf(agent, 'outbox-full')

  await setAlarm(false)
  await agent.heard.until(({ states }) => states.at(-1) === 'connected')
  await master.heard.until(({ envelopes }) => envelopes.length >= 501 + sent - refused)
  agent.transport.send(master.self, ['last'])
  await master.heard.until(({ envelopes }) => (envelopes.at(-1) as unknown[])[0] === 'last')
  const numbers = master.heard.envelopes.slice(0, -1).map((envelope) => (envelope as [number])[0])
  assert.deepEqual(numbers, Array.from(numbers, (_, index) => index), 'in order, once, the refused last')
  assert.equal(numbers.length + refused, 501 + sent)
  assert.equal(master.transport.vitals().envelopesMissed, refused)
  assert.deepEqual(agent.heard.dead, [], 'nobody is condemned because nothing moves')
  assert.deepEqual([agent.heard.states, master.heard.states], [['blocked', 'connected'], []])
})

test('in need of memory nodes can join, and leave in time; what was not sent is given back', LIMIT, async (t) => {
  await setAlarm(true)
  const [agent, master] = [await join(t, 'agent'), await join(t, 'master')]
  // Who asks again and again publishes again and again: the first time that the broker is in need, it says so.
  agent.transport.watch(master.self)
  agent.transport.send(groupAddress('master'), ['first'])
  await agent.heard.until(({ states }) => states.at(-1) === 'blocked')
  for (let i = 0; i < 40; i++) agent.transport.send(master.self, [i, MEGABYTE])
  const begunAt = performance.now()
  await agent.transport.close()
  const closedMs = performance.now() - begunAt
  assert.ok(closedMs < CLOSE_MAX_MS, `closed after ${closedMs} ms`)
  const back = agent.heard.returned.flatMap(({ envelopes }) => envelopes.map(([what]) => what))
  assert.deepEqual(back.filter((what) => what !== 'first'), Array.from({ length: 40 }, (_, index) => index))
  assert.ok(countOf(agent, 'disconnected') > 0, 'what the broker never had is told apart')
})
