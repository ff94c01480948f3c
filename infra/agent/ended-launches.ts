/**
 * Ended launches: which of those on the disk are over, and since when.
 *
 * Of most their status says so. There are others of which nobody has written the end: an executor over a boot of
 * the machine, what ended on a full disk, and what was killed before its shim had begun. They must not lie there
 * for ever, so here their end is written when it is noticed.
 *
 * That is safe for what nobody holds. A launch is in the journal before its directory is made, and held until the
 * journal says that it is over; so it is none that the agent is about to start, nor one of an earlier life that it
 * has yet to adopt. What can be left is what has outlived its own end, and that is known as survivors are: by the
 * shim that has the status open, and by the mark in the environment. Those are left alone.
 */
import { lstatSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { processesByVariable } from '../process-table.js'
import { isShim, MARK } from './shim.js'
import { endUnseen, readStatus, taskDirectory } from './task-directory.js'

/** When each launch ended: of those that were looked at before nothing is read again. */
export type EndsByLaunch = Map<string, number>

export interface Ended {
  readonly launchId: string
  readonly endedAtMs: number
}

/** Those that nobody needs any more, the oldest end first. What is not there any more is forgotten. */
export async function endedLaunches(
  workDir: string, isHeld: (launchId: string) => boolean, known: EndsByLaunch,
): Promise<readonly Ended[]> {
  const names = new Set(await readdir(`${workDir}/tasks`))
  for (const launchId of known.keys()) if (!names.has(launchId)) known.delete(launchId)
  const isLeft = leftProcesses()
  for (const launchId of names) {
    const directory = taskDirectory(workDir, launchId)
    if (directory === undefined || known.has(launchId) || isHeld(launchId)) continue
    if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) continue
    // Nothing is waited for between the question who holds it and this.
    if (readStatus(directory)?.end === undefined) {
      if (isLeft(directory)) continue
      endUnseen(directory)
    }
    known.set(launchId, await endOf(directory))
  }
  return [...known].map(([launchId, endedAtMs]) => ({ launchId, endedAtMs }))
    .filter(({ launchId }) => !isHeld(launchId)).sort((one, other) => one.endedAtMs - other.endedAtMs)
}

/** Once nothing of a launch is there nothing comes again, so one look at the process table serves for all. */
function leftProcesses(): (directory: string) => boolean {
  let marked: ReadonlyMap<string, unknown> | undefined
  return (directory) => {
    const { pid } = readStatus(directory) ?? {}
    if (pid !== undefined && isShim(pid, directory)) return true
    marked ??= processesByVariable(MARK)
    return marked.has(directory)
  }
}

/**
 * Its status was last written to when it ended, or when that was noticed: what it has left is then kept for as
 * long as if it had ended now. Where none can be written, on a full disk, it has ended when it last wrote
 * anything, as far as that is seen without looking everywhere.
 */
async function endOf(directory: string): Promise<number> {
  const names = readStatus(directory)?.end === undefined ? ['.', 'sandbox', 'stdout', 'stderr', 'status'] : ['status']
  const times = names.map((name) => lstat(`${directory}/${name}`).then(({ mtimeMs }) => mtimeMs, () => 0))
  return Math.max(...await Promise.all(times))
}
