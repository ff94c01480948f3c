/** Disk check: whether a node could keep its files in a work directory, tried out as near to it as there is one. */
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { reasonOf } from '../disk/reason.js'
import { problem, warning, well, type Finding } from './finding.js'

const MEBIBYTE = 1_048_576
/** Below, the journal of a busy agent finds no room soon. */
export const FREE_PROBLEM_MB = 64
export const FREE_WARNING_MB = 1_024
/** With less an agent removes what tasks have left (`--disk-free-min`). */
const FREE_SHARE = 0.05
const PROBE_BYTES = 4_096

/** @param free for tests: how much there is, and of how much */
export function diskCheck(workDir: string, free: (path: string) => Space = spaceAt): Finding {
  const path = resolve(workDir)
  const near = nearest(path)
  const another = 'choose another with --work-dir'
  try {
    tryOut(near)
  } catch (error) {
    const where = near === path ? `work directory '${path}'` : `'${near}', where the work directory '${path}' would be,`
    return problem('disk', `${where} is not writable: ${reasonOf(error)}`, `let this user write there, or ${another}`)
  }
  const { freeMb, totalMb } = free(near)
  const says = `${Math.floor(freeMb)} MB of ${Math.floor(totalMb)} MB are free for '${path}'`
  if (freeMb < FREE_PROBLEM_MB) return problem('disk', `only ${says}`, `make room, or ${another}`)
  if (freeMb < FREE_WARNING_MB || freeMb < totalMb * FREE_SHARE) {
    const soon = 'what ended tasks have left would be removed early'
    return warning('disk', `only ${says}; ${soon}`, `make room, or ${another}`)
  }
  return well('disk', `${says}, which is writable`)
}

export interface Space {
  readonly freeMb: number
  readonly totalMb: number
}

function spaceAt(path: string): Space {
  const { bavail, blocks, bsize } = statfsSync(path)
  return { freeMb: (bavail * bsize) / MEBIBYTE, totalMb: (blocks * bsize) / MEBIBYTE }
}

const nearest = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearest(dirname(path)))

/** Rights on paper are not all: a file system may be mounted read-only, or be full. */
function tryOut(directory: string): void {
  const made = mkdtempSync(join(directory, '.warren-doctor-'))
  try {
    writeFileSync(join(made, 'probe'), Buffer.alloc(PROBE_BYTES), { flush: true })
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}
