import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processSpanId, requestOfTrace, type OtlpRequest, type OtlpSpan } from '../../../infra/trace/otlp-spans.js'
import { decodedOtlp } from '../../support/otlp.js'
import { AGENT, handled, hop, MASTER, spanOf, TRACE } from './hops.js'

const spansOf = (request: OtlpRequest): OtlpSpan[] =>
  request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => [...spans]))
const named = (request: OtlpRequest, name: string) =>
  spansOf(request).find((span) => span.name === name) ?? assert.fail(`no span ${name}`)

test('a message is a span of its sender and one of its receiver, and what follows is a child of that', () => {
  const request = requestOfTrace([
    ...handled(1, 1_700_000_000_000.125, { from: AGENT, bytes: 12 }),
    ...handled(2, 1_700_000_000_002, { from: MASTER, to: AGENT, parent: spanOf(1) }),
  ])
  const [sent, processed, effect] = [named(request, 'send m1'), named(request, 'process m1'), named(request, 'send m2')]
  assert.deepEqual([sent.traceId, sent.spanId, sent.kind, sent.parentSpanId], [TRACE, spanOf(1), 4, undefined])
  assert.equal(sent.startTimeUnixNano, '1700000000000125000')
  assert.deepEqual([processed.kind, processed.parentSpanId, processed.links],
    [5, spanOf(1), [{ traceId: TRACE, spanId: spanOf(1) }]])
  assert.equal(BigInt(processed.endTimeUnixNano) - BigInt(processed.startTimeUnixNano), 2_000_000n)
  assert.deepEqual([processed.spanId, effect.parentSpanId],
    [processSpanId(spanOf(1), MASTER), processSpanId(spanOf(1), MASTER)])
})

test('faults and losses are errors', () => {
  const request = requestOfTrace([
    hop('processed', 1, 5, { durationMs: 1, outcome: 'crashed' }),
    hop('dropped', 2, 6, { reason: 'port-failed: disk full' }),
  ])
  assert.deepEqual(named(request, 'process m1').status, { code: 2, message: 'crashed' })
  const dropped = named(request, 'drop m2')
  assert.deepEqual(dropped.status, { code: 2, message: 'port-failed: disk full' })
  assert.deepEqual(dropped.attributes.find(({ key }) => key === 'error.type')?.value, { stringValue: 'port-failed' })
})

test('it is what OpenTelemetry has declared, and nothing is lost on the way', () => {
  const request = requestOfTrace([
    ...handled(1, 1_700_000_000_000, { from: AGENT, bytes: 12, framework: 'f' }),
    hop('dropped', 2, 6, { reason: 'expired' }),
  ])
  const decoded = decodedOtlp(Buffer.from(JSON.stringify(request)))
  assert.deepEqual(decoded.resources, [
    { 'service.name': 'warren-agent', 'service.instance.id': 'agent-a1@l1' },
    { 'service.name': 'warren-master', 'service.instance.id': 'master-m1@l1' },
  ])
  const [send] = decoded.spans.filter(({ name }) => name === 'send m1')
  assert.deepEqual([send?.traceId, send?.spanId, send?.startMs], [TRACE, spanOf(1), 1_700_000_000_000])
  assert.deepEqual([
    send?.attributes['messaging.operation.type'], send?.attributes['messaging.destination.name'],
    send?.attributes['messaging.message.body.size'], send?.attributes['warren.framework'],
  ], ['send', 'master-m1/master', 12, 'f'])
})
