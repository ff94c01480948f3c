import assert from 'node:assert/strict'
import test from 'node:test'
import { BenchOptionsError, countsOf, parseOptions } from '../../../infra/bench/bench-options.js'

const OPTIONS = { agents: { fallback: '200', help: 'how many' }, kills: { fallback: '10', help: 'how often' } }

test('what is not given has its default', () => {
  assert.deepEqual({ ...parseOptions('b', ['--kills', '3'], OPTIONS) }, { agents: '200', kills: '3' })
})

test('what is no option is refused with all that there are, and --help shows the same', () => {
  for (const argument of ['--wrong', '--help', 'word']) {
    assert.throws(() => parseOptions('b', [argument], OPTIONS), (error) =>
      error instanceof BenchOptionsError && /--agents 200 +how many\n +--kills 10 +how often/.test(error.message))
  }
})

test('counts are whole numbers above 0', () => {
  assert.deepEqual(countsOf('agents', '200,2000'), [200, 2_000])
  for (const text of ['', '0', '-1', '1.5', '2,x']) assert.throws(() => countsOf('agents', text), BenchOptionsError)
})
