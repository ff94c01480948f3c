import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockCheck } from '../../../infra/doctor/clock-check.js'

const off = (byMs: number) => ({ whose: 'the master at m', theirMs: 1_000_000, ourMs: 1_000_500 - byMs })

test('a clock that is seconds off is a warning, and a problem beyond what messages are granted', () => {
  const levels = [0, 900, -900, 2_500, -2_500, 5_500, 6_500, -6_500].map((each) => clockCheck([off(each)]).level)
  assert.deepEqual(levels, ['well', 'well', 'well', 'warning', 'warning', 'warning', 'problem', 'problem'])
})

test('it is said in which direction, from whom, and what to do; of several the worst counts', () => {
  const { says, fix } = clockCheck([off(0), off(3_000)])
  assert.equal(says, '3.0 s behind the master at m')
  assert.match(fix ?? '', /time service/)
  assert.match(clockCheck([off(-3_000)]).says, /^3\.0 s ahead of/)
})

test('with nobody to compare with it is unknown', () => {
  assert.equal(clockCheck([]).level, 'unknown')
})
