/**
 * Launcher: runs processes that belong to no Node process, each in a directory of its own.
 *
 * A process survives its agent, so all that matters is on disk (see task-directory.ts) and memory
 * holds only what runs at present. Its file work is synchronous: it takes less time than handing it
 * to another thread would.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import type { Exit, LauncherEvent, LauncherRequest } from '../../actors/protocol/machine.js'
import type { TaskOutput } from '../../actors/protocol/task.js'
import type { Ref } from '../../runtime/address.js'
import { reasonOf } from '../disk/reason.js'
import { findProgram } from './program.js'
import { readShortOutput } from './short-output.js'
import { MARK } from './shim.js'
import { type Shim, ShimPool } from './shim-pool.js'
import { Survivors } from './survivors.js'
import { endUnseen, parseStatus, readStatus, recordEnd, taskDirectory } from './task-directory.js'

/** How many processes run under one agent at once. */
export const PROCESSES_MAX = 10_000
const SURVIVOR_CHECK_MS = 1_000

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

export interface LauncherOptions {
  readonly workDir: string
  readonly tell: (to: Ref<LauncherEvent>, event: LauncherEvent) => void
  /** PATH of tasks that bring none. */
  readonly path?: string
  /** How soon the death of a process is found that an earlier life started and whose shim was killed. */
  readonly survivorCheckMs?: number
}

type Start = Extract<LauncherRequest, { type: 'start' }>
type Adopt = Extract<LauncherRequest, { type: 'adopt' }>

interface Life {
  readonly launchId: string
  readonly directory: string
  readonly pid: number
  /** Absent when an earlier life of this agent started it. */
  readonly shim?: Shim
  readonly outputBytesMax?: number
  replyTo: Ref<LauncherEvent>
}

/** Throws when the directory of tasks cannot be made. */
export const openLauncher = (options: LauncherOptions): Launcher => new Launcher(options)

export class Launcher {
  readonly #options: LauncherOptions
  readonly #lives = new Map<string, Life>()
  readonly #survivors: Survivors
  readonly #shims = new ShimPool()

  constructor(options: LauncherOptions) {
    this.#options = options
    this.#survivors = new Survivors(options.survivorCheckMs ?? SURVIVOR_CHECK_MS)
    mkdirSync(`${options.workDir}/tasks`, { recursive: true, mode: 0o700 })
  }

  /** Answers by `tell`, sometimes at once. Never throws. */
  request(request: LauncherRequest): void {
    switch (request.type) {
      case 'start': return this.#onStart(request)
      case 'adopt': return this.#onAdopt(request)
      case 'signal': return this.#onSignal(request.launchId, request.signal)
      case 'forget': return // What has ended is only on disk already.
    }
  }

