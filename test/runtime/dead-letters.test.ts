import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEAD_LETTERS_KEPT, DeadLetters, type DeadLetter } from '../../runtime/dead-letters.js'

const letter = (atMs: number, reason: DeadLetter['reason'] = 'stopped'): Omit<DeadLetter, 'number'> =>
  ({ reason, atMs, to: undefined, from: undefined, message: undefined })

test('all letters are counted by reason', () => {
  const letters = new DeadLetters()
  for (let i = 0; i < 5_000; i++) letters.add(letter(i, i % 5 === 0 ? 'expired' : 'stopped'))
  assert.deepEqual([letters.count('expired'), letters.count('crashed')], [1_000, 0])
  assert.deepEqual([...letters.countsByReason()], [['expired', 1_000], ['stopped', 4_000]])
})

test('the last letters are kept, oldest first', () => {
  const letters = new DeadLetters()
  const times = () => letters.last().map(({ atMs }) => atMs)
  for (let atMs = 0; atMs < 3; atMs++) letters.add(letter(atMs))
  assert.deepEqual(times(), [0, 1, 2])
  for (let atMs = 3; atMs < DEAD_LETTERS_KEPT + 10; atMs++) letters.add(letter(atMs))
  assert.deepEqual(times(), Array.from({ length: DEAD_LETTERS_KEPT }, (_, index) => index + 10))
})
