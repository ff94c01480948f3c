/**
 * Resources: quantities of a machine, and the algebra by which they are shared out.
 *
 * Scalars are whole thousandths, so that adding and subtracting for a year never drifts. Every value is
 * canonical (nothing empty, ranges coalesced, sets sorted), so that equal quantities are equal data.
 * Names are checked where resources enter (`validity.ts`); yet `constructor` is a legal name, and so
 * nothing here reads a record except by its own keys.
 */
import { covers, difference, sameRanges, union, type Range } from './ranges.js'

export type { Range } from './ranges.js'

type Table<T> = Readonly<Record<string, T>>

export interface Resources {
  /** Thousandths of a unit, by name; memory and disk count in MB. Whole, positive. */
  readonly scalars: Table<number>
  /** Sorted, coalesced, never empty. */
  readonly ranges: Table<readonly Range[]>
  /** Sorted, unique, never empty. */
  readonly sets: Table<readonly string[]>
}

export const THOUSANDTHS = 1000

// Shared by all resources that have no ranges or no sets, which is most of them.
const BLANK: Table<never> = Object.freeze({})

export const NONE: Resources = Object.freeze({ scalars: BLANK, ranges: BLANK, sets: BLANK })

/** Scalars are summed; ranges and sets are united, since a port that is there twice is still one port. */
export function add(left: Resources, right: Resources): Resources {
  if (isEmpty(left)) return right
  if (isEmpty(right)) return left
  return {
    scalars: merged(left.scalars, right.scalars, plus),
    ranges: merged(left.ranges, right.ranges, union),
    sets: merged(left.sets, right.sets, setUnion),
  }
}

export function sum(parts: Iterable<Resources>): Resources {
  let total = NONE
  for (const part of parts) total = add(total, part)
  return total
}

/** What is left when `part` is taken out of `whole`. Throws where `whole` does not contain it: a bug. */
export function subtract(whole: Resources, part: Resources): Resources {
  if (contains(whole, part)) return without(whole, part)
  throw new RangeError(`cannot subtract ${JSON.stringify(part)} from ${JSON.stringify(whole)}`)
}

/** What is left of `whole` beside `part`; where `part` is the greater, nothing. */
export function without(whole: Resources, part: Resources): Resources {
  if (isEmpty(part)) return whole
  return {
    scalars: reduced(whole.scalars, part.scalars, minus),
    ranges: reduced(whole.ranges, part.ranges, rangesMinus),
    sets: reduced(whole.sets, part.sets, setMinus),
  }
}

/** Whether `part` could be taken out of `whole`. */
export function contains(whole: Resources, part: Resources): boolean {
  for (const name in part.scalars) {
    if ((own(whole.scalars, name) ?? 0) < (part.scalars[name] as number)) return false
  }
  for (const name in part.ranges) {
    const ranges = own(whole.ranges, name)
    if (ranges === undefined || !covers(ranges, part.ranges[name] as readonly Range[])) return false
  }
  for (const name in part.sets) {
    const items = own(whole.sets, name)
    if (items === undefined || setMinus(part.sets[name] as readonly string[], items)) return false
  }
  return true
}

export function isEmpty(resources: Resources): boolean {
  return isBlank(resources.scalars) && isBlank(resources.ranges) && isBlank(resources.sets)
}

export function equals(left: Resources, right: Resources): boolean {
  return (
    sameTable(left.scalars, right.scalars, Object.is) &&
    sameTable(left.ranges, right.ranges, sameRanges) &&
    sameTable(left.sets, right.sets, sameItems)
  )
}

/** How much of a scalar there is, in units (cpus, MB), not thousandths. */
export function scalar(resources: Resources, name: string): number {
  return (own(resources.scalars, name) ?? 0) / THOUSANDTHS
}

/** What a record holds under a name of its own; never what objects inherit. */
export function own<T>(table: Table<T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function isBlank(table: Table<unknown>): boolean {
  for (const _ in table) return false
  return true
}

function merged<T>(left: Table<T>, right: Table<T>, join: (left: T, right: T) => T): Table<T> {
  if (isBlank(right)) return left
  if (isBlank(left)) return right
  const result: Record<string, T> = { ...left }
  for (const name in right) {
    const mine = own(left, name)
    const other = right[name] as T
    result[name] = mine === undefined ? other : join(mine, other)
  }
  return result
}

function reduced<T>(
  whole: Table<T>,
  part: Table<T>,
  cut: (whole: T, part: T) => T | undefined,
): Table<T> {
  if (isBlank(part) || isBlank(whole)) return whole
  const result: Record<string, T> = {}
  for (const name in whole) {
    const taken = own(part, name)
    const mine = whole[name] as T
    const left = taken === undefined ? mine : cut(mine, taken)
    if (left !== undefined) result[name] = left
  }
  return isBlank(result) ? BLANK : result
}

function sameTable<T>(left: Table<T>, right: Table<T>, same: (left: T, right: T) => boolean): boolean {
  if (left === right) return true
  const entries = Object.entries(left)
  if (entries.length !== Object.keys(right).length) return false
  return entries.every(([name, value]) => {
    const other = own(right, name)
    return other !== undefined && same(value, other)
  })
}

function plus(left: number, right: number): number {
  return left + right
}

function minus(whole: number, part: number): number | undefined {
  return whole > part ? whole - part : undefined
}

function rangesMinus(whole: readonly Range[], part: readonly Range[]): readonly Range[] | undefined {
  const left = difference(whole, part)
  return left.length === 0 ? undefined : left
}

function setUnion(left: readonly string[], right: readonly string[]): readonly string[] {
  return [...new Set([...left, ...right])].sort()
}

function setMinus(whole: readonly string[], part: readonly string[]): readonly string[] | undefined {
  const left = whole.filter((item) => !part.includes(item))
  return left.length === 0 ? undefined : left
}

function sameItems(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
