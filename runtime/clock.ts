/** Clock: the port of time. Its twins are the machine's clock and the simulator's virtual one. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970; for stamps that people read. */
  now(): number
  /** Milliseconds that never run backwards; for measuring how long something took. */
  elapsedMs(): number
  /** Runs `action` once after `delayMs`. The answer cancels it; cancelling twice is harmless. */
  after(delayMs: number, action: () => void): () => void
}