  /** The launches that run, by their process groups. */
  groups(): ReadonlyMap<number, string> {
    return new Map([...this.#lives.values()].map(({ pid, launchId }) => [pid, launchId]))
  }

  /** Whether it runs, as far as this life knows: one of an earlier life only once it has been adopted. */
  runs(launchId: string): boolean {
    return this.#lives.has(launchId)
  }

  /** Leaves everything running and hears of nothing more. */
  close(): void {
    this.#survivors.close()
    this.#shims.close()
    this.#lives.clear()
  }

  #onStart(request: Start): void {
    const { launchId, replyTo } = request
    const { tell, workDir } = this.#options
    const failed = (reason: string) => tell(replyTo, { type: 'launch-failed', launchId, reason })
    const directory = taskDirectory(workDir, launchId)
    if (directory === undefined) {
      return failed(`'${launchId}' is no launch id: use letters, digits, '.', '_' and '-'`)
    }
    if (existsSync(directory)) return this.#onAdopt(request)
    if (this.#lives.size >= PROCESSES_MAX) return failed(`${PROCESSES_MAX} processes run already`)
    const sandbox = `${directory}/sandbox`
    const environment = {
      PATH: this.#options.path ?? DEFAULT_PATH, HOME: sandbox, LANG: 'C.UTF-8',
      ...request.environment, [MARK]: directory,
    }
    const wrong = Object.keys(environment).find((name) => !VARIABLE.test(name))
    if (wrong !== undefined) {
      return failed(`'${wrong}' is no name of an environment variable: use letters, digits and '_'`)
    }
    const found = findProgram(request.program, environment.PATH, sandbox)
    if ('reason' in found) return failed(found.reason)
    const shim = this.#run(launchId, directory, found.argv, environment, failed)
    if (shim?.pid === undefined) return
    const { outputBytesMax = 0 } = request
    this.#lives.set(launchId, { launchId, directory, pid: shim.pid, shim, outputBytesMax, replyTo })
    tell(replyTo, { type: 'started', launchId, pid: shim.pid, directory })
  }

  #onAdopt(request: Start | Adopt): void {
    const { launchId, replyTo } = request
    const { tell } = this.#options
    const known = this.#lives.get(launchId)
    const directory = taskDirectory(this.#options.workDir, launchId)
    if (known !== undefined) {
      known.replyTo = replyTo
      return tell(replyTo, { type: 'started', launchId, pid: known.pid, directory: known.directory })
    }
    if (directory === undefined) return tell(replyTo, { type: 'vanished', launchId })
    // No process is looked for: whatever has this pid now, or the mark of this task, is another's.
    if (request.type === 'adopt' && request.rebooted) return this.#tellEnd(replyTo, launchId, endUnseen(directory))
    const truth = this.#survivors.truth(directory)
    if (truth.type === 'ended') return this.#tellEnd(replyTo, launchId, truth.end)
    const life: Life = { launchId, directory, pid: truth.pid, replyTo }
    this.#lives.set(launchId, life)
    tell(replyTo, { type: 'started', launchId, pid: life.pid, directory })
    this.#survivors.watch(directory, life.pid, (end) => {
      this.#lives.delete(launchId)
      this.#tellEnd(life.replyTo, launchId, end)
    })
  }

  #onSignal(launchId: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const life = this.#lives.get(launchId)
    if (life === undefined) return
    if (life.shim === undefined) this.#survivors.signal(life.directory, signal)
    else life.shim.signal(signal)
  }

  #onEnded(launchId: string, code: number | null, signal: NodeJS.Signals | null): void {
    const life = this.#lives.get(launchId)
    if (life === undefined) return
    this.#lives.delete(launchId)
    const { directory, pid } = life
    const status = readStatus(directory) ?? parseStatus('')
    if (status.end !== undefined) {
      const output = readShortOutput(directory, life.outputBytesMax ?? 0)
      return this.#tellEnd(life.replyTo, launchId, status.end, output)
    }
    // The shim was killed, or found no room to write. What it watched must not run on unseen.
    life.shim?.end()
    const end: Exit = code === null ? { signal: signal ?? 'SIGKILL' } : { code }
    recordEnd(directory, pid, end)
    if (code !== null && (status.pid === undefined || status.words !== undefined)) {
      const why = status.words ?? `no room to write '${directory}/status'`
      const reason = `the process could not be started: ${why}`
      return this.#options.tell(life.replyTo, { type: 'launch-failed', launchId, reason })
    }
    this.#tellEnd(life.replyTo, launchId, end)
  }

  /** Answers the shim, unless `refused` has heard or will hear why there is none. */
  #run(
    launchId: string,
    directory: string,
    argv: readonly string[],
    environment: Readonly<Record<string, string>>,
    refused: (reason: string) => void,
  ): Shim | undefined {
    let made = false
    const failed = (error: unknown) => {
      if (made) discard(directory)
      refused(`the process could not be started in '${directory}': ${reasonOf(error)}`)
    }
    try {
      mkdirSync(directory, { mode: 0o700 })
      made = true
      mkdirSync(`${directory}/sandbox`)
      const ended = (code: number | null, signal: NodeJS.Signals | null) => this.#onEnded(launchId, code, signal)
      return this.#shims.run({ directory, argv, environment, failed, ended })
    } catch (error) {
      failed(error)
      return undefined
    }
  }

  #tellEnd(replyTo: Ref<LauncherEvent>, launchId: string, end: Exit | 'vanished', output?: TaskOutput): void {
    const event: LauncherEvent = end === 'vanished' ? { type: 'vanished', launchId }
      : { type: 'exited', launchId, exit: end, ...(output ? { output } : {}) }
    this.#options.tell(replyTo, event)
  }
}

function discard(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true })
  } catch {
    // What is left is without a status: asked for again, it has vanished.
  }
}
