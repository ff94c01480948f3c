/** Seeds: the runs that are part of `npm test`, divided among files so that all cores have work. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { planOf } from './plan.js'
import { report } from './report.js'
import { run } from './run.js'
import { shrink } from './shrink.js'
import { STEPS } from './simulate.js'

export function testSeeds(from: number, count: number): void {
  test(`clusters of the seeds from ${from} to ${from + count - 1} lose nothing and do nothing twice`, async () => {
    for (let seed = from; seed < from + count; seed++) {
      const plan = planOf({ seed, steps: STEPS })
      const { violation } = await run({ seed, plan })
      if (violation) assert.fail(await report(await shrink(seed, plan, violation, undefined), { seed, steps: STEPS }))
    }
  })
}
