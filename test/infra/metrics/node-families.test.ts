import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exposition } from '../../../infra/metrics/exposition.js'
import { stallFamilies, transportFamilies } from '../../../infra/metrics/node-families.js'
import { Standing } from '../../../infra/standing.js'

function blocked() {
  const standing = new Standing(() => undefined)
  standing.become('disconnected', 'Heartbeat timeout')
  standing.become('connected')
  standing.become('blocked', 'low on memory')
  return standing.vitals({
    via: 'amqp://me@mq', waitingBytes: 1_000, unconfirmedBytes: 20, framesReturned: 3, envelopesMissed: 4,
  })
}

test('the connection, what waits for it and what was lost with it are metrics', async () => {
  const lines = (await exposition(transportFamilies([blocked()]), [])).split('\n')
  for (const line of [
    '# TYPE warren_connection gauge', 'warren_connection{state="connected"} 0',
    'warren_connection{state="disconnected"} 0', 'warren_connection{state="blocked"} 1',
    '# TYPE warren_reconnects counter', 'warren_reconnects_total 1',
    '# TYPE warren_outbox_bytes gauge', 'warren_outbox_bytes{stage="waiting"} 1000',
    'warren_outbox_bytes{stage="unconfirmed"} 20', 'warren_frames_returned_total 3',
    'warren_envelopes_missed_total 4',
  ]) assert.ok(lines.includes(line), line)
  assert.deepEqual(lines.slice(-2), ['# EOF', ''])
})

test('what several nodes of a process have is added up, and a node that has left has nothing', async () => {
  const two = await exposition(transportFamilies([blocked(), new Standing(() => undefined).vitals()]), [])
  assert.match(two, /^warren_connection\{state="connected"\} 1$/m)
  assert.match(two, /^warren_reconnects_total 1$/m)
  assert.deepEqual(transportFamilies([]), [])
})

test('how late the event loop was is told', async () => {
  const text = await exposition(stallFamilies({ p50Seconds: 0.001, p99Seconds: 0.02, maxSeconds: 1.5, stalls: 2 }), [])
  for (const line of [
    'warren_event_loop_delay_seconds{statistic="p50"} 0.001', 'warren_event_loop_delay_seconds{statistic="max"} 1.5',
    'warren_event_loop_stalls_total 2',
  ]) assert.ok(text.includes(`\n${line}\n`), line)
})
