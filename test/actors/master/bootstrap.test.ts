import assert from 'node:assert/strict'
import test from 'node:test'
import { LEADERLESS_MS } from '../../../actors/master/registrar-state.js'
import { SnapshotMaking } from '../../../actors/master/snapshot-making.js'
import { apply, newCluster } from '../../../actors/master/cluster.js'
import { LOG_FORMAT, type LogEntry } from '../../../actors/protocol/log-entry.js'
import { claimed, FOUNDED, LogDesk, record } from './log-desk.js'

const AT = 500
const place = { epoch: 3, nonce: 'other', snapshot: 1 }
const begun: LogEntry =
  { type: 'log-snapshot-begun', ...place, seq: 7, clusterId: 'c1', epochSeen: 4, format: LOG_FORMAT }
const decided = (seq: number): LogEntry =>
  ({ type: 'log-decided', epoch: 3, nonce: 'other', seq, records: [record(seq)] })
const beat = (snapshot?: number): LogEntry =>
  ({ type: 'log-beat', epoch: 3, nonce: 'other', ...(snapshot === undefined ? {} : { snapshot }) })

function snapshot(): readonly LogEntry[] {
  const cluster = newCluster()
  apply(cluster, { type: 'genesis', cluster: 'old', prefix: 'w', clusterId: 'c1' })
  const making = new SnapshotMaking(cluster, 1)
  const piece = making.next()
  assert.ok(piece && making.next() === undefined)
  const part: LogEntry = { type: 'log-snapshot-part', ...place, part: 1, ...piece }
  return [begun, decided(8), part, { type: 'log-snapshot-ended', ...place, position: AT, ...making.result }]
}

const types = (desk: LogDesk) => desk.heard().map(({ type }) => type)
const froms = (desk: LogDesk) => desk.reading().from

test('a beat names the last whole snapshot: it is read, with what was decided beside it and behind', () => {
  const desk = new LogDesk()
  desk.bringAt(900, decided(70), beat(AT))
  assert.deepEqual([froms(desk), types(desk)], [AT, []])
  desk.bringAt(AT, ...snapshot(), decided(9), decided(11))
  const [restored, folded, ...more] = desk.heard()
  assert.ok(restored?.type === 'restored' && folded?.type === 'folded' && more.length === 0)
  assert.deepEqual(restored.records.map(({ type }) => type), ['genesis', 'numbers-kept'])
  assert.deepEqual(folded.records, [record(8), record(9)], 'the fence knows what is next')
  desk.driven.receive({ type: 'token-taken' })
  assert.deepEqual(desk.added().map((entry) => 'epoch' in entry && entry.epoch), [5], 'above all that was seen')
})

test('a leader that knows of no snapshot, or nobody who says so, means all of the log', () => {
  const known = new LogDesk()
  known.bringAt(40, beat())
  assert.equal(froms(known), 0)
  const unknown = new LogDesk()
  unknown.bringAt(40, decided(30))
  unknown.driven.fire('find')
  assert.equal(froms(unknown), 0)
  unknown.bringAt(0, FOUNDED, claimed(3))
  assert.deepEqual(types(unknown), ['folded'])
})

test('where the beginning is gone, the log is looked through for a whole snapshot', () => {
  const desk = new LogDesk()
  desk.driven.fire('find')
  desk.bringAt(400, decided(1), beat(399))
  assert.equal(froms(desk), 0, 'what is gone as well is of no use')
  desk.bringAt(402, ...snapshot().map((entry) => entry.type === 'log-snapshot-ended' ? { ...entry } : entry))
  desk.bringAt(600, beat(AT))
  assert.equal(froms(desk), AT)
})

test('what is named and is no snapshot, or another, or not whole, is passed over', () => {
  const [, between, part, ended] = snapshot() as [LogEntry, LogEntry, LogEntry, LogEntry]
  const wrongs: LogEntry[][] = [
    [decided(1)], [begun, between, ended], [begun, { ...part, kept: [] } as LogEntry, ended],
    [begun, part, ...Array.from({ length: 500 }, (_, index) => decided(index))],
  ]
  for (const entries of wrongs) {
    const desk = new LogDesk()
    desk.bringAt(900, beat(AT))
    desk.bringAt(AT, ...entries)
    assert.equal(froms(desk), 0)
    assert.match(String(desk.driven.logs.find(({ level }) => level === 'error')?.text), /entry 500 is no snapshot/)
    desk.bringAt(400, beat(AT))
    assert.equal(froms(desk), 0, 'it is not tried again')
  }
})

test('a log without a beginning and without a snapshot is refused, once all of it has been looked at', () => {
  const desk = new LogDesk()
  desk.driven.fire('find')
  desk.bringAt(400, decided(1))
  const [mark] = desk.added()
  assert.ok(mark?.type === 'log-decided' && mark.epoch === 0)
  assert.throws(() => desk.bringAt(401, mark), /entries 0 to 399 are gone, and no snapshot is whole behind them/)
})

test('who missed what has been forgotten begins again; positions that were never used are no loss', () => {
  const desk = new LogDesk()
  desk.bringAt(0, FOUNDED, claimed(3), decided(1))
  desk.bringAt(7, decided(2))
  assert.equal(types(desk).length, 2, 'the broker has positions of its own')
  desk.bringAt(700, decided(90))
  desk.driven.receive({
    type: 'stream-entries', reading: desk.reading().reading, position: 800, entries: [decided(99)], missed: true,
  })
  assert.equal(froms(desk), 'recent')
  desk.bringAt(900, beat(AT))
  desk.bringAt(AT, ...snapshot())
  assert.deepEqual(types(desk), ['restored', 'folded'])
})

test('who is still reading does not claim because nobody seems to lead', () => {
  const desk = new LogDesk()
  desk.bringAt(900, beat(AT))
  desk.bringAt(AT, begun)
  desk.driven.fire('leaderless')
  assert.deepEqual(desk.added(), [])
  assert.ok((desk.driven.timers.get('leaderless')?.delayMs ?? 0) >= LEADERLESS_MS)
})

test('a snapshot that a newer Warren has written is refused', () => {
  const desk = new LogDesk()
  desk.bringAt(0, FOUNDED, claimed(3))
  assert.throws(() => desk.bringAt(2, { ...begun, seq: 0, format: LOG_FORMAT + 1 } as LogEntry), /a newer Warren/)
})
