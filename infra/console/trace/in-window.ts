/** In window: which of many arrows touch a part of the diagram, without looking at each. Pure. */
import type { Drawn } from './model.js'

const BLOCK = 64

/** Arrows in blocks, each with how far it reaches up and down. */
export interface Blocks {
  readonly drawn: readonly Drawn[]
  readonly tops: Float64Array
  readonly ends: Float64Array
}

export function blocksOf(drawn: readonly Drawn[]): Blocks {
  const count = Math.ceil(drawn.length / BLOCK)
  const [tops, ends] = [new Float64Array(count).fill(Infinity), new Float64Array(count).fill(-Infinity)]
  drawn.forEach(({ top, end }, index) => {
    const block = Math.floor(index / BLOCK)
    tops[block] = Math.min(tops[block] ?? Infinity, top)
    ends[block] = Math.max(ends[block] ?? -Infinity, end)
  })
  return { drawn, tops, ends }
}

export function inWindow({ drawn, tops, ends }: Blocks, top: number, bottom: number): Drawn[] {
  const found: Drawn[] = []
  for (let block = 0; block < tops.length; block++) {
    if ((tops[block] ?? 0) > bottom || (ends[block] ?? 0) < top) continue
    for (const each of drawn.slice(block * BLOCK, (block + 1) * BLOCK)) {
      if (each.top <= bottom && each.end >= top) found.push(each)
    }
  }
  return found
}
