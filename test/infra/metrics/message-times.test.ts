import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exposition } from '../../../infra/metrics/exposition.js'
import { EXEMPLAR_MS, LISTEN_MS, MessageTimes } from '../../../infra/metrics/message-times.js'
import type { Ref } from '../../../runtime/address.js'
import type { Meter } from '../../../runtime/meter.js'
import type { System } from '../../../runtime/system.js'
import { readOpenMetrics } from '../../support/open-metrics.js'

const ACTOR = 'master-m1@k3x9/master' as Ref<never>
const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }

/** Remembers who measures it. */
function node() {
  const meters: (Meter | undefined)[] = []
  const system = { measure: (meter: Meter | undefined) => meters.push(meter) } as unknown as System
  return { system, meters }
}

test('messages are counted by kind of actor, and a slow one that is recorded has its trace named', async () => {
  const times = new MessageTimes()
  times.processed(ACTOR, 0.05)
  times.processed(ACTOR, EXEMPLAR_MS * 2)
  times.processed(ACTOR, EXEMPLAR_MS / 2, TRACE)
  times.processed(ACTOR, 2, TRACE)
  const read = readOpenMetrics(await exposition([], [times.histogram]))
  const { samples } = read.get('warren_message_process_duration_seconds') ?? assert.fail()
  assert.equal(samples.find(({ name }) => name.endsWith('_count'))?.value, 4)
  const shown = samples.flatMap(({ exemplar, labels }) => (exemplar ? [[labels['le'], exemplar]] : []))
  assert.deepEqual(shown, [['0.005', { trace_id: TRACE.traceId, span_id: TRACE.spanId }]])
})

test('nodes are measured from the first scrape on, until nobody has scraped for minutes', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { system, meters } = node()
  const times = new MessageTimes()
  times.listen([system])
  t.mock.timers.tick(LISTEN_MS - 1)
  assert.deepEqual(meters, [times])
  times.listen([system])
  t.mock.timers.tick(LISTEN_MS - 1)
  assert.deepEqual(meters, [times, times])
  t.mock.timers.tick(1)
  assert.deepEqual(meters, [times, times, undefined])
})
