/** Clock: the machine's own. Stamps from the wall clock, durations from the monotonic one. */
import type { Clock } from '../runtime/clock.js'

/** Longer delays overflow Node's timers; they are waited for in stages. */
const DELAY_MAX_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
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
