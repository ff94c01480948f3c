/**
 * Ranges: the algebra of inclusive intervals of whole numbers, such as ports.
 *
 * Every answer is sorted and coalesced, and every argument must be (`coalesce` makes it so), which lets
 * all of these walk their arguments once, and lets equality be a plain comparison.
 */

/** The whole numbers from `begin` to `end`, both included. */
export interface Range {
  readonly begin: number
  readonly end: number
}

/** Sorts, and joins what overlaps or touches. */
export function coalesce(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((left, right) => left.begin - right.begin)
  const joined: Range[] = []
  for (const range of sorted) {
    const last = joined.at(-1)
    if (last === undefined || range.begin > last.end + 1) joined.push(range)
    else if (range.end > last.end) joined[joined.length - 1] = { begin: last.begin, end: range.end }
  }
  return joined
}

/** What is in either. */
export function union(left: readonly Range[], right: readonly Range[]): readonly Range[] {
  if (left.length === 0) return right
  if (right.length === 0) return left
  return coalesce([...left, ...right])
}

/** What is in `whole` and not in `part`. */
export function difference(whole: readonly Range[], part: readonly Range[]): readonly Range[] {
  const left: Range[] = []
  let next = 0
  for (const { begin, end } of whole) {
    let from = begin
    let cut = part[next]
    while (cut !== undefined && cut.begin <= end) {
      if (cut.begin > from) left.push({ begin: from, end: cut.begin - 1 })
      from = Math.max(from, cut.end + 1)
      // A cut that reaches beyond this range may reach into the next as well.
      if (cut.end > end) break
      next += 1
      cut = part[next]
    }
    if (from <= end) left.push({ begin: from, end })
  }
  return left
}

/** Whether every number of `part` is in `whole`. */
export function covers(whole: readonly Range[], part: readonly Range[]): boolean {
  let index = 0
  for (const { begin, end } of part) {
    let holder = whole[index]
    while (holder !== undefined && holder.end < begin) {
      index += 1
      holder = whole[index]
    }
    if (holder === undefined || holder.begin > begin || holder.end < end) return false
  }
  return true
}

export function sameRanges(left: readonly Range[], right: readonly Range[]): boolean {
  if (left.length !== right.length) return false
  return left.every(({ begin, end }, index) => begin === right[index]?.begin && end === right[index]?.end)
}

/** How many numbers there are. */
export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((count, range) => count + range.end - range.begin + 1, 0)
}

/** The lowest `count` numbers, or undefined where there are not so many. */
export function lowest(ranges: readonly Range[], count: number): readonly number[] | undefined {
  const numbers: number[] = []
  for (const range of ranges) {
    for (let number = range.begin; number <= range.end && numbers.length < count; number += 1) {
      numbers.push(number)
    }
  }
  return numbers.length === count ? numbers : undefined
}

/** The ranges of the lowest `count` numbers, or of all where there are fewer. */
export function firstPart(ranges: readonly Range[], count: number): readonly Range[] {
  const part: Range[] = []
  let missing = count
  for (const { begin, end } of ranges) {
    if (missing <= 0) break
    const last = Math.min(end, begin + missing - 1)
    part.push({ begin, end: last })
    missing -= last - begin + 1
  }
  return part
}
