/**
 * Removal: takes away what a task has left, also where the task has made directories read-only, as Go does with
 * its module cache. Root is refused nothing for that; the owner of a directory must first allow himself to write.
 */
import { constants } from 'node:fs'
import { chmod, open, readdir, rm } from 'node:fs/promises'
import { codeOf } from '../disk/reason.js'

/** What cannot be deeper than this is not made writable: each level keeps a descriptor open. */
const DEPTH_MAX = 256
const OWNER_MAY_ALL = 0o700
const PERMISSIONS = 0o7777
/** Of Linux, which Node does not name: opens also what may not be read. */
const O_PATH = 0o10000000
const REFUSALS: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM'])

export const removeAll = (directory: string): Promise<void> =>
  insist(directory, () => rm(directory, { recursive: true, force: true }))

/** Does something to a directory; if that is refused, once more when all directories in it are writable. */
export async function insist(directory: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!REFUSALS.has(codeOf(error))) throw error
    await makeWritable(directory, DEPTH_MAX)
    await act()
  }
}

/**
 * A process that the task has left behind may put a link in the place of a directory at any moment. So each is
 * opened as what it is, and all is done by its descriptor. Never rejects: what could not be changed is refused again.
 */
async function makeWritable(path: string, depthLeft: number): Promise<void> {
  const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW
  const directory = await open(path, flags).catch(() => undefined)
  if (directory === undefined) return
  try {
    const place = `/proc/self/fd/${directory.fd}`
    const { mode } = await directory.stat()
    if ((mode & OWNER_MAY_ALL) !== OWNER_MAY_ALL) await chmod(place, (mode & PERMISSIONS) | OWNER_MAY_ALL)
    if (depthLeft === 0) return
    for (const entry of await readdir(place, { withFileTypes: true })) {
      if (entry.isDirectory()) await makeWritable(`${place}/${entry.name}`, depthLeft - 1)
    }
  } catch {
    // Another user's, or gone.
  } finally {
    await directory.close()
  }
}
