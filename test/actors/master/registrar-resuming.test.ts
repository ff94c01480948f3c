import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COMPARED_ENTRIES_MIN, REMEMBERED_ENTRIES_MAX } from '../../../actors/master/registrar-state.js'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { claimed, FOUNDED, leading, LogDesk, record } from './log-desk.js'

const decided = (seq: number): LogEntry =>
  ({ type: 'log-decided', epoch: 3, nonce: 'other', seq, records: [record(seq)] })
const beaten = (number: number): LogEntry => ({ type: 'log-beat', epoch: 3, nonce: 'other', number })

/** Of a master that has read these and was then interrupted. */
function interrupted(...entries: readonly LogEntry[]): LogDesk {
  const desk = new LogDesk()
  desk.bring(FOUNDED, claimed(3), ...entries)
  desk.heard()
  interrupt(desk)
  return desk
}

const interrupt = (desk: LogDesk): void =>
  desk.driven.receive({ type: 'stream-interrupted', reading: desk.reading().reading })
const typesHeard = (desk: LogDesk): string[] => desk.heard().map(({ type }) => type)

test('after an interruption the end of the log is read again; reading goes on behind the last that was read', () => {
  const desk = interrupted(decided(1), decided(2))
  assert.equal(desk.reading().from, 'recent')
  desk.bringAt(0, FOUNDED, claimed(3), decided(1), decided(2), decided(3))
  assert.deepEqual(desk.heard(), [{ type: 'folded', records: [record(3)] }])
  desk.bring(decided(4))
  assert.deepEqual(desk.heard(), [{ type: 'folded', records: [record(4)] }])
})

test('when much has come meanwhile it is read from before the last that was read, which must be there', () => {
  const desk = interrupted(decided(1))
  desk.bringAt(5, decided(4))
  assert.deepEqual([desk.reading().from, desk.heard()], [0, []])
  desk.bringAt(0, FOUNDED, claimed(3), decided(1), decided(2))
  assert.deepEqual(desk.heard(), [{ type: 'folded', records: [record(2)] }])
})

test('what was written again where the log had lost it is no proof of what came before', () => {
  const desk = interrupted(decided(1), beaten(1), decided(2))
  desk.bringAt(4, decided(2))
  assert.equal(desk.reading().from, 0)
  desk.bringAt(0, FOUNDED, claimed(3), beaten(1), claimed(4), decided(2))
  assert.equal(desk.reading().from, 'recent')
  desk.bringAt(0, FOUNDED, claimed(3), beaten(1), claimed(4), decided(2))
  assert.deepEqual(typesHeard(desk), ['restored', 'folded'])
})

test('as many entries are compared as nobody repeats, and no more', () => {
  const many = Array.from({ length: 2 * COMPARED_ENTRIES_MIN }, (_, number) => decided(number + 1))
  const desk = interrupted(...many)
  const [length, last] = [many.length + 2, many.slice(-1)]
  desk.bringAt(length - 1, ...last)
  assert.equal(desk.reading().from, length - COMPARED_ENTRIES_MIN)
  const compared = many.slice(-COMPARED_ENTRIES_MIN)
  desk.bringAt(length - COMPARED_ENTRIES_MIN, ...compared.slice(0, 10))
  desk.bring(...compared.slice(10), decided(many.length + 1))
  assert.deepEqual(desk.heard(), [{ type: 'folded', records: [record(many.length + 1)] }])
  interrupt(desk)
  desk.bringAt(length - COMPARED_ENTRIES_MIN, ...compared, decided(many.length + 1), decided(many.length + 2))
  assert.deepEqual(desk.heard(), [{ type: 'folded', records: [record(many.length + 2)] }], 'the end told enough')
})

test('where another entry stands than was read, the log has lost its end: all begins anew', () => {
  const desk = interrupted(decided(1), decided(2))
  desk.bringAt(2, decided(1), claimed(4))
  assert.equal(desk.reading().from, 'recent')
  desk.bringAt(0, FOUNDED, claimed(3), decided(1), claimed(4))
  assert.deepEqual(typesHeard(desk), ['restored', 'folded'])
})

test('what was read is lost even if nothing has come in its place yet', () => {
  const desk = interrupted(decided(1), decided(2))
  desk.bringAt(2, decided(1))
  const { reading } = desk.reading()
  desk.driven.fire('resume')
  assert.equal(desk.reading().reading, reading + 1)
  desk.bringAt(0, FOUNDED, claimed(3), decided(1))
  assert.deepEqual(typesHeard(desk), ['restored', 'folded'])
})

test('no two beats are alike, so that they do not hide what was lost before them', () => {
  const desk = interrupted(decided(1), beaten(7))
  desk.bringAt(3, beaten(8))
  desk.bringAt(0, FOUNDED, claimed(3), beaten(8))
  assert.deepEqual(typesHeard(desk), ['restored', 'folded'])
})

test('who leads goes on with what is there, and stops when its decisions are lost, to claim a higher epoch', () => {
  const whole = leading()
  const stands = [FOUNDED, claimed(1, (whole.driven.state as { ledNonce: string }).ledNonce)] as const
  interrupt(whole)
  whole.bringAt(1, stands[1])
  assert.deepEqual([whole.heard(), whole.driven.timers.has('resume')], [[], false])

  const desk = leading()
  desk.driven.receive({ type: 'append', token: 1, records: [record(1)] })
  desk.readBack()
  desk.heard()
  interrupt(desk)
  desk.bringAt(1, claimed(9))
  assert.deepEqual(typesHeard(desk), ['deposed'])
  desk.replay()
  const claim = desk.added().findLast(({ type }) => type === 'log-claimed')
  assert.ok(claim?.type === 'log-claimed' && claim.epoch === 2)
})

test('a log that was made anew is another one', () => {
  const desk = interrupted(decided(1), decided(2))
  desk.bringAt(0, { ...FOUNDED, clusterId: 'c2' } as LogEntry)
  desk.bringAt(0, { ...FOUNDED, clusterId: 'c2' } as LogEntry)
  const [restored, folded] = desk.heard()
  assert.deepEqual(restored, { type: 'restored', records: [] })
  assert.ok(folded?.type === 'folded' && folded.records[0]?.type === 'genesis')
  assert.equal(folded.records[0].clusterId, 'c2')
})

test('a log that falls silent is read again as well, and what the former reading still brings is not heard', () => {
  const desk = leading()
  const { reading } = desk.reading()
  desk.driven.fire('tail')
  const again = desk.reading()
  assert.deepEqual([again.from, again.isSilent, again.reading], ['recent', true, reading + 1])
  desk.driven.receive({ type: 'stream-entries', reading, position: 2, entries: [claimed(5)] })
  desk.driven.receive({ type: 'stream-interrupted', reading })
  assert.deepEqual([desk.heard(), desk.reading()], [[], again])
})

test('as much is remembered as is needed, and no more', () => {
  const desk = new LogDesk()
  const many = Array.from({ length: 2 * REMEMBERED_ENTRIES_MAX }, (_, number) => decided(number + 1))
  desk.bring(FOUNDED, claimed(3), ...many)
  const { remembered } = desk.driven.state as { remembered: Map<number, unknown> }
  assert.equal(remembered.size, REMEMBERED_ENTRIES_MAX)
})
