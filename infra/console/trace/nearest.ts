/** Nearest: which arrow of a diagram somebody means who points at it. Pure. */
import { LANE_PX, laneX, type Drawn } from './model.js'

const NEAR_PX = 9

export function nearest(drawn: readonly Drawn[], x: number, y: number): Drawn | undefined {
  let [found, least]: [Drawn | undefined, number] = [undefined, NEAR_PX]
  for (const each of drawn) {
    const distance = distanceTo(each, x, y)
    if (distance < least) [found, least] = [each, distance]
  }
  return found
}

/** From the line, its label above it, or its bar. */
function distanceTo({ from, to, top, arrival, end }: Drawn, x: number, y: number): number {
  const right = laneX(to)
  const left = from === undefined ? right - LANE_PX * 0.42 : from === to ? right + 60 : laneX(from)
  if (Math.abs(x - right) < NEAR_PX && y >= arrival && y <= end) return 1
  const [low, high] = [Math.min(left, right), Math.max(left, right)]
  if (x < low - 4 || x > high + 4) return Infinity
  const part = right === left ? 1 : (x - left) / (right - left)
  const at = from === to ? (top + arrival) / 2 : top + part * (arrival - top)
  return y < at ? Math.max(0, at - y - 8) : y - at
}
