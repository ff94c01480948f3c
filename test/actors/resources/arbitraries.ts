/** Arbitraries: random resources for property tests, canonical as every door makes them. */
import fc from 'fast-check'
import { coalesce, type Range } from '../../../actors/resources/ranges.js'
import type { Resources } from '../../../actors/resources/resources.js'

// Few names, so that two random values often meet in one; `constructor` to catch what objects inherit.
const scalarName = fc.constantFrom('cpus', 'mem', 'disk', 'bandwidth', 'constructor')
const rangesName = fc.constantFrom('ports', 'vlans', 'toString')
const setName = fc.constantFrom('zones', 'valueOf')

export const thousandths = fc.integer({ min: 1, max: 10_000_000 })

export const range: fc.Arbitrary<Range> = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([begin, length]) => ({ begin, end: begin + length }))

export const ranges = fc.array(range, { minLength: 1, maxLength: 6 }).map(coalesce)

const items = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e/1', 'f.g_h-i'), { minLength: 1 })
  .map((list) => [...list].sort())

export const resources: fc.Arbitrary<Resources> = fc.record({
  scalars: fc.dictionary(scalarName, thousandths, { noNullPrototype: true }),
  ranges: fc.dictionary(rangesName, ranges, { noNullPrototype: true }),
  sets: fc.dictionary(setName, items, { noNullPrototype: true }),
}, { noNullPrototype: true })

export const scalarResources: fc.Arbitrary<Resources> = resources.map(({ scalars }) => {
  return { scalars, ranges: {}, sets: {} }
})
