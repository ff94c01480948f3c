/**
 * Heard: which of an executor's reports the agent has passed on, and which are on its disk. Plain data,
 * owned and changed in place.
 *
 * Reports are numbered from 1 and repeated until noted, so a repeated one must be told from a new one:
 * the task that it tells of may have ended meanwhile, and its id may run again.
 *
 * What is noted is kept as ranges, since some numbers never come: those that an earlier life of the agent
 * has noted. Where these are nobody can say, for its last words to the executor may have been lost one by
 * one. So each gap costs one range for ever, and the reports beyond it cost nothing.
 */
import { covers, union, type Range } from '../resources/ranges.js'

export class Heard {
  private noted: readonly Range[] = []
  private readonly underWay = new Set<number>()

  statusOf(sequence: number): 'new' | 'passed-on' | 'noted' {
    if (covers(this.noted, only(sequence))) return 'noted'
    return this.underWay.has(sequence) ? 'passed-on' : 'new'
  }

  passOn(sequence: number): void {
    this.underWay.add(sequence)
  }

  note(sequence: number): void {
    this.underWay.delete(sequence)
    this.noted = union(this.noted, only(sequence))
  }
}

const only = (sequence: number): readonly Range[] => [{ begin: sequence, end: sequence }]
