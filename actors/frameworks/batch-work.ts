/** Batch work: what a batch has still to run, what runs, and what waits to be read. Plain data. */
import type { StatusUpdate } from '../protocol/task.js'

export interface Item {
  /** Counted from 1, in the order of the inputs. */
  readonly index: number
  readonly input: string
  /** Of whatever kind; they name its tasks. */
  launches: number
  /** Launches that an agent had room for. */
  attempts: number
  /** Ends that were the command's own fault. */
  failures: number
  /** Ends that were not: its agent was lost, or never took it. */
  losses: number
}

export interface Attempt {
  readonly item: Item
  readonly taskId: string
  readonly hostname: string
  readonly launchedMs: number
  startedMs: number | undefined
}

export interface EndedAttempt {
  readonly attempt: Attempt
  readonly update: StatusUpdate
}

/** What came of one input. */
export interface BatchResult {
  readonly index: number
  readonly input: string
  readonly taskId: string
  readonly isOk: boolean
  readonly state: StatusUpdate['state']
  readonly exitCode?: number
  readonly signal?: string
  readonly text?: string
  /** The host that it ran on. */
  readonly agent?: string
  readonly attempts: number
  readonly durationMs: number
  /** Why some of its output is missing. */
  readonly outputProblem?: string
}

/** How an attempt ended. */
export type End = Pick<StatusUpdate, 'state' | 'exitCode' | 'signal' | 'text' | 'atMs'>

export function resultOf(attempt: Attempt, end: End, outputProblem?: string): BatchResult {
  const { item: { index, input, attempts }, taskId, hostname, launchedMs, startedMs } = attempt
  const { state, exitCode, signal, text, atMs } = end
  return {
    index, input, taskId, isOk: state === 'FINISHED', state, attempts, agent: hostname,
    durationMs: Math.max(0, atMs - (startedMs ?? launchedMs)),
    ...(exitCode === undefined ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }),
    ...(text === undefined ? {} : { text }), ...(outputProblem === undefined ? {} : { outputProblem }),
  }
}

/** The first launch of input 17 is task `17`, the second `17.2`. */
export const taskIdOf = ({ index, launches }: Item): string =>
  launches === 1 ? `${index}` : `${index}.${launches}`

/** First in, first out, except for what is put back; taking does not move the rest. */
export class Backlog<Entry> {
  private entries: (Entry | undefined)[] = []
  private head = 0
  private readonly returned: Entry[] = []

  get size(): number {
    return this.entries.length - this.head + this.returned.length
  }

  put(entry: Entry): void {
    this.entries.push(entry)
  }

  /** Comes before all others, so that what began early also ends early. */
  putBack(entry: Entry): void {
    this.returned.push(entry)
  }

  take(): Entry | undefined {
    if (this.returned.length > 0) return this.returned.shift()
    const entry = this.entries[this.head]
    if (this.head === this.entries.length) return undefined
    this.entries[this.head++] = undefined
    if (this.head > 1_000 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head)
      this.head = 0
    }
    return entry
  }
}
