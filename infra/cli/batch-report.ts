/** Batch report: counts what came of a batch, and says it: failures by name, and a summary. */
import type { BatchTotals } from '../../actors/frameworks/batch-state.js'
import type { BatchResult } from '../../actors/frameworks/batch-work.js'
import { EXIT } from './failure.js'
import type { Outlet } from './outlet.js'
import { clock } from './progress.js'

/** Failures that are listed one by one; `--json` has them all. */
export const FAILURES_LISTED_MAX = 100

export interface ReportOptions {
  readonly out: Outlet
  readonly err: Outlet
  readonly isJson: boolean
  readonly isQuiet: boolean
}

export class BatchReport {
  ok = 0
  failed = 0
  running = 0
  private readonly beganMs = performance.now()
  private readonly failures: BatchResult[] = []

  /** @param before called before anything is written to people */
  constructor(private readonly options: ReportOptions, private readonly before: () => void) {}

  get done(): number {
    return this.ok + this.failed
  }

  say(line: string): void {
    this.before()
    void this.options.err.write(`warren: ${line}\n`)
  }

  add(result: BatchResult): void {
    if (result.isOk) this.ok++
    else this.failed++
    if (!result.isOk && this.failures.length < FAILURES_LISTED_MAX) this.failures.push(result)
    if (result.outputProblem) this.say(`some output of '${result.input}' is lost: ${result.outputProblem}`)
  }

  /** The exit code. */
  finish(totals: BatchTotals): number {
    const durationMs = performance.now() - this.beganMs
    this.listFailures()
    const { ok, failed, offers, accepts, launched } = totals
    const perAccept = accepts === 0 ? 0 : launched / accepts
    if (!this.options.isQuiet) {
      const rate = ((ok + failed) * 1_000) / durationMs
      this.before()
      const speed = `${durationOf(durationMs)} (${rate.toFixed(rate < 10 ? 1 : 0)}/s)`
      const line = `${ok} ok, ${failed} failed in ${speed}; ${perAccept.toFixed(1)} tasks per accept\n`
      void this.options.err.write(line)
    }
    if (this.options.isJson) {
      const summary = {
        event: 'summary', ok, failed, durationMs: Math.round(durationMs), launched, offers, accepts,
      }
      void this.options.out.write(`${JSON.stringify(summary)}\n`)
    }
    return failed === 0 ? EXIT.ok : EXIT.failed
  }

  interrupted(inputs: number): void {
    this.listFailures()
    this.say(`interrupted: ${this.ok} ok, ${this.failed} failed, ${Math.max(0, inputs - this.done)} not done`)
  }

  private listFailures(): void {
    this.before()
    const sorted = this.failures.sort((one, other) => one.index - other.index)
    const lines = sorted.map((result) => `failed: ${printable(result.input)} (${howOf(result)})`)
    const left = this.failed - lines.length
    if (left > 0) lines.push(`… and ${left} more; --json has them all`)
    if (lines.length > 0) void this.options.err.write(`${lines.join('\n')}\n`)
  }
}

export function howOf({ state, exitCode, signal, text, attempts }: BatchResult): string {
  const how = state === 'FAILED' && exitCode !== undefined ? `exit code ${exitCode}`
    : state === 'FAILED' && signal !== undefined ? signal
    : `${state}${text === undefined ? '' : `: ${text}`}`
  return attempts > 1 ? `${how}, ${attempts} attempts` : how
}

/** An input as it can be shown: no line or terminal is disturbed by it. */
function printable(input: string): string {
  const shown = input.length > 200 ? `${input.slice(0, 200)}…` : input
  return /[\u0000-\u001f\u007f-\u009f]/.test(shown) ? JSON.stringify(shown) : shown
}

const durationOf = (durationMs: number): string =>
  durationMs < 60_000 ? `${(durationMs / 1_000).toFixed(1)} s` : clock(durationMs)
