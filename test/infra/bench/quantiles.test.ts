import assert from 'node:assert/strict'
import test from 'node:test'
import { quantile } from '../../../infra/bench/quantiles.js'

test('a quantile is the value that so large a part does not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  assert.deepEqual([0, 0.01, 0.5, 0.99, 0.995, 1].map((part) => quantile(hundred, part)), [1, 1, 50, 99, 100, 100])
  assert.equal(quantile([7], 0.5), 7)
})

test('nothing has no quantile', () => assert.ok(Number.isNaN(quantile([], 0.5))))
