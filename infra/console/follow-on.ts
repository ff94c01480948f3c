/**
 * Follow on: an answer that goes on, read from whoever leads. One that breaks off is begun anew with the next
 * leader; so is one that the former leader gave up, for another may know more.
 */

/** Before it is begun anew: what fails at once may fail again. */
export const AGAIN_MS = 500

export interface Followed {
  /**
   * Reads it once, until there is no more: resolves with what broke it off, if something did.
   * Rejects when the connection breaks off or nobody answers.
   */
  readonly read: (signal: AbortSignal) => Promise<string | undefined>
  /** There will be no more of it from this leader. @param problem undefined when it is whole */
  readonly over: (problem: string | undefined) => void
  /** It has broken off, and is begun anew as soon as somebody leads. */
  readonly broken: () => void
}

/** Whom a page asks. */
export interface Leading {
  /** Resolves once somebody is known to lead. */
  readonly seek: () => Promise<void>
  /** Calls back for every change of leaders from now on; what it answers ends that. */
  readonly onChange: (changed: () => void) => () => void
  readonly pause: (ms: number) => Promise<void>
}

/** Resolves when it has been read whole, or `signal` aborted. */
export async function followOn(
  { read, over, broken }: Followed, { seek, onChange, pause }: Leading, signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const attempt = new AbortController()
    const changed = new Promise<void>((resolve) => attempt.signal.addEventListener('abort', () => resolve()))
    const end = () => attempt.abort()
    const forget = onChange(end)
    signal.addEventListener('abort', end)
    try {
      const problem = await read(attempt.signal)
      if (!attempt.signal.aborted) over(problem)
      if (problem === undefined) return
      await changed
    } catch {
      if (signal.aborted) return
      broken()
      await pause(AGAIN_MS)
      await seek()
    } finally {
      forget()
      signal.removeEventListener('abort', end)
    }
  }
}
