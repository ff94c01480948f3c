/**
 * Validity: what a quantity, a name and a range must be for the algebra to hold.
 *
 * One place for the limits and their wording, since resources enter by three doors: text that people
 * write, plain numbers that framework authors write, and messages from other nodes. Each answer is a
 * problem in one line, with the fix, or undefined where there is none.
 */
import { THOUSANDTHS, type Range, type Resources } from './resources.js'

/** A petabyte, counted in MB: thousands of agents at the limit still add up exactly in thousandths. */
export const SCALAR_UNITS_MAX = 1_000_000_000
export const RANGE_END_MAX = 4_294_967_295
export const RANGES_MAX = 4096
export const SET_ITEMS_MAX = 4096
export const ITEM_LENGTH_MAX = 255
export const NAME_LENGTH_MAX = 64
export const NAMES_MAX = 64

export type Kind = 'scalar' | 'ranges' | 'set'

const NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/
const ITEM = /^[A-Za-z0-9_./-]+$/

// What Warren itself counts, schedules or cgroups by; any other name may be of any kind.
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['cpus', 'scalar'],
  ['mem', 'scalar'],
  ['disk', 'scalar'],
  ['gpus', 'scalar'],
  ['ports', 'ranges'],
])

const EXAMPLES: Readonly<Record<Kind, string>> = {
  scalar: '2',
  ranges: '[31000-31999]',
  set: '{a,b}',
}

export function nameProblem(name: string): string | undefined {
  if (name.length <= NAME_LENGTH_MAX && NAME.test(name)) return undefined
  const rule = `letters, digits, "_", "." or "-", beginning with a letter, at most ${NAME_LENGTH_MAX}`
  return `${quoted(name)} is not a name: write ${rule}`
}

/** Whether a name may be of this kind: `cpus` is always an amount, `ports` always ranges. */
export function kindProblem(name: string, kind: Kind): string | undefined {
  const expected = KINDS.get(name)
  if (expected === undefined || expected === kind) return undefined
  const meaning = expected === 'scalar' ? 'an amount' : 'ranges'
  return `${name} must be ${meaning}: write ${name}:${EXAMPLES[expected]}`
}

/** `units` is what people write: 0.5 of a cpu, 1024 MB. */
export function scalarProblem(name: string, units: number): string | undefined {
  if (!Number.isFinite(units)) return `${name} is not a finite number: write ${name}:${EXAMPLES.scalar}`
  if (units < 0) return `${name}:${units} is negative: write 0 or more`
  if (units > SCALAR_UNITS_MAX) return `${name}:${units} is too much: write at most ${SCALAR_UNITS_MAX}`
  if (units > 0 && Math.round(units * THOUSANDTHS) === 0) {
    return `${name}:${units} rounds to nothing: write at least 0.001, or 0`
  }
  if (name === 'gpus' && !Number.isInteger(units)) return `gpus:${units} is not whole: gpus cannot be split`
  return undefined
}

/** `ranges` in the order they were written; those that overlap are a mistake of the writer's. */
export function rangesProblem(name: string, ranges: readonly Range[]): string | undefined {
  if (ranges.length > RANGES_MAX) return `${name} has ${ranges.length} ranges: write at most ${RANGES_MAX}`
  for (const { begin, end } of ranges) {
    const written = `${name}:[${begin}-${end}]`
    if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || begin < 0) {
      return `${written} is not a range: write whole numbers, such as ${name}:${EXAMPLES.ranges}`
    }
    if (begin > end) return `${written} ends before it begins: write ${name}:[${end}-${begin}]`
    if (end > RANGE_END_MAX) return `${written} is too far: write at most ${RANGE_END_MAX}`
  }
  const sorted = [...ranges].sort((left, right) => left.begin - right.begin)
  for (const [index, { begin, end }] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next === undefined || next.begin > end) continue
    const pair = `${begin}-${end} and ${next.begin}-${next.end}`
    return `${name} has ranges that overlap, ${pair}: write each number once`
  }
  return undefined
}

export function itemsProblem(name: string, items: readonly string[]): string | undefined {
  if (items.length > SET_ITEMS_MAX) return `${name} has ${items.length} items: write at most ${SET_ITEMS_MAX}`
  const strange = items.find((item) => item.length > ITEM_LENGTH_MAX || !ITEM.test(item))
  if (strange !== undefined) {
    return `${name} has the item ${quoted(strange)}: write letters, digits, "_", ".", "/" or "-"`
  }
  const twice = items.find((item, index) => items.indexOf(item) !== index)
  return twice === undefined ? undefined : `${name} has ${quoted(twice)} twice: write it once`
}

/** What is wrong with resources that another node sent: they must be canonical, as `Resources` says. */
export function resourcesProblem(resources: Resources): string | undefined {
  const { scalars, ranges, sets } = resources
  const names = [scalars, ranges, sets].flatMap((table) => Object.keys(table))
  if (names.length > NAMES_MAX) return `there are ${names.length} names: write at most ${NAMES_MAX}`
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return `${twice} is there as two kinds of resource: write it once`
  return (
    firstProblem(scalars, 'scalar', canonicalScalarProblem) ??
    firstProblem(ranges, 'ranges', canonicalRangesProblem) ??
    firstProblem(sets, 'set', canonicalItemsProblem)
  )
}

/** Any text in quotes, cut to what fits on a line, with what would disturb a terminal escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

function firstProblem<T>(
  table: Readonly<Record<string, T>>,
  kind: Kind,
  problemOf: (name: string, value: T) => string | undefined,
): string | undefined {
  for (const [name, value] of Object.entries(table)) {
    const problem = nameProblem(name) ?? kindProblem(name, kind) ?? problemOf(name, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

function canonicalScalarProblem(name: string, thousandths: number): string | undefined {
  if (!Number.isSafeInteger(thousandths) || thousandths <= 0) {
    return `${name} is ${thousandths} thousandths: write a whole number above 0`
  }
  return scalarProblem(name, thousandths / THOUSANDTHS)
}

function canonicalRangesProblem(name: string, ranges: readonly Range[]): string | undefined {
  const apart = ranges.every(({ end }, index) => end + 1 < (ranges[index + 1]?.begin ?? Infinity))
  if (ranges.length === 0 || !apart) return `${name} is not canonical: sort its ranges and join them`
  return rangesProblem(name, ranges)
}

function canonicalItemsProblem(name: string, items: readonly string[]): string | undefined {
  const sorted = items.every((item, index) => index === 0 || item > (items[index - 1] ?? ''))
  if (items.length === 0 || !sorted) return `${name} is not canonical: sort its items, each once`
  return itemsProblem(name, items)
}
