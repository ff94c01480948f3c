import assert from 'node:assert/strict'
import test from 'node:test'
import { figureOf, isReached, printedFigure } from '../../../infra/bench/figure.js'

const naming = { bench: 'b', row: 'r', unit: 'ms' }

test('a figure has the quantiles of what was measured, and how often that was', () => {
  const { p50, p99, max, count } = figureOf(naming, [3, 1, 2, 100])
  assert.deepEqual([p50, p99, max, count], [2, 100, 100, 4])
})

test('what is wanted is reached at its very limit, by each quantile that is named', () => {
  const values = [10, 20, 30]
  assert.ok(isReached(figureOf(naming, values)))
  assert.ok(isReached(figureOf({ ...naming, wanted: { p50: 20, p99: 30 } }, values)))
  assert.ok(!isReached(figureOf({ ...naming, wanted: { p50: 19 } }, values)))
  assert.ok(!isReached(figureOf({ ...naming, wanted: { p50: 20, p99: 29 } }, values)))
})

test('it is printed with what is wanted and what it can be held against; one value is not called a quantile', () => {
  const many = figureOf({ ...naming, wanted: { p50: 1 }, beside: 'others have 9 ms' }, [2, 3])
  assert.equal(printedFigure(many),
    'r: p50 2.00, p99 3.00, max 3.00 ms of 2; wanted at most p50 1, which it is not; others have 9 ms')
  assert.equal(printedFigure(figureOf({ ...naming, wanted: { p50: 700 } }, [640])), 'r: 640 ms; wanted at most 700')
})
