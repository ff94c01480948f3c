/**
 * Clock: the machine's own. Stamps from the wall clock, durations from the monotonic one.
 *
 * The wall clock of a machine may be set, by hours and at any moment; who measures a wait by stamps would
 * wait for hours, or not at all. So a node's own never jumps: when the machine's is set it follows slowly.
 */
// The global of the same name is looked up anew each time.
import { performance } from 'node:perf_hooks'
import type { Clock } from '../runtime/clock.js'

/** Longer delays overflow Node's timers; they are waited for in stages. */
const DELAY_MAX_MS = 2_147_483_647
/** By so much, as a part of the time that passes, it goes faster or slower while it follows. */
export const FOLLOWS_BY = 0.1

/** A wall clock that goes on steadily from what `wall` showed first. Both in milliseconds. */
export function steady(wall: () => number, elapsedMs: () => number): () => number {
  let [shownMs, atMs] = [wall(), elapsedMs()]
  return () => {
    const passedMs = elapsedMs() - atMs
    const aheadMs = wall() - (shownMs + passedMs)
    const mostMs = passedMs * FOLLOWS_BY
    atMs += passedMs
    shownMs += passedMs + Math.max(-mostMs, Math.min(mostMs, aheadMs))
    return Math.floor(shownMs)
  }
}

export const systemClock: Clock = {
  now: steady(() => Date.now(), () => performance.now()),
  elapsedMs: () => performance.now(),
  after(delayMs, action) {
    let timer: NodeJS.Timeout
    const wait = (leftMs: number) => {
      timer = leftMs > DELAY_MAX_MS
        ? setTimeout(() => wait(leftMs - DELAY_MAX_MS), DELAY_MAX_MS)
        : setTimeout(action, leftMs)
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}
