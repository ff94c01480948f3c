/**
 * Turns: who runs next. The port between the kernel and whatever gives actors their turns: nact in
 * production (`nact.ts`), a seeded scheduler in simulations (`infra/memory/seeded-turns.ts`).
 */
export interface Turns {
  /** Changes whenever time may have passed: what happens within one value happens at once. */
  readonly beat: number
  /**
   * A place for an actor below its parent's.
   * @param turn runs one turn; may throw, which is a fault
   * @param failed judges a fault: begin anew or end
   */
  open(
    parent: Place | undefined, name: string, turn: () => void, failed: (error: unknown) => 'reset' | 'stop',
  ): Place
  /** The node has ended, and with it all places; no more are opened. */
  close(): void
}

export interface Place {
  /** Asks for one turn, soon; never runs it at once. */
  wake(): void
  close(): void
}
