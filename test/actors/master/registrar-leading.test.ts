import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CLAIM_AGAIN_MS, CLAIM_COPIES_MAX, READ_BACK_MS } from '../../../actors/master/registrar-state.js'
import { claimed, FOUNDED, leading, LogDesk, record } from './log-desk.js'

test('a claim that does not come is written again, the same one, and whichever copy comes first makes a leader', () => {
  const desk = new LogDesk()
  desk.bring(FOUNDED)
  desk.driven.receive({ type: 'token-taken' })
  assert.equal(desk.driven.timers.get('read-back')?.delayMs, CLAIM_AGAIN_MS)
  const first = desk.added()
  desk.driven.fire('read-back')
  const second = desk.added()
  assert.deepEqual(second, first)
  desk.bring(...second)
  assert.equal(desk.heard().at(-1)?.type, 'elected')
  desk.driven.receive({ type: 'append', token: 1, records: [record(1)] })
  desk.bring(...first, ...desk.added())
  assert.deepEqual(desk.heard(), [{ type: 'committed', token: 1 }], 'the other copy changes nothing')
})

test('what never comes is claimed anew, by another way; what is read meanwhile puts nothing off', () => {
  const desk = new LogDesk()
  desk.bring(FOUNDED)
  desk.driven.receive({ type: 'token-taken' })
  const [first] = desk.added()
  for (let copies = 1; copies < CLAIM_COPIES_MAX; copies++) {
    desk.bring({ type: 'log-beat', epoch: 0, nonce: 'other' })
    desk.driven.fire('read-back')
  }
  assert.deepEqual([desk.unheard(), desk.added().length], [0, CLAIM_COPIES_MAX - 1])
  desk.driven.fire('read-back')
  const [next] = desk.added()
  assert.ok(first?.type === 'log-claimed' && next?.type === 'log-claimed' && next.nonce !== first.nonce)
  assert.equal(desk.unheard(), 1)
})

test('who holds the token claims above whoever has led meanwhile, although that one is heard all the time', () => {
  const desk = new LogDesk()
  desk.bring(FOUNDED)
  desk.driven.receive({ type: 'token-taken' })
  desk.added()
  desk.bring(claimed(7), { type: 'log-beat', epoch: 7, nonce: 'other' })
  desk.driven.fire('read-back')
  const [entry] = desk.readBack()
  assert.ok(entry?.type === 'log-claimed' && entry.epoch === 8)
  assert.equal(desk.heard().at(-1)?.type, 'elected')
})

test('a leader whose decision does not come back has it tried by another way', () => {
  const desk = leading()
  desk.driven.receive({ type: 'append', token: 1, records: [record(1)] })
  assert.equal(desk.driven.timers.get('read-back')?.delayMs, READ_BACK_MS)
  desk.driven.fire('read-back')
  assert.equal(desk.unheard(), 1)
})

test('an append of nothing is committed once it has been read back, and not where somebody else leads by then', () => {
  const desk = leading()
  const ask = (token: number) => desk.driven.receive({ type: 'append', token, records: [] })
  ask(1)
  assert.deepEqual(desk.heard(), [])
  desk.readBack()
  assert.deepEqual(desk.heard(), [{ type: 'committed', token: 1 }])
  ask(2)
  desk.bring(claimed(9), ...desk.added())
  assert.deepEqual(desk.heard().map(({ type }) => type), ['folded', 'deposed'])
})

test('who cannot hear whether somebody leads waits once more before it claims', () => {
  const desk = new LogDesk()
  desk.bring(FOUNDED, claimed(3))
  desk.driven.receive({ type: 'stream-interrupted', reading: desk.reading().reading })
  desk.driven.fire('leaderless')
  assert.deepEqual(desk.added(), [])
  desk.driven.fire('tail')
  desk.driven.fire('leaderless')
  assert.equal(desk.added().at(-1)?.type, 'log-claimed', 'there may be nothing to hear')

  const hearing = new LogDesk()
  hearing.bring(FOUNDED, claimed(3))
  hearing.driven.receive({ type: 'stream-interrupted', reading: hearing.reading().reading })
  hearing.driven.fire('leaderless')
  hearing.bringAt(0, FOUNDED, claimed(3))
  hearing.driven.receive({ type: 'stream-interrupted', reading: hearing.reading().reading })
  hearing.driven.fire('leaderless')
  assert.deepEqual(hearing.added(), [], 'it has heard meanwhile')
})
