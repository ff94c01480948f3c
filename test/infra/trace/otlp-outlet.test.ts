import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OtlpOutlet, type OtlpOptions } from '../../../infra/trace/otlp-outlet.js'
import { collector } from '../../support/otlp.js'
import { AGENT, handled } from './hops.js'

const options = (url: string, more: Partial<OtlpOptions> = {}): OtlpOptions => ({
  url: `${url}/v1/traces`, headers: { 'x-key': 'k' }, timeoutMs: 5_000, isCompressed: false,
  resource: { 'service.name': 'warren-agent' }, queueMax: 10, batchMax: 4, delayMs: 1, ...more,
})
const batch = (count: number, first = 1) => ({
  isBacklog: false, missed: 0,
  records: Array.from({ length: count }, (_, index) => handled(first + index, 1, { from: AGENT })).flat(),
})

test('a collector is told of each message, in batches, also compressed', async (t) => {
  for (const isCompressed of [false, true]) {
    const { url, received, until } = await collector(t)
    const outlet = new OtlpOutlet(options(url, { isCompressed }))
    outlet.publish(batch(3))
    await until(() => received.length === 2)
    assert.deepEqual(received.map(({ otlp }) => otlp.spans.length), [4, 2])
    const [first] = received
    assert.equal(first?.path, '/v1/traces')
    assert.equal((first?.headers as { 'x-key'?: string } | undefined)?.['x-key'], 'k')
    assert.deepEqual(first?.otlp.resources, [{ 'service.name': 'warren-agent' }])
    await outlet.close()
    assert.equal(outlet.dropped, 0)
  }
})

test('what a collector cannot take now is sent again, and what it refuses is dropped and counted', async (t) => {
  const busy = await collector(t, (request) => (request === 1 ? 503 : 200))
  const outlet = new OtlpOutlet(options(busy.url))
  outlet.publish(batch(1))
  await busy.until(() => busy.received.length === 1)
  assert.deepEqual([busy.requests, outlet.dropped], [2, 0])
  await outlet.close()
  const strict = await collector(t, () => 400)
  const refused = new OtlpOutlet(options(strict.url))
  refused.publish(batch(1))
  await strict.until(() => strict.requests === 1)
  await refused.close()
  assert.deepEqual([strict.requests, refused.dropped], [1, 2])
})

test('more than may wait is dropped, and whoever closes does not wait for a collector that is not there', async () => {
  const outlet = new OtlpOutlet(options('http://127.0.0.1:1', { queueMax: 10, batchMax: 100 }))
  outlet.publish(batch(10))
  assert.equal(outlet.dropped, 10)
  await outlet.close()
  assert.equal(outlet.dropped, 20)
})
