import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress, refOf } from '../../runtime/address.js'
import type { Hop } from '../../runtime/hop.js'
import { Hops } from '../../runtime/hops.js'
import { seededRandom } from '../../runtime/random.js'
import { TraceSource } from '../../runtime/trace.js'

const to = refOf<never>(nodeAddress('agent', 'a1', 'l1'), 'agent')
const source = new TraceSource(seededRandom(1))
const traced = (type: string) => ({ message: { type }, from: undefined, trace: source.begin() })

/** A clock that goes on by a millisecond whenever somebody looks. */
function told() {
  let timeMs = 1_000
  const heard: Hop[] = []
  const clock = { now: () => timeMs, elapsedMs: () => ++timeMs, after: () => () => undefined }
  return { hops: new Hops({ hop: (hop) => void heard.push(hop) }, clock), heard, clock }
}

test('to be sent and to be enqueued at home are one moment; what comes back from elsewhere is later', () => {
  const { hops, heard } = told()
  const [here, away] = [traced('here'), traced('away')]
  hops.sent(here, to, true)
  hops.hop('enqueued', here, to)
  hops.sent(away, to, false)
  hops.hop('acknowledged', away, to)
  hops.hop('dropped', here, to, 'stopped')
  const [sent = 0, enqueued = 0, second = 0, acknowledged = 0, dropped = 0] = heard.map(({ atMs }) => atMs)
  assert.equal(enqueued, sent)
  assert.ok(sent < second && second < acknowledged && acknowledged < dropped)
  assert.deepEqual(heard.map(({ kind }) => kind), ['sent', 'enqueued', 'sent', 'acknowledged', 'dropped'])
  assert.equal(heard.at(-1)?.reason, 'stopped')
})

test('of what is sent at once the first have times of their own, and so have those of the next turn', () => {
  const { hops, heard, clock } = told()
  const times = () => new Set(heard.splice(0).map(({ atMs }) => atMs)).size
  for (let sends = 0; sends < 160; sends++) hops.sent(traced('one'), to, true)
  assert.equal(times(), 16 + 9)
  hops.delivered(traced('go'), to, { beganMs: clock.elapsedMs(), endedMs: Number.NaN })
  for (let sends = 0; sends < 16; sends++) hops.sent(traced('one'), to, true)
  assert.equal(times(), 17)
})

test('what was processed says how long that took and how it ended', () => {
  const { hops, heard, clock } = told()
  const [each, beganMs] = [traced('go'), clock.elapsedMs()]
  hops.delivered(each, to, { beganMs, endedMs: Number.NaN })
  hops.processed(each, to, { beganMs, endedMs: beganMs + 5 }, 'ok', [7])
  const [delivered, processed] = heard
  assert.equal((processed?.atMs ?? 0) - (delivered?.atMs ?? 0), 5)
  assert.deepEqual([processed?.durationMs, processed?.outcome, processed?.given], [5, 'ok', [7]])
  assert.equal(delivered?.durationMs, undefined)
})
