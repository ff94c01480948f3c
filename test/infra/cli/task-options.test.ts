import assert from 'node:assert/strict'
import test from 'node:test'
import { of } from '../../../actors/resources/amounts.js'
import { Failure } from '../../../infra/cli/failure.js'
import { amount, count, duration, environmentOf, resourcesOf } from '../../../infra/cli/task-options.js'

test('durations are seconds unless they say otherwise', () => {
  const read = duration('timeout')
  assert.deepEqual(['30', '0.5', '250ms', '2m', '1h'].map(read), [30_000, 500, 250, 120_000, 3_600_000])
})

test('resources are what was given', () => {
  assert.deepEqual(resourcesOf({ cpus: 0.5, mem: 64, disk: 100 }), of({ cpus: 0.5, mem: 64, disk: 100 }))
})

test('a variable\'s value may hold anything, equals signs too', () => {
  assert.deepEqual(environmentOf({ env: ['A=1', 'B=x=y', 'C='] }), { A: '1', B: 'x=y', C: '' })
  assert.deepEqual(environmentOf({}), {})
})

/** Each: what is read, and what is said of it. */
const WRONG: readonly (readonly [() => unknown, RegExp])[] = [
  [() => duration('timeout')('-1'), /^--timeout: '-1' is no duration; write seconds, or 500ms/],
  [() => duration('timeout')('0'), /is no duration/],
  [() => duration('timeout')('1 fortnight'), /is no duration/],
  [() => amount('cpus')(''), /^--cpus: '' is no amount; write a number, such as --cpus 0.5/],
  [() => amount('mem')('1G'), /^--mem: '1G' is no amount; write a number of MB, such as --mem 256$/],
  [() => amount('mem')('1GB'), /--mem 256/],
  [() => count('jobs', 1)('0'), /write a whole number from 1 to/],
  [() => count('jobs', 1)('1.5'), /is no count/],
  [() => environmentOf({ env: ['A'] }), /'A' is no NAME=VALUE; write --env NAME=VALUE -- before the command/],
  [() => environmentOf({ env: ['1A=x'] }), /is no NAME=VALUE/],
  [() => resourcesOf({ cpus: 0, mem: 0 }), /asks for nothing/],
  [() => resourcesOf({ cpus: 1e12, mem: 0 }), /cpus:1000000000000 is too much/],
]

for (const [read, said] of WRONG) {
  test(`refuses what is wrong: ${said}`, () => {
    assert.throws(read, (error) => {
      return error instanceof Failure && error.exitCode === 2 && said.test(error.message)
    })
  })
}
