import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amqpHopOutlet, amqpHopSource } from '../../../infra/amqp/hop-exchange.js'
import { amqpLink } from '../../../infra/amqp/link.js'
import { HopCollector } from '../../../infra/trace/hop-collector.js'
import { HopRelay } from '../../../infra/trace/hop-relay.js'
import { HopRing } from '../../../infra/trace/hop-ring.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { seededRandom } from '../../../runtime/random.js'
import { TraceSource } from '../../../runtime/trace.js'
import { testBroker } from '../../support/broker.js'

const broker = testBroker()
const CLUSTER = 'traced'
const node = nodeAddress('agent', 'a1', 'l1')
const to = refOf<never>(node, 'agent')
const source = new TraceSource(seededRandom(5))
const QUIET = {
  frame() {}, forged() {}, undeliverable() {}, lost() {}, connection() {},
}

test('a master hears the hops of other nodes while somebody watches, those from before included', async (t) => {
  const link = await amqpLink([broker.url], CLUSTER)(nodeAddress('master', 'm1', 'l1'), QUIET)
  t.after(() => link.close())
  const ring = new HopRing(node)
  const outlet = amqpHopOutlet([broker.url], CLUSTER, undefined)(node)
  const relay = new HopRelay(ring, outlet)
  t.after(() => relay.close())
  const at = (atMs: number) => ({ atMs, durationMs: Number.NaN })
  const traced = (type: string) => ({ message: { type }, from: undefined, trace: source.begin() })
  const early = traced('early')
  ring.record('sent', at(1), early, to)
  assert.equal(outlet.publish({ isBacklog: false, missed: 0, records: [] }), false, 'it need not be there yet')
  const collector = new HopCollector(amqpHopSource([broker.url], CLUSTER, 'm1'))
  t.after(() => collector.close())
  const heard: string[] = []
  let wake: () => void = () => undefined
  const stop = collector.watch({ hide: ['secret'] }, 10, {
    hop: ({ type }) => {
      heard.push(type)
      wake()
    },
    gap: (missed) => assert.fail(`${missed} were lost`),
  })
  const until = async (type: string) => {
    while (!heard.includes(type)) await new Promise<void>((resolve) => { wake = resolve })
  }
  const late = setInterval(() => {
    ring.record('sent', at(2), traced('secret'), to)
    ring.record('sent', at(2), traced('late'), to)
  }, 100)
  await until('late')
  clearInterval(late)
  assert.deepEqual(heard.filter((type) => type !== 'late'), heard.includes('early') ? ['early'] : [])
  stop()
  const [found] = await collector.trace(early.trace.traceId)
  assert.deepEqual([found?.type, found?.node, found?.to], ['early', node, to])
})

test('what a brief node does is heard by who watched before it began, all of it, and once', async (t) => {
  const link = await amqpLink([broker.url], CLUSTER)(nodeAddress('master', 'm2', 'l1'), QUIET)
  t.after(() => link.close())
  const collector = new HopCollector(amqpHopSource([broker.url], CLUSTER, 'm2'))
  t.after(() => collector.close())
  const framework = nodeAddress('framework', 'brief', 'l1')
  const heard: string[] = []
  let wake: () => void = () => undefined
  t.after(collector.watch({ framework: 'brief' }, 0, {
    hop: ({ type }) => {
      heard.push(type)
      wake()
    },
    gap: (missed) => assert.fail(`${missed} were lost`),
  }))
  const live = async (types: readonly string[], atMs: number) => {
    const ring = new HopRing(framework)
    for (const type of types) {
      const message = { type }
      const traced = { message, from: undefined, trace: source.begin() }
      ring.record('sent', { atMs, durationMs: Number.NaN }, traced, refOf(framework, 'scheduler'))
    }
    await new HopRelay(ring, amqpHopOutlet([broker.url], CLUSTER, undefined)(framework)).close()
  }
  while (!heard.includes('warm-up')) await live(['warm-up'], Date.now() + 1)
  const types = [...new Array<string>(2_999).fill('offers'), 'last']
  await live(['before'], 1)
  await live(types, Date.now() + 1)
  while (!heard.includes('last')) await new Promise<void>((resolve) => { wake = resolve })
  assert.deepEqual(heard.filter((type) => type !== 'warm-up'), types)
})
