import assert from 'node:assert/strict'
import { test } from 'node:test'
import { otlpOptions } from '../../../infra/trace/otlp-environment.js'
import { nodeAddress } from '../../../runtime/address.js'

const node = nodeAddress('agent', 'a1', 'l1')
const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318/' }

test('without a collector, or with tracing switched off, nothing is told', () => {
  for (const environment of [
    {}, { ...COLLECTOR, OTEL_SDK_DISABLED: 'true' }, { ...COLLECTOR, OTEL_TRACES_EXPORTER: 'none' },
    { ...COLLECTOR, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  ]) assert.equal(otlpOptions(node, environment), undefined)
})

test('the usual variables say where, how, and who', () => {
  const options = otlpOptions(node, {
    ...COLLECTOR, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,bad,k=v%', OTEL_EXPORTER_OTLP_TIMEOUT: '250',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_SERVICE_NAME: 'mine', OTEL_RESOURCE_ATTRIBUTES: 'env=prod,zone=a%20b',
    OTEL_BSP_MAX_QUEUE_SIZE: '7', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '0', OTEL_BSP_SCHEDULE_DELAY: 'x',
  })
  assert.deepEqual(options, {
    url: 'http://otel:4318/v1/traces', headers: { authorization: 'Bearer x', k: 'v%' }, timeoutMs: 250,
    isCompressed: true, queueMax: 7, batchMax: 512, delayMs: 5_000,
    resource: {
      'service.name': 'mine', 'service.instance.id': 'agent-a1@l1', 'warren.node.kind': 'agent',
      env: 'prod', zone: 'a b',
    },
  })
})

test('what is said of traces goes before what is said of everything', () => {
  const options = otlpOptions(node, {
    ...COLLECTOR, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://other/in', OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2',
  })
  assert.deepEqual([options?.url, options?.timeoutMs, options?.resource['service.name']],
    ['http://other/in', 2, 'warren-agent'])
})
