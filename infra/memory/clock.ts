/** Virtual clock: time that passes only when told to; the twin of the machine's clock in tests. */
import type { Clock } from '../../runtime/clock.js'

interface Alarm {
  readonly atMs: number
  readonly order: number
  readonly action: () => void
}

export class VirtualClock implements Clock {
  private alarms: Alarm[] = []
  private count = 0

  /** @param nowMs where time begins, in wall-clock milliseconds */
  constructor(private nowMs = 1_700_000_000_000) {}

  now(): number {
    return this.nowMs
  }

  elapsedMs(): number {
    return this.nowMs
  }

  after(delayMs: number, action: () => void): () => void {
    const alarm = { atMs: this.nowMs + Math.max(0, delayMs), order: this.count++, action }
    this.alarms.push(alarm)
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm)
    }
  }

  /** When the next alarm is due; undefined when none is set. */
  nextAt(): number | undefined {
    return this.first()?.atMs
  }

  /** Moves to the next alarm and runs it; false when none is due by `untilMs`. */
  step(untilMs = Infinity): boolean {
    const alarm = this.first()
    if (!alarm || alarm.atMs > untilMs) return false
    this.alarms = this.alarms.filter((other) => other !== alarm)
    this.nowMs = Math.max(this.nowMs, alarm.atMs)
    alarm.action()
    return true
  }

  /** Sets the time without running alarms; for when all that is due has run. */
  moveTo(nowMs: number): void {
    this.nowMs = Math.max(this.nowMs, nowMs)
  }

  private first(): Alarm | undefined {
    return this.alarms.reduce<Alarm | undefined>((first, alarm) => {
      if (!first || alarm.atMs < first.atMs) return alarm
      return alarm.atMs === first.atMs && alarm.order < first.order ? alarm : first
    }, undefined)
  }
}
