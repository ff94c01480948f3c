/** Seeds: the runs that are part of `npm test`, divided among files so that all cores have work. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { planOf } from './plan.js'
import { report } from './report.js'
import { run } from './run.js'
import { shrink } from './shrink.js'

/** Few, so that many seeds have their turn; `npm run simulate` plays longer plans. */
const STEPS = 25
const SEEDS_IN_FILE = 250
const SEEDS_IN_TEST = 50

/** @param part of eight, from 1 on */
export function testSeeds(part: number): void {
  const first = (part - 1) * SEEDS_IN_FILE + 1
  for (let from = first; from < first + SEEDS_IN_FILE; from += SEEDS_IN_TEST) testRange(from, from + SEEDS_IN_TEST - 1)
}

function testRange(from: number, until: number): void {
  test(`clusters of the seeds from ${from} to ${until} lose nothing and do nothing twice`, async () => {
    for (let seed = from; seed <= until; seed++) await testSeed(seed)
  })
}

export async function testSeed(seed: number, steps = STEPS): Promise<void> {
  const plan = planOf({ seed, steps })
  const { violation } = await run({ seed, plan })
  if (violation) assert.fail(await report(await shrink(seed, plan, violation, undefined), { seed, steps }))
}
