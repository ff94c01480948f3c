import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ledgerOf } from '../../../../infra/console/pages/ledger.js'
import type { EventView } from '../../../../infra/http/event-words.js'

const event = (type: string, offer: string, text: string, at = '1970-01-01T00:00:01.000Z'): EventView => ({
  number: 1,
  at,
  type,
  level: 'info',
  text,
  offer,
  framework: 'F1',
  agent: 'S1',
})

test('the life of an offer is told from its making to its end', () => {
  const lives = ledgerOf(
    [{ id: 'O3', framework: 'F1', agent: 'S1', what: 'x', madeMs: 5, endedMs: undefined, outcome: 'open' }],
    [
      event('offer-made', 'O1', '2 CPU of rock were offered'),
      event('offer-ended', 'O1', 'the offer of rock was declined', '1970-01-01T00:00:02.000Z'),
      event('offer-ended', 'O0', 'the offer of rock was accepted'),
      event('offer-made', 'O2', '1 CPU of rock were offered'),
    ],
  )
  assert.deepEqual(
    lives.map(({ id, what, madeMs, endedMs, outcome }) => [id, what, madeMs, endedMs, outcome]),
    [
      ['O1', '2 CPU', 1_000, 2_000, 'declined'],
      ['O0', '', 0, 1_000, 'accepted'],
      ['O2', '1 CPU', 1_000, undefined, 'open'],
      ['O3', 'x', 5, undefined, 'open'],
    ],
  )
})
