/**
 * A broker that is not dead, but no use either: frozen, cut off, or in need of memory.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { groupAddress, nodeAddress, type NodeAddress } from '../../runtime/address.js'
import type { Transport, UndeliverableReason } from '../../runtime/transport.js'
import { type AmqpOptions, amqpLink } from '../../infra/amqp/link.js'
import { OUTBOX_BYTES_MAX, UNCONFIRMED_BYTES_MAX } from '../../infra/amqp/publisher.js'
import { openPost } from '../../infra/post.js'
import { testBroker } from '../support/broker.js'
import { Freezer } from '../support/freezer.js'
import { Recorder } from '../support/recorder.js'

const LIMIT = { timeout: 60_000 }
const HEARTBEAT_MS = 1_000
/** How late a timer may be on a machine with much else to do. */
const LATE_MS = 1_000
const CLOSE_MAX_MS = 10_000
const QUICK: Partial<AmqpOptions> = {
  heartbeatSeconds: HEARTBEAT_MS / 1_000, probeIntervalMs: 200, absenceMaxMs: 2_000,
}
const MEGABYTE = new Uint8Array(1_000_000)
const broker = testBroker()
let lives = 0

interface Member {
  readonly self: NodeAddress
  readonly heard: Recorder
  readonly transport: Transport
}

async function join(t: TestContext, kind: 'master' | 'agent', urls = [broker.url]): Promise<Member> {
  const self = nodeAddress(kind, 'a', `t${++lives}`)
  const heard = new Recorder()
  const transport = await openPost(self, amqpLink(urls, 'trouble', QUICK), heard)
  t.after(() => transport.close())
  return { self, heard, transport }
}

const countOf = ({ heard }: Member, reason: UndeliverableReason): number =>
  heard.returned.filter((each) => each.reason === reason).flatMap(({ envelopes }) => envelopes).length

/** Resolves once the broker has all that was sent. */
async function confirmed({ transport }: Member): Promise<void> {
  do await new Promise(setImmediate)
  while (transport.vitals().unconfirmedBytes > 0)
}

const setAlarm = (isOn: boolean) =>
  broker.control('set_vm_memory_high_watermark', isOn ? '0.000001' : '0.4')

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

  const sent = 2 * (OUTBOX_BYTES_MAX + UNCONFIRMED_BYTES_MAX) / MEGABYTE.length
  for (let i = 0; i < sent; i++) {
    agent.transport.send(master.self, [501 + i, MEGABYTE])
    await new Promise(setImmediate)
    const { waitingBytes, unconfirmedBytes } = agent.transport.vitals()
    assert.ok(waitingBytes <= OUTBOX_BYTES_MAX)
    assert.ok(unconfirmedBytes <= UNCONFIRMED_BYTES_MAX + 2 * MEGABYTE.length)
  }
  await agent.heard.until(() => countOf(agent, 'outbox-full') > sent / 4)
  const refused = countOf(agent, 'outbox-full')

  await setAlarm(false)
  await agent.heard.until(({ states }) => states.at(-1) === 'connected')
  await master.heard.until(({ envelopes }) => envelopes.length >= 501 + Math.ceil(sent) - refused)
  agent.transport.send(master.self, ['last'])
  await master.heard.until(({ envelopes }) => (envelopes.at(-1) as unknown[])[0] === 'last')
  const numbers = master.heard.envelopes.slice(0, -1).map((envelope) => (envelope as [number])[0])
  assert.deepEqual(numbers, Array.from(numbers, (_, index) => index), 'in order, once, the refused last')
  assert.equal(numbers.length + refused, 501 + Math.ceil(sent))
  assert.equal(master.transport.vitals().envelopesMissed, refused)
  assert.deepEqual(agent.heard.dead, [], 'nobody is condemned because nothing moves')
  assert.deepEqual([agent.heard.states, master.heard.states], [['blocked', 'connected'], []])
})

test('in need of memory nodes can join, and leave in time; what was not sent is given back', LIMIT, async (t) => {
  await setAlarm(true)
  const [agent, master] = [await join(t, 'agent'), await join(t, 'master')]
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
