/**
 * Sandboxes: what ended tasks have left on the disk, collected when it is old, or when the disk gets short.
 *
 * A launch of which the agent still holds anything is left alone, however old it is: its directory is what
 * says that it has begun, and how it ended. What is collected is moved aside first, so that nobody ever
 * finds a half of it. What cannot be removed is told once, and stands in nobody's way.
 */
import { mkdirSync } from 'node:fs'
import { mkdir, readdir, rename, statfs } from 'node:fs/promises'
import type { Logger } from '../../runtime/logger.js'
import { codeOf, reasonOf } from '../disk/reason.js'
import { endedLaunches, type EndsByLaunch } from './ended-launches.js'
import { insist, removeAll } from './removal.js'

/** How long what a task has left is kept after its end. */
export const SANDBOX_KEEP_MS = 604_800_000
/** With less of the disk free, what ended first goes first, before its time. */
export const DISK_FREE_MIN_SHARE = 0.05
/** Even then somebody may be about to read what a task has left. */
export const SANDBOX_KEEP_MIN_MS = 60_000
const SWEEP_INTERVAL_MS = 60_000

export interface SandboxLimits {
  readonly keepMs?: number
  readonly diskFreeMinShare?: number
}

export interface SandboxesOptions extends SandboxLimits {
  readonly workDir: string
  readonly logger: Logger
  /** Whether it runs in this life of the agent, or the journal, which was read before, says that it is not over. */
  readonly isHeld: (launchId: string) => boolean
  readonly now: () => number
  /** Of the disk, from 0 to 1; asked of the kernel unless given. */
  readonly freeShare?: () => Promise<number>
  /** Removes a directory with all that is in it; `removeAll` unless given. */
  readonly remove?: (directory: string) => Promise<void>
}

export interface Sandboxes {
  /** Collects what is due; what it cannot remove it logs. Never rejects. */
  sweep(): Promise<void>
  close(): Promise<void>
}

/** What one sweep knows for the next. */
interface Memory {
  readonly known: EndsByLaunch
  /** Directories that could not be removed, of which that has been told. */
  failing: ReadonlySet<string>
}

/** Throws when the place aside cannot be made. */
export function openSandboxes(options: SandboxesOptions): Sandboxes {
  const aside = `${options.workDir}/collected`
  mkdirSync(aside, OF_A_PLACE_ASIDE)
  const memory: Memory = { known: new Map(), failing: new Set() }
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = () => {
    sweeping = sweeping.then(() => collect(options, aside, memory)).catch((error: unknown) => {
      options.logger.log('error', 'sandboxes could not be collected', { reason: reasonOf(error) })
    })
    return sweeping
  }
  const timer = setInterval(() => void sweep(), SWEEP_INTERVAL_MS).unref()
  return {
    sweep,
    close() {
      clearInterval(timer)
      return sweeping
    },
  }
}

const OF_A_PLACE_ASIDE = { recursive: true, mode: 0o700 } as const

async function collect(options: SandboxesOptions, aside: string, memory: Memory): Promise<void> {
  const {
    workDir, logger, isHeld, now, keepMs = SANDBOX_KEEP_MS, diskFreeMinShare = DISK_FREE_MIN_SHARE,
    freeShare = () => freeShareOf(workDir), remove = removeAll,
  } = options
  const failing = new Set<string>()
  const attempt = async (directory: string, act: () => Promise<void>): Promise<boolean> => {
    try {
      await act()
      return true
    } catch (error) {
      // Somebody else has removed it.
      if (codeOf(error) === 'ENOENT') return false
      failing.add(directory)
      if (memory.failing.has(directory)) return false
      logger.log('error', 'what an ended task has left cannot be removed', { directory, reason: reasonOf(error) })
      return false
    }
  }
  let collected = 0
  try {
    await mkdir(aside, OF_A_PLACE_ASIDE)
    // What an earlier sweep could not remove, or a life that was killed has moved aside and not removed.
    for (const name of await readdir(aside)) await attempt(`${aside}/${name}`, () => remove(`${aside}/${name}`))
    for (const { launchId, endedAtMs } of await endedLaunches(workDir, isHeld, memory.known)) {
      const ageMs = now() - endedAtMs
      if (ageMs < keepMs) {
        if (ageMs < Math.min(keepMs, SANDBOX_KEEP_MIN_MS) || await freeShare() >= diskFreeMinShare) break
      }
      const [from, to] = [`${workDir}/tasks/${launchId}`, `${aside}/${launchId}`]
      if (!await attempt(from, () => insist(from, () => rename(from, to)))) continue
      memory.known.delete(launchId)
      if (await attempt(to, () => remove(to))) collected++
    }
  } finally {
    memory.failing = failing
  }
  if (collected > 0) logger.log('info', 'sandboxes of ended tasks were collected', { sandboxes: collected })
}

async function freeShareOf(directory: string): Promise<number> {
  const { blocks, bavail } = await statfs(directory)
  return blocks === 0 ? 1 : bavail / blocks
}
