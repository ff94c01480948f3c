/**
 * Fair parts: how much of one agent each of its competitors is offered when offers are shared.
 *
 * A whole agent to whoever has least is fair only over time: with long tasks and few agents, the first
 * framework takes an agent that the second never sees again. Shared offers pour the agent out as water
 * instead: those with the least share rise first, and all who are reached stand at one level, in
 * proportion to their weights.
 */
import { countOf, firstPart, type Range } from '../resources/ranges.js'
import { NONE, THOUSANDTHS, type Resources } from '../resources/resources.js'

/** What half of is of no use, or reads badly. */
const WHOLE_UNITS: ReadonlySet<string> = new Set(['gpus', 'mem', 'disk'])
/** Forgives what floating point takes from an exact half. */
const ROUNDING = 1e-6

/**
 * Which part of `amount` each competitor gets, the parts making 1. Competitors come in the order of their
 * shares, the least first; `amount` is what all of it would add to the share of a weight of 1.
 */
export function fairParts(
  competitors: readonly { readonly share: number; readonly weight: number }[],
  amount: number,
): number[] {
  // Where the agent has nothing that anybody's share is measured in, there is nothing to be fair about.
  if (!(amount > 0)) return competitors.map((_, index) => (index === 0 ? 1 : 0))
  let weights = 0
  let weighted = 0
  let level = Infinity
  for (const { share, weight } of competitors) {
    if (share >= level) break
    weights += weight
    weighted += share * weight
    level = (amount + weighted) / weights
  }
  return competitors.map(({ share, weight }) => (Math.max(0, level - share) * weight) / amount)
}

/**
 * Cuts `part` of the scalars and ranges of `whole` out of `rest`, rounded down. Sets cannot be divided,
 * so they go with the first cut.
 */
export function cutPart(whole: Resources, rest: Resources, part: number): Resources {
  const scalars: Record<string, number> = {}
  for (const [name, left] of Object.entries(rest.scalars)) {
    const grain = WHOLE_UNITS.has(name) ? THOUSANDTHS : 1
    const wanted = Math.floor(((whole.scalars[name] ?? 0) * part) / grain + ROUNDING) * grain
    const cut = Math.min(left, wanted)
    if (cut > 0) scalars[name] = cut
  }
  const ranges: Record<string, readonly Range[]> = {}
  for (const [name, left] of Object.entries(rest.ranges)) {
    const cut = firstPart(left, Math.floor(countOf(whole.ranges[name] ?? []) * part + ROUNDING))
    if (cut.length > 0) ranges[name] = cut
  }
  return { ...NONE, scalars, ranges, sets: rest.sets }
}
