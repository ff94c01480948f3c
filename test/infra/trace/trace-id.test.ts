import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ambiguityOf, isMeant, shortIdOf } from '../../../infra/trace/trace-id.js'

const traceOf = (count: number): string => `${'140ca64a'.repeat(3)}${count.toString(16).padStart(8, '0')}`

test('a trace is meant by its beginning and by its end, and what is shown of it can be typed', () => {
  assert.equal(shortIdOf(traceOf(27)), '140ca64a0000001b')
  const wishes = [shortIdOf(traceOf(27)), traceOf(27), '0000001b', '140ca64a140ca64a', '1c', '4a000']
  assert.deepEqual(wishes.map((wish) => isMeant(traceOf(27), wish)), [true, true, true, true, false, false])
})

test('when several are meant it is said how many, which, and what to type', () => {
  const traces = Array.from({ length: 7 }, (_, index) => traceOf(index))
  assert.equal(ambiguityOf('1', traces.slice(0, 1)), undefined)
  assert.match(ambiguityOf('140ca64a', traces) ?? '',
    /^'140ca64a' could be 7 traces: (140ca64a0000000\d, ){4}140ca64a00000004 and 2 more; write the last 16 digits/)
})
