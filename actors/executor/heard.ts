/**
 * Heard: which of an executor's reports the agent has passed on, and which are on its disk. Plain data,
 * owned and changed in place.
 *
 * Reports are numbered from 1 and repeated until noted, so a repeated one must be told from a new one:
 * the task that it tells of may have ended meanwhile, and its id may run again.
 */
export class Heard {
  /** All up to this number are on disk. */
  private notedUpTo = 0
  /** On disk beyond a gap. */
  private readonly noted = new Set<number>()
  private readonly underWay = new Set<number>()

  statusOf(sequence: number): 'new' | 'passed-on' | 'noted' {
    if (sequence <= this.notedUpTo || this.noted.has(sequence)) return 'noted'
    return this.underWay.has(sequence) ? 'passed-on' : 'new'
  }

  passOn(sequence: number): void {
    this.underWay.add(sequence)
  }

  note(sequence: number): void {
    this.underWay.delete(sequence)
    if (sequence > this.notedUpTo) this.noted.add(sequence)
    while (this.noted.delete(this.notedUpTo + 1)) this.notedUpTo++
  }
}
