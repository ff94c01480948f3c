/**
 * Task directory: where one launch lives on disk, and what its files say.
 *
 *     tasks/<launchId>/stdout, stderr   what the process wrote
 *     tasks/<launchId>/sandbox/         its working directory and HOME
 *     tasks/<launchId>/status           the shim's words: its pid, later how the command ended
 *
 * The status is one file that only grows, because every file that a launch creates costs as much as
 * all its other file operations together. A line counts only once its newline is there.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Exit } from '../../actors/protocol/machine.js'

const LAUNCH_ID = /^[A-Za-z0-9._-]{1,128}$/

/** Undefined when the id could name something outside the directory of tasks. */
export function taskDirectory(workDir: string, launchId: string): string | undefined {
  if (!LAUNCH_ID.test(launchId) || launchId === '.' || launchId === '..') return undefined
  return `${workDir}/tasks/${launchId}`
}

/** What is known of a launch. `words` are what the shim's shell said, such as `Killed`. */
export interface Status {
  readonly pid?: number
  readonly end?: Exit | 'vanished'
  readonly words?: string
}

/**
 * Reads the lines `pid`, any words, `exit code`. A shell returns 128 + n for a signal and says so in
 * words; a command that itself returns 137 is not taken for a killed one. Shells are silent about
 * SIGINT and SIGPIPE, so these two read as the codes 130 and 141. A shim that could not begin has only
 * words; of those, somebody else may say `vanished`.
 */
export function parseStatus(text: string): Status {
  const [pid, ...rest] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').slice(0, -1)
  if (pid === undefined) return {}
  const last = rest.at(-1)
  if (!/^\d+$/.test(pid)) {
    const words = [pid, ...rest].join('\n')
    return last === 'vanished' ? { end: 'vanished', words } : { words }
  }
  if (last === 'vanished') return { pid: Number(pid), end: 'vanished' }
  const ended = last !== undefined && /^\d{1,3}$/.test(last)
  const words = (ended ? rest.slice(0, -1) : rest).join('\n')
  const said = words === '' ? {} : { words }
  if (!ended) return { pid: Number(pid), ...said }
  const code = Number(last)
  const end = words !== '' && code > 128 ? { signal: signalName(code - 128) } : { code }
  return { pid: Number(pid), end, ...said }
}

/** Undefined when there is no such launch. */
export function readStatus(directory: string): Status | undefined {
  try {
    return parseStatus(readFileSync(`${directory}/status`, 'latin1'))
  } catch {
    return undefined
  }
}

/** Writes for the shim how its command ended, when it could not do so itself. */
export function recordEnd(directory: string, pid: number, end: Exit | 'vanished'): void {
  try {
    // The first newline closes a torn line; without a pid line, this writes one.
    const known = readFileSync(`${directory}/status`, 'latin1')
    const start = known === '' ? `${pid}\n` : known.endsWith('\n') ? '' : '\n'
    appendFileSync(`${directory}/status`, `${start}${linesOf(end)}\n`)
  } catch {
    // A full disk: whoever asks next finds the process gone, and tries again; if nobody asks, whoever collects it does.
  }
}

/** Makes a status where there is none, so that no shim begins any more; false when one has begun already. */
export function giveUp(directory: string): boolean {
  try {
    writeFileSync(`${directory}/status`, '0\nvanished\n', { flag: 'wx', mode: 0o600 })
    return true
  } catch {
    return !existsSync(`${directory}/status`) // No such launch, or a disk without room.
  }
}

/** How a launch has ended that certainly runs no more; if nothing says so, that is written down. */
export function endUnseen(directory: string): Exit | 'vanished' {
  const status = readStatus(directory)
  if (status?.end !== undefined) return status.end
  if (status !== undefined || !giveUp(directory)) recordEnd(directory, status?.pid ?? 0, 'vanished')
  return 'vanished'
}

function linesOf(end: Exit | 'vanished'): string {
  if (end === 'vanished') return end
  return 'code' in end ? String(end.code) : `${end.signal}\n${128 + signalNumber(end.signal)}`
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))

const signalName = (number: number): string => SIGNAL_NAMES.get(number) ?? `signal ${number}`

const signalNumber = (name: string): number =>
  Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? 9
