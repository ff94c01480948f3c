import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HopRing } from '../../../infra/trace/hop-ring.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { seededRandom } from '../../../runtime/random.js'
import { isChosen, TraceSource } from '../../../runtime/trace.js'

const node = nodeAddress('agent', 'a1', 'l1')
const to = refOf<never>(node, 'agent')
const source = new TraceSource(seededRandom(3))
const at = (atMs: number, durationMs = Number.NaN) => ({ atMs, durationMs })
const traced = (type: string, more: object = {}) =>
  ({ message: { type, ...more }, from: undefined, trace: source.begin() })

test('the newest hops are kept, and a slow reader learns how many it missed', () => {
  const ring = new HopRing(node, 1, 8)
  for (let number = 0; number < 20; number++) ring.record('sent', at(number), traced(`m${number}`), to)
  assert.equal(ring.recorded, 20)
  const first = ring.read(10, 4)
  assert.deepEqual([first.records.map(({ type }) => type), first.next, first.missed],
    [['m12', 'm13', 'm14', 'm15'], 16, 2])
  const rest = ring.read(first.next, 100)
  assert.deepEqual([rest.records.length, rest.next, rest.missed], [4, 20, 0])
  assert.deepEqual(ring.read(20, 5), { records: [], next: 20, missed: 0 })
})

test('of a part of all traces whole ones are kept', () => {
  const ring = new HopRing(node, 0.5, 1_024)
  const all = Array.from({ length: 200 }, (_, index) => traced(`m${index}`))
  for (const each of all) {
    ring.record('sent', at(1), each, to)
    ring.record('dropped', at(2), each, to, 'expired')
  }
  const kept = ring.read(0, 1_024).records
  const chosen = all.filter(({ trace }) => isChosen(trace, 0.5))
  assert.ok(chosen.length > 50 && chosen.length < 150)
  assert.deepEqual(kept.filter(({ kind }) => kind === 'sent').map(({ trace }) => trace),
    chosen.map(({ trace }) => trace.traceId))
  assert.deepEqual(kept.filter(({ kind }) => kind === 'dropped').map(({ reason }) => reason),
    chosen.map(() => 'expired'))
})

test('a hop is told with digits, its size and its content, and without what is secret', () => {
  const ring = new HopRing(node, 1, 8)
  const task = {
    taskId: 't', name: 't', resources: { scalars: {}, ranges: {}, sets: {} },
    command: { program: { type: 'shell', line: 'x' }, environment: { TOKEN: 'hush' } },
  }
  ring.record('sent', at(1.0625), traced('launch-task', { task }), to)
  const start = { environment: { TOKEN: 'hush' }, key: new Map([['a', 1]]), call: () => 1 }
  ring.record('sent', at(2), traced('start', start), to)
  ring.processed(at(3, 0.5), traced('start'), to, 'ok', [4])
  const [declared, own, processed] = ring.read(0, 8).records
  assert.ok((declared?.bytes ?? 0) > 10)
  assert.doesNotMatch(JSON.stringify([declared, own]), /hush/)
  assert.match(JSON.stringify(declared), /"environment":\{"TOKEN":"\[secret\]"\}/)
  assert.deepEqual(own?.body, { environment: { TOKEN: '[secret]' }, key: { a: 1 }, call: '[function]' })
  assert.deepEqual([processed?.durationMs, processed?.outcome, processed?.given, processed?.body],
    [0.5, 'ok', [4], undefined])
  assert.match(declared?.trace ?? '', /^[0-9a-f]{32}$/)
})

test('hops of one message that follow each other are told in full, wherever a reader begins', () => {
  const ring = new HopRing(node, 1, 8)
  for (let number = 0; number < 30; number++) {
    const each = traced(`m${number}`)
    for (const kind of ['sent', 'enqueued', 'delivered'] as const) ring.record(kind, at(number), each, to)
  }
  for (let from = 76; from < 90; from++) {
    const { records, next, missed } = ring.read(from, 100)
    assert.equal(next, 90)
    assert.equal(records.length + missed, 90 - from)
    assert.ok(records.length >= Math.min(6, 90 - from))
    assert.deepEqual(records.map(({ type, atMs }) => type === `m${atMs}`), records.map(() => true))
  }
})
