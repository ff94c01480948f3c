/**
 * Supervision: what happens to an actor that fails. Plain arithmetic, so that it can be tested
 * without an actor; the cell carries the verdict out.
 */
export interface Supervision {
  /** What a failing child gets: a new life, an end, or its parent's failure. */
  readonly onFailure: 'restart' | 'stop' | 'escalate'
  /** More restarts than this within the period escalate. */
  readonly restartsMax: number
  readonly periodMs: number
  /** The first restart waits this long, each further one within the period twice as long. */
  readonly backoffMs: number
  readonly backoffMaxMs: number
}

export const RESTART: Supervision = {
  onFailure: 'restart', restartsMax: 5, periodMs: 10_000, backoffMs: 10, backoffMaxMs: 5_000,
}
export const STOP: Supervision = { ...RESTART, onFailure: 'stop' }
export const ESCALATE: Supervision = { ...RESTART, onFailure: 'escalate' }

export type Verdict =
  | { readonly type: 'restart'; readonly delayMs: number }
  | { readonly type: 'stop' }
  | { readonly type: 'escalate' }

/**
 * Judges one failure.
 * @param failures when this actor failed before, in elapsed milliseconds, oldest first
 * @param chance a number in [0, 1) that spreads the back-off over its upper half
 */
export function judge(
  supervision: Supervision, failures: readonly number[], now: number, chance: number,
): Verdict {
  if (supervision.onFailure !== 'restart') return { type: supervision.onFailure }
  const recent = recentFailures(supervision, failures, now).length
  if (recent >= supervision.restartsMax) return { type: 'escalate' }
  const ceiling = Math.min(supervision.backoffMaxMs, supervision.backoffMs * 2 ** recent)
  return { type: 'restart', delayMs: Math.round(ceiling * (0.5 + chance / 2)) }
}

export function recentFailures(
  supervision: Supervision, failures: readonly number[], now: number,
): number[] {
  return failures.filter((at) => now - at < supervision.periodMs)
}
