import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amounts, bytes, duration, percent, plural, short, span } from '../../../infra/console/format.js'

test('quantities have a unit and at most three digits that mean something', () => {
  assert.deepEqual([0, 1_023, 1_536, 5 * 1_048_576].map(bytes), ['0 B', '1,023 B', '1.5 KB', '5 MB'])
  assert.deepEqual([0.125, 12.34, 123.4, 1_000].map(short), ['0.13', '12.3', '123', '1,000'])
  assert.equal(amounts({ cpus: 0.5, mem: 64, ports: '[1-2]', disk: 0 }), '0.5 CPU, 64 MB memory')
  assert.equal(amounts({}), '–')
  assert.equal(percent(0.1234), '12.3 %')
})

test('times are told in the largest unit that fits', () => {
  assert.deepEqual([0, 999, 1_000, 90_000, 7_200_000, 172_800_000].map(span),
    ['0 ms', '999 ms', '1 s', '1 min', '2 h', '2 d'])
  assert.deepEqual([0.25, 12, 1_500].map(duration), ['0.25 ms', '12 ms', '1.5 s'])
  assert.deepEqual([plural(1, 'task'), plural(2_000, 'task')], ['1 task', '2,000 tasks'])
})
