import assert from 'node:assert/strict'
import { request, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import fastify from 'fastify'
import { addTraces, TRACE_ADDRESSES } from '../../../infra/http/traces.js'
import { errorBody, Refusal } from '../../../infra/http/refusal.js'
import { MemoryHopBus } from '../../../infra/trace/hop-bus.js'
import { HopCollector } from '../../../infra/trace/hop-collector.js'
import { AGENT, handled, hop, TRACE } from '../trace/hops.js'

async function open(bus: MemoryHopBus | undefined, close: (end: () => Promise<void>) => void): Promise<string> {
  const app = fastify({ forceCloseConnections: true })
  app.setErrorHandler((error, _request, reply) => {
    const refusal = error instanceof Refusal ? error : new Refusal('failed', String(error))
    return reply.code(refusal.status).send(errorBody(refusal))
  })
  const collector = bus && new HopCollector(bus)
  addTraces(app, collector)
  close(async () => {
    collector?.close()
    await app.close()
  })
  return await app.listen({ host: '127.0.0.1', port: 0 })
}

const get = (url: string): Promise<IncomingMessage> => new Promise((resolve, reject) =>
  request(url, { agent: false }, resolve).on('error', reject).end())

async function refused(url: string) {
  const response = await get(url)
  let text = ''
  for await (const chunk of response) text += chunk
  return [response.statusCode, JSON.parse(text).error?.code]
}

test('hops come as events while they are watched, those that are wanted, and losses are told', async (t) => {
  const bus = new MemoryHopBus()
  const url = await open(bus, t.after.bind(t))
  const response = await get(`${url}/v1/hops?type=m1,m3&hide=m3&actor=agent`)
  assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8')
  const chunks = response[Symbol.asyncIterator]()
  await chunks.next()
  const records = [1, 2, 3].flatMap((span) => handled(span, 10, { from: AGENT }))
  bus.publish({ isBacklog: false, missed: 4, records })
  let text = ''
  while (!text.includes('event: gap')) text += (await chunks.next()).value
  const events = text.trim().split('\n\n').map((event) => event.split('\ndata: '))
  assert.deepEqual(events.map(([name]) => name), ['hop', 'hop', 'hop', 'hop', 'gap'].map((name) => `event: ${name}`))
  const [first] = events.map(([, data = '']) => JSON.parse(data) as Readonly<Record<string, unknown>>)
  assert.deepEqual([first?.['kind'], first?.['at'], first?.['atMs'], first?.['trace']],
    ['sent', '1970-01-01T00:00:00.010Z', 10, TRACE])
  assert.deepEqual(JSON.parse(events.at(-1)?.[1] ?? ''), { missed: 4 })
  response.destroy()
})

test('the past comes first, the newest so many, and a trace is all that is known of it', async (t) => {
  const bus = new MemoryHopBus()
  const past = [1, 2].flatMap((span) => handled(span, span, { from: AGENT }))
  bus.open('agent-a1@l1' as never).watchListeners((isListenedTo) => {
    if (isListenedTo) setImmediate(() => bus.publish({ isBacklog: true, missed: 0, records: past }))
  })
  const url = await open(bus, t.after.bind(t))
  const response = await get(`${url}/v1/hops?backlog=3`)
  let text = ''
  for await (const chunk of response) {
    text += chunk
    if (text.match(/event: hop/g)?.length === 3) break
  }
  assert.deepEqual(text.match(/"kind":"\w+"/g), ['"kind":"delivered"', '"kind":"processed"', '"kind":"processed"'])
  const trace = await get(`${url}/v1/traces/${TRACE.slice(0, 8)}`)
  let body = ''
  for await (const chunk of trace) body += chunk
  const { schemaVersion, trace: id, hops } = JSON.parse(body)
  assert.deepEqual([schemaVersion, id, hops.length], [1, TRACE, 8])
})

test('as much of the past as was asked for is told without a loss', async (t) => {
  const bus = new MemoryHopBus()
  const past = Array.from({ length: 15_000 }, (_, span) => hop('sent', span, span, { from: AGENT }))
  bus.open('agent-a1@l1' as never).watchListeners((isListenedTo) => {
    if (isListenedTo) setImmediate(() => bus.publish({ isBacklog: true, missed: 0, records: past }))
  })
  const url = await open(bus, t.after.bind(t))
  let [told, rest] = [0, '']
  for await (const chunk of await get(`${url}/v1/hops?backlog=20000`)) {
    const events = `${rest}${chunk}`.split('\n\n')
    rest = events.pop() ?? ''
    assert.ok(!events.some((event) => event.startsWith('event: gap')))
    told += events.filter((event) => event.startsWith('event: hop')).length
    if (told === past.length) break
  }
  assert.equal(told, past.length)
})

test('what cannot be answered is refused with a reason', async (t) => {
  const url = await open(new MemoryHopBus(), t.after.bind(t))
  assert.deepEqual(await refused(`${url}/v1/traces/${'f'.repeat(32)}`), [404, 'not-found'])
  assert.deepEqual(await refused(`${url}/v1/traces/xyz`), [400, 'bad-request'])
  assert.deepEqual(await refused(`${url}/v1/hops?backlog=many`), [400, 'bad-request'])
  assert.deepEqual(await refused(`${url}/v1/hops?colour=red`), [400, 'bad-request'])
  const blind = await open(undefined, t.after.bind(t))
  assert.deepEqual(await refused(`${blind}/v1/hops`), [503, 'unavailable'])
  assert.deepEqual(Object.keys(TRACE_ADDRESSES), ['GET /v1/hops', 'GET /v1/traces/ID'])
})
