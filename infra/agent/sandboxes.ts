/**
 * Sandboxes: what ended tasks have left on the disk, collected when it is old, or when the disk gets short.
 *
 * A launch of which the agent still holds anything is left alone, however old it is: its directory is what
 * says that it has begun, and how it ended. What is collected is moved aside first, so that nobody ever
 * finds a half of it.
 */
import { mkdirSync } from 'node:fs'
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import type { Logger } from '../../runtime/logger.js'
import { reasonOf } from '../disk/reason.js'
import { readStatus } from './task-directory.js'

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
  /** Whether the agent still needs what this launch has on disk. */
  readonly isHeld: (launchId: string) => boolean
  readonly now: () => number
  /** Of the disk, from 0 to 1; asked of the kernel unless given. */
  readonly freeShare?: () => Promise<number>
}

export interface Sandboxes {
  /** Collects what is due; what it cannot remove it logs. Never rejects. */
  sweep(): Promise<void>
  close(): Promise<void>
}

/** When each launch ended: of those that an earlier sweep has looked at nothing is read again. */
type Known = Map<string, number>

interface Ended {
  readonly launchId: string
  readonly endedAtMs: number
}

/** Throws when the place aside cannot be made. */
export function openSandboxes(options: SandboxesOptions): Sandboxes {
  const aside = `${options.workDir}/collected`
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  const known: Known = new Map()
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = () => {
    sweeping = sweeping.then(() => collect(options, aside, known)).catch((error: unknown) => {
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

async function collect(options: SandboxesOptions, aside: string, known: Known): Promise<void> {
  const {
    workDir, logger, now, keepMs = SANDBOX_KEEP_MS, diskFreeMinShare = DISK_FREE_MIN_SHARE,
    freeShare = () => freeShareOf(workDir),
  } = options
  // What a life that was killed has moved aside and not removed.
  for (const name of await readdir(aside)) await rm(`${aside}/${name}`, { recursive: true, force: true })
  let collected = 0
  for (const { launchId, endedAtMs } of await endedOf(options, known)) {
    const ageMs = now() - endedAtMs
    if (ageMs < keepMs) {
      if (ageMs < Math.min(keepMs, SANDBOX_KEEP_MIN_MS) || await freeShare() >= diskFreeMinShare) break
    }
    await rename(`${workDir}/tasks/${launchId}`, `${aside}/${launchId}`)
    known.delete(launchId)
    await rm(`${aside}/${launchId}`, { recursive: true, force: true })
    collected++
  }
  if (collected > 0) logger.log('info', 'sandboxes of ended tasks were collected', { sandboxes: collected })
}

/** Launches that have ended and that nobody needs any more, the oldest end first. */
async function endedOf({ workDir, isHeld }: SandboxesOptions, known: Known): Promise<readonly Ended[]> {
  for (const launchId of await readdir(`${workDir}/tasks`)) {
    const directory = `${workDir}/tasks/${launchId}`
    if (known.has(launchId) || readStatus(directory)?.end === undefined) continue
    // Its status was last written to when it ended.
    known.set(launchId, (await stat(`${directory}/status`)).mtimeMs)
  }
  return [...known].map(([launchId, endedAtMs]) => ({ launchId, endedAtMs }))
    .filter(({ launchId }) => !isHeld(launchId)).sort((one, other) => one.endedAtMs - other.endedAtMs)
}

async function freeShareOf(directory: string): Promise<number> {
  const { blocks, bavail } = await statfs(directory)
  return blocks === 0 ? 1 : bavail / blocks
}
