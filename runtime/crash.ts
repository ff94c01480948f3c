/** Crash: how an actor failed, and what became of it, for whoever looks on. */

/** Of each actor so many are remembered, the last ones. */
export const CRASHES_KEPT_MAX = 5

export interface Crash {
  readonly atMs: number
  readonly error: string
  /** Where it was thrown. */
  readonly at: string | undefined
  /** The type of the message that it had then. */
  readonly message: string | undefined
  readonly decision: 'restart' | 'stop' | 'escalate'
}

export const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Where it was thrown: the first line of its stack. */
export const origin = (error: unknown): string | undefined =>
  (error instanceof Error ? /^\s+at (.+)$/m.exec(error.stack ?? '')?.[1] : undefined)
