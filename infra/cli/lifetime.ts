/**
 * Lifetime: how a long-running command ends.
 *
 * The first SIGTERM, SIGINT or SIGHUP asks it to leave in order; a second one, or ten seconds, ends it
 * at once. A command that another process of Warren started also leaves when that process is gone:
 * nobody else would ever end it.
 */
import { constants } from 'node:os'
import { EXIT } from './failure.js'

export const LEAVE_TIMEOUT_MS = 10_000

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type EndSignal = (typeof SIGNALS)[number]

/** What a shell shows for a process that a signal ended. */
export const exitCodeOf = (signal: EndSignal): number => 128 + constants.signals[signal]

export class Lifetime {
  /** The first wish to end. */
  readonly wish: Promise<EndSignal>
  private wished = false
  private readonly atOnce: (() => void)[] = []

  constructor() {
    this.wish = new Promise((resolve) => {
      const end = (signal: EndSignal) => {
        if (this.wished) this.endAtOnce(exitCodeOf(signal))
        this.wished = true
        resolve(signal)
      }
      for (const signal of SIGNALS) process.on(signal, () => end(signal))
      if (process.connected) process.once('disconnect', () => end('SIGTERM'))
      // Hearing of it must not be what keeps this process alive.
      process.channel?.unref()
    })
  }

  /** Whether somebody has wished it to end. */
  get isWished(): boolean {
    return this.wished
  }

  /** What must not outlive this process even when it is in a hurry. Must not wait. */
  beforeAtOnce(action: () => void): void {
    this.atOnce.push(action)
  }

  /** Leaves in order; answers whether that worked in time. When it did not, the process must end. */
  async leave(close: () => Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), LEAVE_TIMEOUT_MS)
    })
    const inTime = await Promise.race([close().then(() => true), late])
    clearTimeout(timer)
    if (process.connected) process.disconnect()
    return inTime
  }

  /** Stays up until somebody wishes it to end, then leaves; answers the exit code. */
  async stayUp(close: () => Promise<void>): Promise<number> {
    await this.wish
    if (await this.leave(close)) return EXIT.ok
    process.stderr.write(`warren: could not leave in order within ${LEAVE_TIMEOUT_MS / 1000} s\n`)
    return this.endAtOnce(EXIT.failed)
  }

  private endAtOnce(exitCode: number): never {
    for (const action of this.atOnce) action()
    process.exit(exitCode)
  }
}

/** Tells the process that started this one, if that was Warren. */
export const tellStarter = (news: Readonly<Record<string, unknown>>): void => {
  if (process.connected) process.send?.(news)
}
