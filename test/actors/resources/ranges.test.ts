import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  coalesce, countOf, covers, difference, firstPart, lowest, union,
} from '../../../actors/resources/ranges.js'
import type { Range } from '../../../actors/resources/ranges.js'
import { range, ranges } from './arbitraries.js'

function numbersOf(list: readonly Range[]): Set<number> {
  return new Set(lowest(list, countOf(list)))
}

test('coalescing keeps the numbers, and leaves a gap between ranges', () => {
  fc.assert(fc.property(fc.array(range, { maxLength: 8 }), (list) => {
    const joined = coalesce(list)
    const expected = new Set(list.flatMap(({ begin, end }) => {
      return Array.from({ length: end - begin + 1 }, (_, index) => begin + index)
    }))
    assert.deepEqual(numbersOf(joined), new Set([...expected].sort((left, right) => left - right)))
    assert.ok(joined.every(({ end }, index) => end + 1 < (joined[index + 1]?.begin ?? Infinity)))
  }))
})

test('union, difference and cover agree with sets of numbers', () => {
  fc.assert(fc.property(ranges, ranges, (a, b) => {
    const [left, right] = [numbersOf(a), numbersOf(b)]
    const both = [...left, ...right].sort((one, other) => one - other)
    assert.deepEqual(numbersOf(union(a, b)), new Set(both))
    assert.deepEqual([...numbersOf(difference(a, b))], [...left].filter((number) => !right.has(number)))
    assert.equal(covers(a, b), [...right].every((number) => left.has(number)))
  }))
})

test('the lowest numbers come first, and too few are none at all', () => {
  assert.deepEqual(lowest([{ begin: 5, end: 6 }, { begin: 9, end: 9 }], 3), [5, 6, 9])
  assert.deepEqual(lowest([{ begin: 5, end: 6 }], 0), [])
  assert.equal(lowest([{ begin: 5, end: 6 }], 3), undefined)
})

test('the first part holds the lowest numbers', () => {
  fc.assert(fc.property(ranges, fc.integer({ min: 0, max: 80 }), (list, count) => {
    const expected = lowest(list, Math.min(count, countOf(list)))
    assert.deepEqual([...numbersOf(firstPart(list, count))], expected)
  }))
})
