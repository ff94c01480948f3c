import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { isoOf } from '../../../actors/master/iso.js'

test('every moment of the years 0 to 9999 is written as Date writes it', () => {
  const [first, last] = [Date.UTC(2000, 0, 1) - 2_000 * 365.2425 * 86_400_000, Date.UTC(9999, 11, 31, 23, 59, 59, 999)]
  fc.assert(fc.property(fc.integer({ min: first, max: last }), (atMs) => {
    assert.equal(isoOf(atMs), new Date(atMs).toISOString())
  }), { numRuns: 5_000 })
})

test('the days around leap days and centuries are right', () => {
  for (const day of ['2024-02-28', '2024-02-29', '2024-03-01', '2000-02-29', '1900-02-28', '1900-03-01', '2100-03-01',
    '1970-01-01', '1969-12-31', '2399-12-31', '2400-02-29', '0000-01-01', '0000-03-01', '2023-12-31']) {
    for (const time of ['00:00:00.000', '23:59:59.999']) {
      assert.equal(isoOf(Date.parse(`${day}T${time}Z`)), `${day}T${time}Z`)
    }
  }
})
