/** History: a file to which a scheduler's author writes each step before it follows from it; survives kill -9. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { isTerminal } from '../../../actors/protocol/task.js'
import type { HistoryEvent } from './evidence.js'

type Step = HistoryEvent extends infer E ? E extends HistoryEvent ? Omit<E, 'life' | 'atMs'> : never : never

export class History {
  /** What earlier lives have written. */
  readonly earlier: readonly HistoryEvent[]
  readonly life: number
  private readonly file: number

  constructor(path: string) {
    this.earlier = readHistory(path)
    this.life = 1 + this.earlier.reduce((last, { life }) => Math.max(last, life), 0)
    this.file = openSync(path, 'a', 0o600)
  }

  write(step: Step): void {
    writeSync(this.file, `${JSON.stringify({ life: this.life, atMs: Date.now(), ...step })}\n`)
  }

  close(): void {
    closeSync(this.file)
  }
}

/** None if there is no such file; a line that was never finished is left out. */
export function readHistory(path: string): HistoryEvent[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as HistoryEvent)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Tasks that were accepted and have no end yet; `heard` those of which anything was said. */
export function openTasks(events: readonly HistoryEvent[]): { readonly all: string[]; readonly heard: string[] } {
  const heard = new Map<string, boolean>()
  for (const event of events) {
    if (event.event === 'accepted') heard.set(event.taskId, false)
    if (event.event !== 'updated') continue
    const { taskId = '', state } = event.update
    if (isTerminal(state) || state === 'UNKNOWN') heard.delete(taskId)
    else if (heard.has(taskId)) heard.set(taskId, true)
  }
  return { all: [...heard.keys()], heard: [...heard].flatMap(([taskId, isHeard]) => (isHeard ? [taskId] : [])) }
}
