import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BEAT_MS, EPOCH_LEAP_MAX, LED_LAST_MS, LEADERLESS_MS, LEADERLESS_SPREAD_MS, LEASE_MS,
} from '../../../actors/master/registrar-state.js'
import { ENTRY_RECORDS_MAX, LOG_FORMAT, type LogEntry } from '../../../actors/protocol/log-entry.js'
import { claimed, FOUNDED, leading, LogDesk, record } from './log-desk.js'

test('it looks at the end of the log first, reads all when that is the whole, and campaigns', () => {
  const desk = new LogDesk()
  assert.deepEqual([desk.reading().from, desk.asked(), desk.added()], ['recent', ['campaign'], []])
  desk.bring(FOUNDED, claimed(3), { type: 'log-decided', epoch: 3, nonce: 'other', seq: 1, records: [record(1)] })
  assert.deepEqual(desk.heard().map((event) => event.type === 'folded' && event.records.map(({ type }) => type)),
    [['genesis', 'leadership-claimed', 'agent-removed']])
})

test('who has the token founds an empty log, claims, and leads when the claim is read back', () => {
  const desk = new LogDesk()
  desk.driven.receive({ type: 'token-taken' })
  const [founded, claim, ...others] = desk.added()
  assert.ok(founded?.type === 'log-founded' && claim?.type === 'log-claimed')
  assert.deepEqual([founded.cluster, claim.epoch, claim.master, others], ['warren', 1, 'm1', []])
  assert.deepEqual(desk.heard(), [], 'a claim that is not read back is no leadership')
  desk.bring(founded, claim)
  const [folded, elected] = desk.heard()
  assert.equal(folded?.type, 'folded')
  assert.deepEqual(elected, { type: 'elected', epoch: 1, nonce: claim.nonce, clusterId: founded.clusterId })
})

test('a claim that came too late is made again above what was read meanwhile', () => {
  const desk = new LogDesk()
  desk.driven.receive({ type: 'token-taken' })
  const late = desk.added()
  desk.bring(FOUNDED, claimed(7), ...late)
  assert.deepEqual(desk.readBack().map((entry) => 'epoch' in entry && entry.epoch), [8])
  assert.deepEqual(desk.heard().at(-1)?.type, 'elected')
})

test('a decision is committed when it is read back, and only the last part of a long one has its token', () => {
  const desk = leading()
  desk.driven.receive({ type: 'append', token: 1, records: [record(1)] })
  const many = Array.from({ length: ENTRY_RECORDS_MAX + 1 }, (_, number) => record(number))
  desk.driven.receive({ type: 'append', token: 2, records: many })
  const entries = desk.added()
  assert.deepEqual(entries.map((entry) => entry.type === 'log-decided' && [entry.seq, entry.records.length]),
    [[1, 1], [2, ENTRY_RECORDS_MAX], [3, 1]])
  assert.deepEqual(desk.heard(), [])
  desk.bring(...entries.slice(0, 2))
  assert.deepEqual(desk.heard(), [{ type: 'committed', token: 1 }])
  desk.bring(...entries.slice(1), ...entries.slice(2))
  assert.deepEqual(desk.heard(), [{ type: 'committed', token: 2 }], 'what is repeated is committed once')
  assert.equal(desk.driven.timers.has('read-back'), false)
})

const REASONS: readonly (readonly [string, RegExp, (desk: LogDesk) => void])[] = [
  ['another claims', /m0 has claimed epoch 2/, (desk) => desk.bring(claimed(2))],
  ['its token is gone', /closed/, ({ driven }) => driven.receive({ type: 'token-gone', reason: 'closed' })],
  ['its token is not renewed in time', /not be renewed for 3000 ms/, ({ driven }) => driven.fire('lease')],
  ['a decision is not read back', /did not bring back/, ({ driven }) => driven.fire('read-back')],
  ['a decision of its own was lost', /lost on its way/, (desk) => {
    const [entry] = desk.added()
    assert.ok(entry?.type === 'log-decided')
    desk.bring({ ...entry, seq: 2 })
  }],
  ['a later epoch is obeyed', /epoch 9/, ({ driven }) => driven.receive({ type: 'claim-above', epoch: 9 })],
]
for (const [what, reason, happen] of REASONS) {
  test(`it stops to lead when ${what}, and commits nothing more`, () => {
    const desk = leading()
    desk.driven.receive({ type: 'append', token: 1, records: [record(1)] })
    happen(desk)
    const told = desk.heard().filter(({ type }) => type !== 'folded')
    assert.ok(told.length === 1 && told[0]?.type === 'deposed')
    assert.match(told[0].reason, reason)
    desk.driven.receive({ type: 'append', token: 2, records: [record(2)] })
    desk.readBack()
    assert.deepEqual(desk.heard().filter(({ type }) => type !== 'folded'), [])
  })
}

test('who is deposed by another passes the token on; who still has it claims again once all is read anew', () => {
  const overtaken = leading()
  overtaken.bring(claimed(2))
  assert.deepEqual(overtaken.asked(), ['pass-on'])
  overtaken.replay()
  assert.deepEqual(overtaken.added(), [])

  const unsure = leading()
  unsure.driven.receive({ type: 'append', token: 1, records: [record(1)] })
  unsure.driven.fire('read-back')
  unsure.replay()
  const claim = unsure.added().find(({ type }) => type === 'log-claimed')
  assert.ok(claim?.type === 'log-claimed' && claim.epoch === 2)
})

