import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionCheck } from '../../../infra/http/health.js'
import { metricsOf } from '../../../infra/http/metrics.js'
import { Questions } from '../../../infra/http/questions.js'
import { Standing } from '../../../infra/standing.js'
import type { Ref } from '../../../runtime/address.js'
import type { OperatorCall } from '../../../actors/protocol/operator.js'
import { seededPace } from '../../support/pace.js'
import { World } from '../../support/world.js'

function blocked() {
  const standing = new Standing(() => undefined)
  standing.become('disconnected', 'Heartbeat timeout')
  standing.become('connected')
  standing.become('blocked', 'low on memory')
  return standing.vitals({
    via: 'amqp://me@mq', waitingBytes: 1_000, unconfirmedBytes: 20, framesReturned: 3, envelopesMissed: 4,
  })
}

/** Of a node where nobody leads. */
async function metrics(transport: ReturnType<typeof blocked> | undefined): Promise<string> {
  const { system } = new World(seededPace(1))
  const questions = new Questions(system, 'nobody@1/master' as Ref<OperatorCall>)
  questions.list = () => Promise.reject(new Error('nobody leads'))
  return metricsOf({ questions, deadLetters: new Map([['unconfirmed', 7]]), transport, version: '1.2.3' })
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
