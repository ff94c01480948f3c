/**
 * Open loop: asks on a schedule that does not wait for answers, and measures from the scheduled time.
 *
 * Whoever waits for an answer before asking again asks less just when answers are slow, and so measures
 * the good times only. The loop spins instead of sleeping: timers are a millisecond too coarse for it.
 */
export interface Schedule {
  readonly count: number
  readonly perSecond: number
}

/** When the question of this number is due, in milliseconds since the beginning. */
export const dueMs = (index: number, perSecond: number): number => index * 1_000 / perSecond

/** How many questions are due by then, the first at the very beginning. */
export const dueBy = (elapsedMs: number, { count, perSecond }: Schedule): number =>
  Math.min(count, Math.floor(elapsedMs * perSecond / 1_000 + 1))

/** Answers each question's latency in milliseconds; rejects when one of them fails. */
export function openLoop(schedule: Schedule, ask: () => Promise<unknown>): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const latencies: number[] = []
    const beganMs = performance.now()
    let asked = 0
    const answered = (index: number) => {
      latencies.push(performance.now() - beganMs - dueMs(index, schedule.perSecond))
      if (latencies.length === schedule.count) resolve(latencies)
    }
    const tick = () => {
      for (const due = dueBy(performance.now() - beganMs, schedule); asked < due; asked++) {
        const index = asked
        ask().then(() => answered(index), reject)
      }
      if (asked < schedule.count) setImmediate(tick)
    }
    tick()
  })
}
