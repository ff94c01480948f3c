/** What the simulator is worth: rules of Warren that are broken on purpose are noticed, each by some seed. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { RULES, type Rule } from './broken.js'
import type { Invariant } from './ledger.js'
import { planOf, type Fault } from './plan.js'
import { run } from './run.js'
import { STEPS } from './simulate.js'

/** For each rule a seed that notices, what it notices, and perhaps the faults that it takes. */
const NOTICED: Readonly<Record<Rule, readonly [seed: number, invariant: Invariant, only?: readonly Fault[]]>> = {
  'stale-epoch': [7, 'I7'],
  'launch-once': [8, 'I2'],
  'read-back': [5, 'I2'],
  'journal-first': [3, 'I5', ['crash', 'reboot']],
  'send-again': [1, 'live'],
}

for (const [rule, [seed, invariant, only]] of Object.entries(NOTICED) as [Rule, (typeof NOTICED)[Rule]][]) {
  test(`when it does not hold that ${RULES[rule]}, seed ${seed} violates ${invariant}`, async () => {
    const plan = planOf({ seed, steps: STEPS, only })
    const broken = await run({ seed, plan, breaks: rule })
    assert.equal(broken.violation?.invariant, invariant, broken.violation?.message)
    const sound = await run({ seed, plan })
    assert.equal(sound.violation, undefined, 'the rule as it is holds')
  })
}
