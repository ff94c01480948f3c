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

/** An argument that is longer does not travel, nor do arguments that together are longer. */
export const ARGUMENT_CHARACTERS_MAX = 65_536
export const COMMAND_CHARACTERS_MAX = 262_144

/** Why a command cannot be sent, if it cannot. */
export function commandProblem(words: readonly string[]): string | undefined {
  const long = words.find((word) => word.length > ARGUMENT_CHARACTERS_MAX)
  if (long !== undefined) {
    return tooLong(`the argument '${long.slice(0, 40)}…'`, long.length, ARGUMENT_CHARACTERS_MAX)
  }
  const whole = charactersOf(words, {})
  return whole > COMMAND_CHARACTERS_MAX ? tooLong('the command', whole, COMMAND_CHARACTERS_MAX) : undefined
}

const tooLong = (what: string, length: number, most: number): string =>
  `${what} has ${length} characters; at most ${most} can be sent, so put them in a file`

type Environment = Readonly<Record<string, string>>

/** What a command and its environment add to a message, about. */
export function charactersOf(words: readonly string[], environment: Environment): number {
  let characters = 0
  for (const word of words) characters += word.length
  for (const name in environment) characters += name.length + (environment[name]?.length ?? 0)
  return characters
}
