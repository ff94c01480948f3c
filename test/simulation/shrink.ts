/**
 * Shrink: the smallest part of a plan that still leads to a violation of the same invariant. Delta debugging
 * (ddmin): parts are left out, large ones first, as long as what is left still fails.
 */
import type { Rule } from './broken.js'
import type { Violation } from './ledger.js'
import type { Step } from './plan.js'
import { run } from './run.js'

/** Runs that one shrinking may take. */
const RUNS_MAX = 150
const KIND_CHARACTERS = 150

export interface Shrunk {
  readonly plan: readonly Step[]
  readonly violation: Violation
}

export async function shrink(
  seed: number, whole: readonly Step[], violation: Violation, breaks: Rule | undefined,
): Promise<Shrunk> {
  // What comes after the violation had no part in it.
  let best: Shrunk = { plan: whole.filter(({ atMs }) => atMs <= violation.atMs), violation }
  let runs = 0
  const fails = async (plan: readonly Step[]): Promise<boolean> => {
    runs++
    const { violation: found } = await run({ seed, plan, breaks })
    if (!found || kindOf(found) !== kindOf(violation)) return false
    best = { plan, violation: found }
    return true
  }
  if (!await fails(best.plan)) best = { plan: whole, violation }
  for (let parts = 2; best.plan.length > 0 && runs < RUNS_MAX;) {
    const size = Math.ceil(best.plan.length / parts)
    const { length } = best.plan
    for (let from = best.plan.length - size; from > -size && runs < RUNS_MAX; from -= size) {
      const { plan } = best
      await fails([...plan.slice(0, Math.max(0, from)), ...plan.slice(from + size)])
    }
    if (best.plan.length < length) parts = Math.max(2, Math.min(parts, best.plan.length))
    else if (size === 1) break
    else parts = Math.min(parts * 2, best.plan.length)
  }
  return best
}

/** The same trouble, whoever is in it. */
const kindOf = ({ message }: Violation): string => message.replace(/[\w-]*\d[\w-]*/g, '').slice(0, KIND_CHARACTERS)
