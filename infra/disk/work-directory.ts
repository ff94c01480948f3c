/**
 * Work directory: where one agent, or one cluster of this machine, keeps all it has on disk.
 *
 * Two owners would overwrite each other's memory, so it is locked by a symbolic link whose target names its
 * owner by pid, start time and boot. The lock of a dead owner is taken over: after a crash an agent must come
 * back by itself, on a full disk too, and a link so short lies in its inode and takes no room (ext4 has 59 bytes).
 *
 * Earlier versions locked with a file, which is understood. They do not understand a link: they find a lock that
 * they cannot read, and refuse with `several processes fight over work directory`. So they never share the
 * directory with a living owner; after a dead one's they need the lock removed by hand.
 */
import {
  existsSync, linkSync, mkdirSync, readFileSync, readlinkSync, renameSync, symlinkSync, unlinkSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { bootId, startTicks } from '../process-table.js'
import { codeOf, reasonOf } from './reason.js'

/** More takers-over than this at once mean that something else is wrong. */
const ATTEMPTS_MAX = 5

export interface WorkDirectory {
  /** Absolute. */
  readonly path: string
  /** Unlocks it. A process that dies without this is noticed as well. */
  close(): void
}

/** Says in its message what is wrong and what to do. */
export class WorkDirectoryError extends Error {}

let opened = 0

/** Whoever goes on with what another agent remembers would be taken for that one. */
export function checkOwner(path: string, owner: string | undefined, self: string): void {
  if (owner === undefined || owner === self) return
  const name = owner.replace(/^agent-/, '')
  throw new WorkDirectoryError(
    `work directory '${path}' is that of the agent '${name}'; start it as that with --name ${name}, ` +
    'or choose another with --work-dir',
  )
}

/** Throws when the directory is that of an agent of another cluster than was named. */
export function checkCluster(path: string, cluster: string | undefined, wanted: string | undefined): void {
  if (cluster === undefined || wanted === undefined || cluster === wanted) return
  throw new WorkDirectoryError(`work directory '${path}' is that of an agent of cluster '${cluster}', `
    + `not of '${wanted}'; choose another with --work-dir`)
}

/** Creates it for its owner alone when it is missing. Throws a WorkDirectoryError. */
export function openWorkDirectory(directory: string): WorkDirectory {
  const path = resolve(directory)
  const lock = `${path}/lock`
  const mine = `${process.pid} ${startTicks(process.pid) ?? ''} ${bootId()}`
  opened += 1
  try {
    make(path)
    take(path, lock, mine, `${lock}.${process.pid}.${opened}.stale`)
  } catch (error) {
    if (error instanceof WorkDirectoryError) throw error
    throw new WorkDirectoryError(
      `work directory '${path}' is not writable: ${reasonOf(error)}; choose another with --work-dir`,
    )
  }
  return { path, close: () => release(lock, mine) }
}

/** Node's own recursive mkdir never returns from a place like /proc, where no directory can be made. */
function make(path: string): void {
  if (existsSync(path)) return
  make(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** A link appears whole and only where nothing was, so a lock never lacks its owner's name. */
function take(path: string, lock: string, mine: string, aside: string): void {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    try {
      return symlinkSync(mine, lock)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const owner = ownerOf(lock)
    if (owner === undefined) continue
    if (isAlive(owner)) {
      throw new WorkDirectoryError(
        `work directory '${path}' is in use by process ${owner.split(' ')[0]}; ` +
        'stop it, or choose another with --work-dir',
      )
    }
    removeStale(lock, owner, aside)
  }
  throw new WorkDirectoryError(`several processes fight over work directory '${path}'; start one of them`)
}

/** Moved away before it is deleted: what is moved may already be the lock of another, and goes back. */
function removeStale(lock: string, stale: string, aside: string): void {
  try {
    renameSync(lock, aside)
    try {
      if (ownerOf(aside) !== stale) linkSync(aside, lock)
    } finally {
      unlinkSync(aside)
    }
  } catch (error) {
    // Another was faster; the next attempt sees who.
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error
  }
}

/** Undefined when there is no lock. */
function ownerOf(lock: string): string | undefined {
  try {
    return readlinkSync(lock)
  } catch (error) {
    return codeOf(error) === 'EINVAL' ? textOf(lock) : undefined
  }
}

/** What an earlier version has written. */
function textOf(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'latin1')
  } catch {
    return undefined
  }
}

function isAlive(owner: string): boolean {
  const [pid, start, boot] = owner.trim().split(' ')
  return boot === bootId() && start !== undefined && startTicks(Number(pid)) === start
}

function release(lock: string, mine: string): void {
  if (ownerOf(lock) !== mine) return
  try {
    unlinkSync(lock)
  } catch {
    // The directory is gone; so is the lock.
  }
}
