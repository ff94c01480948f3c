/** Disk: what agents and tasks have left on it, as evidence. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { newMemory, remember } from '../../../actors/agent/memory.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import { readContents } from '../../../infra/disk/frames.js'
import { readStatus, taskDirectory } from '../../../infra/agent/task-directory.js'
import { unpackEntry } from '../../../infra/entry-codec.js'
import type { Run } from './evidence.js'

/** Throws when it is damaged: that is an agent's memory lost. What is just being written is left out. */
export function readJournal(workDir: string): JournalEntry[] {
  const path = join(workDir, 'journal')
  if (!existsSync(path)) return []
  const contents = readContents(readFileSync(path))
  if (contents.kind !== 'good') throw new Error(`journal '${path}' is ${contents.kind}`)
  return contents.records.map((record) => unpackEntry<JournalEntry>(record))
}

/** Launches that are not over, or whose end nobody has acknowledged. */
export function pendingIn(journal: readonly JournalEntry[]): string[] {
  const memory = newMemory()
  for (const entry of journal) remember(memory, entry)
  return [...memory.tasks.values()].map(({ launchId, state }) => `${launchId} (${state})`)
}

/** What a journal tells of these frameworks, and what is not of any one: its masters, and launches that are over. */
export const scoped = (journal: readonly JournalEntry[], frameworks: ReadonlySet<string>): JournalEntry[] =>
  journal.filter((entry) => {
    if (entry.type === 'launches-remembered' || entry.type === 'obeyed') return true
    if (entry.type === 'update-queued') return frameworks.has(entry.update.frameworkId)
    return 'frameworkId' in entry && frameworks.has(entry.frameworkId)
  })

/** What tasks have said, and when, as `DIRECTORY MILLISECONDS` or, in an executor, `begun:TASK MILLISECONDS`. */
export function readWitness(path: string): ReadonlyMap<string, readonly number[]> {
  const begun = new Map<string, number[]>()
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  for (const line of text.split('\n').slice(0, -1)) {
    const [directory = '', atMs] = line.split(' ')
    begun.set(directory, [...begun.get(directory) ?? [], Number(atMs)])
  }
  return begun
}

/**
 * Launches that really began at an agent: those of its journal that have a status, and those that said so. Tasks of
 * an executor have no status; they say by their task's id when they begin and end.
 */
export function runsAt(
  workDir: string, journal: readonly JournalEntry[], witness: ReadonlyMap<string, readonly number[]>,
): Run[] {
  const taken = journal.flatMap((entry) => (entry.type === 'launch-admitted' && !entry.task.executor
    ? [entry.launchId as string] : []))
  const byExecutor = journal.flatMap((entry): Run[] => {
    if (entry.type !== 'launch-admitted' || !entry.task.executor) return []
    const { launchId, task: { taskId } } = entry
    const begunMs = witness.get(`begun:${taskId}`) ?? []
    // One that died with its executor has not said when: of that time nothing is certain.
    const [endedMs] = witness.get(`ended:${taskId}`) ?? begunMs
    return begunMs.length === 0 ? [] : [{ launchId, begunMs, endedMs }]
  })
  const prefix = join(workDir, 'tasks', '/')
  const said = [...witness.keys()].filter((directory) => directory.startsWith(prefix))
    .map((directory) => directory.slice(prefix.length))
  const commands = [...new Set([...taken, ...said])].flatMap((launchId): Run[] => {
    const directory = taskDirectory(workDir, launchId) ?? ''
    const begunMs = witness.get(directory) ?? []
    const status = readStatus(directory)
    if (begunMs.length === 0 && !status?.pid) return []
    const endedMs = status?.end === undefined ? undefined : statSync(`${directory}/status`).mtimeMs
    return [{ launchId, begunMs, endedMs }]
  })
  return [...commands, ...byExecutor]
}
