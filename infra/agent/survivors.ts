/**
 * Survivors: watches processes that an earlier life of this agent started.
 *
 * They are nobody's children any more, so the status file tells how they ended (the kernel says when
 * it grows), and a slow round finds those whose shim was killed before it could write anything.
 */
import { type FSWatcher, watch } from 'node:fs'
import type { Exit } from '../../actors/protocol/machine.js'
import { groupOf, processesByVariable } from '../process-table.js'
import { isShim, MARK } from './shim.js'
import { giveUp, readStatus, recordEnd } from './task-directory.js'

/** How soon a process is missed that we have killed ourselves. */
const KILLED_CHECK_MS = 20
/** How many are looked at closely in each round; of the others only the pids must still be there. */
const CLOSE_LOOKS_MAX = 200

export type Truth =
  | { readonly type: 'running'; readonly pid: number }
  | { readonly type: 'ended'; readonly end: Exit | 'vanished' }

interface Survivor {
  readonly directory: string
  readonly pid: number
  readonly ended: (end: Exit | 'vanished') => void
  readonly watcher: FSWatcher | undefined
  killed: boolean
}

export class Survivors {
  readonly #survivors = new Map<string, Survivor>()
  readonly #checkMs: number
  #round: NodeJS.Timeout | undefined
  #marked: ReadonlyMap<string, readonly number[]> | undefined

  constructor(checkMs: number) {
    this.#checkMs = checkMs
  }

  /** What became of a launch. What it left without a shim is ended, so that nothing runs unseen. */
  truth(directory: string): Truth {
    const status = readStatus(directory)
    if (status?.end !== undefined) return { type: 'ended', end: status.end }
    if (status?.pid !== undefined && isShim(status.pid, directory)) {
      return { type: 'running', pid: status.pid }
    }
    // It may have ended between the two looks, or its shim may not have written its pid yet.
    const late = readStatus(directory)
    if (late?.end !== undefined) return { type: 'ended', end: late.end }
    const pids = this.#processesOf(directory)
    // The shim leads their group; if it is one that is used again, it does not bear their mark.
    const leaders = pids.map((pid) => groupOf(pid)?.group ?? pid)
    const shim = leaders.find((pid) => isShim(pid, directory) && (late?.pid ?? pid) === pid)
    if (shim !== undefined) return { type: 'running', pid: shim }
    for (const pid of pids) kill(pid, 'SIGKILL')
    // Where there is no status, a shim may have been told and not begun: whoever makes one first wins.
    if (late === undefined && !giveUp(directory) && readStatus(directory)) return this.truth(directory)
    if (late !== undefined) recordEnd(directory, late.pid ?? 0, 'vanished')
    return { type: 'ended', end: 'vanished' }
  }

  /** Calls `ended` once. */
  watch(directory: string, pid: number, ended: (end: Exit | 'vanished') => void): void {
    const watcher = watchFile(`${directory}/status`, () => this.#check(directory))
    this.#survivors.set(directory, { directory, pid, ended, watcher, killed: false })
    this.#round ??= setInterval(() => this.#checkAll(), this.#checkMs)
    // What was written before the watch began has announced itself to nobody.
    setImmediate(() => this.#check(directory))
  }

  signal(directory: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const survivor = this.#survivors.get(directory)
    if (survivor === undefined || !isShim(survivor.pid, directory)) return
    kill(-survivor.pid, signal)
    if (signal !== 'SIGKILL') return
    survivor.killed = true
    setTimeout(() => this.#check(directory), KILLED_CHECK_MS)
  }

  close(): void {
    clearInterval(this.#round)
    for (const { watcher } of this.#survivors.values()) watcher?.close()
    this.#survivors.clear()
  }

  /** To read files for every survivor in every round would keep the agent busy with ten thousand of them. */
  #checkAll(): void {
    let closeLooks = CLOSE_LOOKS_MAX
    for (const [directory, survivor] of [...this.#survivors]) {
      if (closeLooks === 0 && survivor.watcher !== undefined && exists(survivor.pid)) continue
      closeLooks = Math.max(0, closeLooks - 1)
      // To the end of the line, so that each has its turn.
      this.#survivors.delete(directory)
      this.#survivors.set(directory, survivor)
      this.#check(directory)
    }
  }

  #check(directory: string): void {
    const survivor = this.#survivors.get(directory)
    if (survivor === undefined) return
    const alive = isShim(survivor.pid, directory)
    const recorded = readStatus(directory)?.end
    if (alive && recorded === undefined) return
    this.#survivors.delete(directory)
    survivor.watcher?.close()
    if (this.#survivors.size === 0) {
      clearInterval(this.#round)
      this.#round = undefined
    }
    survivor.ended(recorded ?? this.#unrecorded(survivor))
  }

  #unrecorded({ directory, pid, killed }: Survivor): Exit | 'vanished' {
    for (const left of this.#processesOf(directory)) kill(left, 'SIGKILL')
    const end = killed ? { signal: 'SIGKILL' } : 'vanished'
    recordEnd(directory, pid, end)
    return end
  }

  /** One look at the process table serves all that is asked in the same turn. */
  #processesOf(directory: string): readonly number[] {
    if (this.#marked === undefined) {
      this.#marked = processesByVariable(MARK)
      setImmediate(() => { this.#marked = undefined })
    }
    return this.#marked.get(directory) ?? []
  }
}

/** Signals what may be gone already; a negative pid is a process group. */
export function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone, or (after a change of user) not ours to signal.
  }
}

/** Whether there is any process of this pid, be it another one by now. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Without a watch (the machine has only so many), the slow round finds the end all the same. */
function watchFile(path: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, changed)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
