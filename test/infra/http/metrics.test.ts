import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionCheck } from '../../../infra/http/health.js'
import { metricsOf } from '../../../infra/http/metrics.js'
import type { Questions } from '../../../infra/http/questions.js'
import { Standing } from '../../../infra/standing.js'

/** Nobody leads, so only what the node knows by itself is told. */
const silence = () => Promise.reject(new Error('nobody leads'))
const unanswered = { list: silence, leader: silence } as unknown as Questions

function blocked() {
  const standing = new Standing(() => undefined)
  standing.become('disconnected', 'Heartbeat timeout')
  standing.become('connected')
  standing.become('blocked', 'low on memory')
  return standing.vitals({
    via: 'amqp://me@mq', waitingBytes: 1_000, unconfirmedBytes: 20, framesReturned: 3, envelopesMissed: 4,
  })
}

async function metrics(transport: ReturnType<typeof blocked> | undefined): Promise<string> {
  return metricsOf({ questions: unanswered, deadLetters: new Map([['unconfirmed', 7]]), transport, version: '1.2.3' })
}

test('the connection, what waits for it and what was lost with it are metrics', async () => {
  const lines = (await metrics(blocked())).split('\n')
  for (const line of [
    '# TYPE warren_connection gauge', 'warren_connection{state="connected"} 0',
    'warren_connection{state="disconnected"} 0', 'warren_connection{state="blocked"} 1',
    '# TYPE warren_reconnects counter', 'warren_reconnects_total 1',
    '# TYPE warren_outbox_bytes gauge', 'warren_outbox_bytes{stage="waiting"} 1000',
    'warren_outbox_bytes{stage="unconfirmed"} 20', 'warren_frames_returned_total 3',
    'warren_envelopes_missed_total 4', 'warren_dead_letters_total{reason="unconfirmed"} 7',
  ]) assert.ok(lines.includes(line), line)
  assert.deepEqual(lines.slice(-2), ['# EOF', ''])
})

test('a node that has left the others has no such metrics', async () => {
  assert.doesNotMatch(await metrics(undefined), /warren_connection|warren_outbox/)
})

test('readiness says how the connection stands, since when, where and why', () => {
  const { sinceMs } = blocked()
  assert.match(new Date(sinceMs).toISOString(), /^\d{4}-/)
  const { ok, detail } = connectionCheck(blocked())
  assert.equal(ok, false)
  assert.match(detail, /^blocked since \d{4}-.*Z, at amqp:\/\/me@mq: low on memory$/)
  assert.match(connectionCheck(new Standing(() => undefined).vitals()).detail, /^connected since [^,]*$/)
  assert.equal(connectionCheck(undefined).ok, false)
})

test('dead letters, the build and the event loop are told even when nobody leads', async () => {
  const stalls = { p50Seconds: 0.001, p99Seconds: 0.02, maxSeconds: 1.5, stalls: 2 }
  const deadLetters = new Map([['stopped', 3]])
  const text = await metricsOf({ questions: unanswered, deadLetters, version: '1', stalls, transport: undefined })
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  assert.deepEqual(samples, [
    'warren_leader 0',
    'warren_build_info{version="1"} 1',
    'warren_dead_letters_total{reason="stopped"} 3',
    'warren_event_loop_delay_seconds{statistic="p50"} 0.001',
    'warren_event_loop_delay_seconds{statistic="p99"} 0.02',
    'warren_event_loop_delay_seconds{statistic="max"} 1.5',
    'warren_event_loop_stalls_total 2',
  ])
  assert.match(text, /# EOF\n$/)
})
