/** Batch packing: as many tasks into an offer as it holds. Pure. */
import { own, type Resources } from '../resources/resources.js'

/** Bounds of one accept, so that it stays a message of reasonable size. */
export const TASKS_PER_ACCEPT_MAX = 1_000
export const CHARACTERS_PER_ACCEPT_MAX = 262_144

/** How many times `wanted`, which has amounts alone, can be taken out of `offered`. */
export function timesIn(offered: Resources, wanted: Resources): number {
  let times = Infinity
  for (const [name, amount] of Object.entries(wanted.scalars)) {
    times = Math.min(times, Math.floor((own(offered.scalars, name) ?? 0) / amount))
  }
  return times === Infinity ? 0 : times
}

/** What a command and its environment add to a message, about. */
export function charactersOf(words: readonly string[], environment: Readonly<Record<string, string>>): number {
  let characters = 0
  for (const word of words) characters += word.length
  for (const name in environment) characters += name.length + (environment[name]?.length ?? 0)
  return characters
}
