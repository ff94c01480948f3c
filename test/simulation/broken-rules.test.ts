/**
 * What the simulator is worth: rules of Warren that are broken on purpose are noticed. Which seed notices
 * changes with Warren, so the first that does is looked for, and named.
 */
import assert from 'node:assert/strict'
import test from 'node:test'
import { RULES, type Rule } from './broken.js'
import { INVARIANTS, type Invariant } from './ledger.js'
import { planOf, type Fault } from './plan.js'
import { run } from './run.js'
import { STEPS } from './simulate.js'

/** By then it is noticed, or the simulator is not worth much. */
const SEEDS_MAX = 80

/** What each breaks, seen from outside. */
const NOTICED: Readonly<Record<Rule, readonly Invariant[]>> = {
  'stale-epoch': ['I7'],
  'launch-once': ['I2'],
  'read-back': ['I2', 'I6'],
  'journal-first': ['I1', 'I2', 'I4', 'I5', 'live'],
  'send-again': ['live'],
}

/** What must go wrong for a rule to matter, where among all faults that is rare. */
const ONLY: Partial<Record<Rule, readonly Fault[]>> = { 'launch-once': ['slow', 'cut', 'repeat', 'failover'] }

for (const [rule, invariants] of Object.entries(NOTICED) as [Rule, readonly Invariant[]][]) {
  const what = invariants.map((each) => INVARIANTS[each]).join('; or ')
  test(`when it does not hold that ${RULES[rule]}, some seed notices (${what})`, async (t) => {
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const plan = planOf({ seed, steps: STEPS, only: ONLY[rule] })
      const { violation } = await run({ seed, plan, breaks: rule })
      if (!violation || !invariants.includes(violation.invariant)) continue
      const { violation: sound } = await run({ seed, plan })
      if (sound) continue
      t.diagnostic(`seed ${seed}: ${violation.message}`)
      return
    }
    assert.fail(`none of ${SEEDS_MAX} seeds noticed`)
  })
}