test('who claims without the token gives way to whoever has led meanwhile', () => {
  const desk = new LogDesk()
  desk.bring(FOUNDED)
  desk.driven.fire('leaderless')
  const late = desk.added()
  desk.bring(claimed(1))
  assert.equal(desk.driven.timers.has('read-back'), false, 'it insists no more')
  desk.bring(...late)
  assert.deepEqual([desk.added(), desk.heard().some(({ type }) => type === 'elected')], [[], false])
})

test('who was deposed is told nothing, and does not lead, before it asks for everything anew', () => {
  const desk = leading()
  desk.driven.fire('lease')
  assert.deepEqual(desk.asked(), ['pass-on'], 'a token that comes back late must not be stuck here')
  desk.heard()
  desk.driven.receive({ type: 'token-taken' })
  desk.driven.fire('leaderless')
  desk.bring(claimed(5))
  assert.deepEqual([desk.added(), desk.heard()], [[], []])
  desk.replay()
  desk.bring(FOUNDED, claimed(5), ...desk.added())
  assert.deepEqual(desk.heard().at(-1)?.type, 'elected')
})

test('whatever it says is of the replay that it was asked for last', () => {
  const desk = leading()
  desk.driven.receive({ type: 'append', token: 1, records: [record(1)] })
  desk.readBack()
  desk.driven.receive({ type: 'token-gone', reason: 'closed' })
  assert.deepEqual(desk.heardOf().map(({ type, replay }) => [type, replay]), [['committed', 1], ['deposed', 1]])
  desk.replay()
  desk.bring(FOUNDED, claimed(2))
  desk.driven.fire('leaderless')
  desk.readBack()
  assert.deepEqual(desk.heardOf().map(({ type, replay }) => [type, replay]),
    [['folded', 2], ['folded', 2], ['elected', 2]])
})

test('a leader renews its token and says that it lives, until it leads no more', () => {
  const desk = leading()
  assert.equal(desk.driven.timers.get('beat')?.everyMs, BEAT_MS)
  desk.driven.fire('beat')
  assert.deepEqual([desk.asked(), desk.added().map(({ type }) => type)], [['renew'], ['log-beat']])
  desk.driven.receive({ type: 'token-renewed' })
  assert.equal(desk.driven.timers.get('lease')?.delayMs, LEASE_MS)
  desk.driven.receive({ type: 'token-gone', reason: 'closed' })
  assert.deepEqual([desk.driven.timers.has('beat'), desk.driven.timers.has('lease')], [false, false])
})

test('when nobody has led for long it claims without the token; who leads, or another’s beat, prevents it', () => {
  const desk = new LogDesk()
  const delayMs = desk.driven.timers.get('leaderless')?.delayMs ?? 0
  assert.ok(delayMs >= LEADERLESS_MS && delayMs < LEADERLESS_MS + LEADERLESS_SPREAD_MS)
  desk.bring(FOUNDED, claimed(3))
  desk.driven.timers.delete('leaderless')
  desk.bring({ type: 'log-beat', epoch: 2, nonce: 'other' })
  assert.equal(desk.driven.timers.has('leaderless'), false, 'the beat of an older epoch is none')
  desk.bring({ type: 'log-beat', epoch: 3, nonce: 'other' })
  desk.driven.fire('leaderless')
  assert.deepEqual(desk.readBack().map((entry) => 'epoch' in entry && entry.epoch), [4])
  assert.equal(desk.heard().at(-1)?.type, 'elected')
  assert.equal(desk.driven.timers.has('leaderless'), false)
})

test('a silent log that is read again keeps nobody from claiming', () => {
  const desk = new LogDesk()
  desk.driven.timers.delete('leaderless')
  desk.driven.fire('tail')
  assert.equal(desk.driven.timers.has('leaderless'), false, 'the wait goes on, and does not begin anew')
})

test('who has led last claims sooner than others when its token is gone, and not once another has led', () => {
  const desk = leading()
  const log = [FOUNDED, claimed(1, (desk.driven.state as { ledNonce: string }).ledNonce)]
  desk.driven.receive({ type: 'token-gone', reason: 'closed' })
  desk.replay()
  desk.bring(...log)
  assert.equal(desk.driven.timers.get('leaderless')?.delayMs, LED_LAST_MS)
  desk.bring(claimed(2))
  assert.ok((desk.driven.timers.get('leaderless')?.delayMs ?? 0) >= LEADERLESS_MS)
})

test('a log of a newer version is not led and ends the node', () => {
  assert.throws(() => new LogDesk().bring({ ...FOUNDED, format: LOG_FORMAT + 1 } as LogEntry), /a newer Warren/)
  const unreadable = { type: 'stream-unreadable', reading: 1, position: 0, reason: 'tag 900' } as const
  assert.throws(() => new LogDesk().driven.receive(unreadable), /cannot be read: tag 900/)
})

test('who obeys a claim that the log has lost is led again; what is said late changes nothing', () => {
  const desk = leading()
  const epoch = 5
  desk.driven.receive({ type: 'claim-above', epoch })
  desk.replay()
  const [claim, ...others] = desk.added().flatMap((each) => (each.type === 'log-claimed' ? [each] : []))
  assert.ok(claim && others.length === 0 && claim.epoch === epoch + 1)
  desk.bring(FOUNDED, claimed(1), claim)
  assert.equal(desk.heard().at(-1)?.type, 'elected')
  for (const said of [epoch, epoch - 1, epoch + 2 + EPOCH_LEAP_MAX]) {
    desk.driven.receive({ type: 'claim-above', epoch: said })
  }
  assert.deepEqual([desk.heard(), desk.added()], [[], []])
})
