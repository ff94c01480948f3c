/** Failures: how one actor has failed, by which its supervision judges the next time that it does. */
import type { Clock } from './clock.js'
import { CRASHES_KEPT_MAX, describe, origin, type Crash } from './crash.js'
import type { Random } from './random.js'
import { judge, recentFailures, type Supervision, type Verdict } from './supervision.js'

export class Failures {
  /** In elapsed milliseconds. */
  private recent: readonly number[] = []
  private readonly crashes: Crash[] = []

  constructor(private readonly supervision: Supervision) {}

  /**
   * Judges one more.
   * @param message the type of what it had then
   */
  judge(
    error: unknown, message: string | undefined, { clock, random }: { readonly clock: Clock; readonly random: Random },
  ): { readonly verdict: Verdict; readonly crash: Crash } {
    const now = clock.elapsedMs()
    const verdict = judge(this.supervision, this.recent, now, random.next())
    this.recent = [...recentFailures(this.supervision, this.recent, now), now]
    const decision = verdict.type
    const crash = { atMs: clock.now(), error: describe(error), at: origin(error), message, decision }
    this.crashes.push(crash)
    if (this.crashes.length > CRASHES_KEPT_MAX) this.crashes.shift()
    return { verdict, crash }
  }

  /** The last ones, oldest first. */
  list(): readonly Crash[] {
    return [...this.crashes]
  }
}
