/**
 * Launcher: runs processes that belong to no Node process, each in a directory of its own.
 *
 * A process survives its agent, so all that matters is on disk (see task-directory.ts) and memory
 * holds only what runs at present. Its file work is synchronous: it takes less time than handing it
 * to another thread would.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import type { Exit, LauncherEvent, LauncherRequest } from '../../actors/protocol/machine.js'
import type { TaskOutput } from '../../actors/protocol/task.js'
import type { Ref } from '../../runtime/address.js'
import { reasonOf } from '../disk/reason.js'
import { findProgram } from './program.js'
import { readShortOutput } from './short-output.js'
import { commandRuns, MARK, SHELL, shimArguments } from './shim.js'
import { kill, Survivors } from './survivors.js'
import { parseStatus, readStatus, recordEnd, taskDirectory } from './task-directory.js'

/** How many processes run under one agent at once. */
export const PROCESSES_MAX = 10_000
const SURVIVOR_CHECK_MS = 1_000
/** How often, and for how long, a SIGTERM looks whether its command has begun. */
const BEGIN_LOOK_MS = 2
const BEGIN_LOOKS_MAX = 500

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
  readonly child?: ChildProcess
  readonly outputBytesMax?: number
  replyTo: Ref<LauncherEvent>
}

/** Throws when the directory of tasks cannot be made. */
export const openLauncher = (options: LauncherOptions): Launcher => new Launcher(options)

export class Launcher {
  readonly #options: LauncherOptions
  readonly #lives = new Map<string, Life>()
  readonly #survivors: Survivors

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

  /** Leaves everything running and hears of nothing more. */
  close(): void {
    this.#survivors.close()
    for (const { child } of this.#lives.values()) {
      child?.removeAllListeners('exit')
      child?.unref()
    }
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
    const child = run(directory, found.argv, environment, failed)
    if (child?.pid === undefined) return
    const { outputBytesMax = 0 } = request
    const life = { launchId, directory, pid: child.pid, child, outputBytesMax, replyTo }
    this.#lives.set(launchId, life)
    child.once('exit', (code, signal) => this.#onExit(life, code, signal))
    tell(replyTo, { type: 'started', launchId, pid: child.pid, directory })
  }

  #onAdopt({ launchId, replyTo }: Start | Adopt): void {
    const { tell } = this.#options
    const known = this.#lives.get(launchId)
    const directory = taskDirectory(this.#options.workDir, launchId)
    if (known !== undefined) {
      known.replyTo = replyTo
      return tell(replyTo, { type: 'started', launchId, pid: known.pid, directory: known.directory })
    }
    if (directory === undefined) return tell(replyTo, { type: 'vanished', launchId })
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
    if (life.child === undefined) return this.#survivors.signal(life.directory, signal)
    if (signal === 'SIGTERM') this.#terminate(life, BEGIN_LOOKS_MAX)
    // Until its exit is known here, a child's pid cannot belong to anybody else.
    else kill(-life.pid, signal)
  }

  /** Waits for the command to begin, which takes a few milliseconds, so that the signal reaches it. */
  #terminate(life: Life, looksLeft: number): void {
    if (this.#lives.get(life.launchId) !== life) return
    if (looksLeft === 0 || commandRuns(life.pid, life.directory)) return kill(-life.pid, 'SIGTERM')
    setTimeout(() => this.#terminate(life, looksLeft - 1), BEGIN_LOOK_MS)
  }

  #onExit(life: Life, code: number | null, signal: NodeJS.Signals | null): void {
    this.#lives.delete(life.launchId)
    const { launchId, directory, pid } = life
    const status = readStatus(directory) ?? parseStatus('')
    if (status.end !== undefined) {
      const output = readShortOutput(directory, life.outputBytesMax ?? 0)
      return this.#tellEnd(life.replyTo, launchId, status.end, output)
    }
    // The shim was killed, or found no room to write. What it watched must not run on unseen.
    kill(-pid, 'SIGKILL')
    const end: Exit = code === null ? { signal: signal ?? 'SIGKILL' } : { code }
    recordEnd(directory, pid, end)
    if (code !== null && (status.pid === undefined || status.words !== undefined)) {
      const why = status.words ?? `no room to write '${directory}/status'`
      const reason = `the process could not be started: ${why}`
      return this.#options.tell(life.replyTo, { type: 'launch-failed', launchId, reason })
    }
    this.#tellEnd(life.replyTo, launchId, end)
  }

  #tellEnd(replyTo: Ref<LauncherEvent>, launchId: string, end: Exit | 'vanished', output?: TaskOutput): void {
    const event: LauncherEvent = end === 'vanished' ? { type: 'vanished', launchId }
      : { type: 'exited', launchId, exit: end, ...(output ? { output } : {}) }
    this.#options.tell(replyTo, event)
  }
}

/** Answers the process, unless `failed` has heard or will hear why there is none. */
function run(
  directory: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  failed: (reason: string) => void,
): ChildProcess | undefined {
  const descriptors: number[] = []
  let made = false
  const giveUp = (error: unknown) => {
    if (made) discard(directory)
    failed(`the process could not be started in '${directory}': ${reasonOf(error)}`)
  }
  try {
    mkdirSync(directory, { mode: 0o700 })
    made = true
    mkdirSync(`${directory}/sandbox`)
    for (const name of ['stdout', 'status', 'stderr']) {
      descriptors.push(openSync(`${directory}/${name}`, 'ax', 0o600))
    }
    const child = spawn(SHELL, shimArguments(directory, argv), {
      cwd: `${directory}/sandbox`, env, detached: true, stdio: ['ignore', ...descriptors],
    })
    return child.once('error', giveUp)
  } catch (error) {
    giveUp(error)
    return undefined
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor)
  }
}

function discard(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true })
  } catch {
    // What is left is without a status: asked for again, it has vanished.
  }
}
