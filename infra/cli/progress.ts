/**
 * Progress: how far a long job is. At a terminal one line that is drawn over itself, at most ten times a
 * second; elsewhere a plain line every now and then, so that a log stays readable.
 */
import type { Outlet } from './outlet.js'

export interface Counts {
  readonly ok: number
  readonly failed: number
  readonly running: number
  /** Undefined while nobody knows. */
  readonly total: number | undefined
}

export const REDRAW_MS = 100
export const PLAIN_LINE_MS = 5_000
const BAR_WIDTH = 24
const CLEAR_LINE = '\r\x1b[2K'

export class Progress {
  private readonly beganMs: number
  private timer: NodeJS.Timeout | undefined
  private counts: Counts = { ok: 0, failed: 0, running: 0, total: undefined }
  private shown = ''
  private changed = false

  /** @param isShown false keeps all of it quiet */
  constructor(
    private readonly err: Outlet, private readonly isShown: boolean,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.beganMs = now()
    if (!isShown) return
    this.timer = setInterval(() => this.tick(), err.isTerminal ? REDRAW_MS : PLAIN_LINE_MS)
    this.timer.unref()
  }

  update(counts: Counts): void {
    this.counts = counts
    this.changed = true
  }

  /** Draws what has changed; called by its own timer. */
  tick(): void {
    if (!this.isShown || (!this.changed && !this.err.isTerminal)) return
    this.changed = false
    const elapsedMs = this.now() - this.beganMs
    if (!this.err.isTerminal) return void this.err.write(`${plainLine(this.counts, elapsedMs)}\n`)
    const line = barLine(this.counts, elapsedMs).slice(0, Math.max(20, (process.stderr.columns || 80) - 1))
    if (line !== this.shown) void this.err.write(`${CLEAR_LINE}${line}`)
    this.shown = line
  }

  /** Takes the bar away, because something else is about to be written. It comes back by itself. */
  hide(): void {
    if (this.shown !== '') void this.err.write(CLEAR_LINE)
    this.shown = ''
  }

  close(): void {
    clearInterval(this.timer)
    this.hide()
  }
}

export function plainLine(counts: Counts, elapsedMs: number): string {
  const { ok, failed, running, total } = counts
  const of = total === undefined ? '' : ` of ${total}`
  return `${ok + failed}${of} done, ${failed} failed, ${running} running, ${rateOf(counts, elapsedMs)}`
}

export function barLine(counts: Counts, elapsedMs: number): string {
  const { ok, failed, running, total } = counts
  const done = ok + failed
  const part = total ? Math.min(1, done / total) : 0
  const full = Math.floor(part * BAR_WIDTH)
  const bar = total === undefined ? '' : `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] `
  const left = total === undefined || done === 0 ? '' : `  ${clock(((total - done) * elapsedMs) / done)} left`
  const of = total === undefined ? '' : `/${total}`
  const failures = failed > 0 ? `  ${failed} failed` : ''
  return `${bar}${done}${of}${failures}  ${running} running  ${rateOf(counts, elapsedMs)}${left}`
}

/** `1m05s` */
export function clock(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1_000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}

function rateOf({ ok, failed }: Counts, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? ((ok + failed) * 1_000) / elapsedMs : 0
  return `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)}/s`
}
