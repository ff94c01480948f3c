/**
 * Shim pool: starts the shims of an agent, and uses those again whose command has ended.
 *
 * A shim is used again only when nothing of its last task is left: nobody else in its session, no signal
 * that may still be on its way. Otherwise it ends with its process group, as does every shim whose agent
 * has let go of it. So an agent holds a descriptor only for shims that wait and for commands that have
 * just begun, however many run.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { lastPid } from '../process-table.js'
import { isAlone, PIDS_MAX } from './leftovers.js'
import { CHANNEL, SHELL, commandRuns, shimArguments, shimOrder, waitingShimArguments } from './shim.js'
import { kill } from './survivors.js'

/** How many wait at once, and for how long. */
export const WAITING_SHIMS_MAX = 16
const WAIT_MS = 10_000
/** A command that runs for longer than this is not followed by another one under the same shim. */
const SHORT_MS = 1_000
const SWEEP_MS = 1_000
/** How often, and for how long, a SIGTERM looks whether its command has begun. */
const BEGIN_LOOK_MS = 2
const BEGIN_LOOKS_MAX = 500

export interface ShimPoolOptions {
  /** How long a command may run, and how many pids be given out meanwhile, for its shim to be used again. */
  readonly shortMs?: number
  readonly pidsMax?: number
}

export interface Task {
  /** Exists, with its sandbox. */
  readonly directory: string
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** The shim has done with it, or has itself ended, and how; the status says more. */
  readonly ended: (code: number | null, signal: NodeJS.Signals | null) => void
  /** Comes instead of `ended` when there is no shim. */
  readonly failed: (error: unknown) => void
}

export class ShimPool {
  readonly #waiting: Shim[] = []
  /** Those with a channel. */
  readonly #open = new Set<Shim>()
  /** Those whose exit is not known yet. */
  readonly #all = new Set<Shim>()
  readonly #shortMs: number
  readonly #pidsMax: number
  #sweep: NodeJS.Timeout | undefined

  constructor({ shortMs = SHORT_MS, pidsMax = PIDS_MAX }: ShimPoolOptions = {}) {
    this.#shortMs = shortMs
    this.#pidsMax = pidsMax
  }

  /** Undefined when `failed` has heard or will hear why. Throws what the file system refuses. */
  run(task: Task): Shim | undefined {
    const order = shimOrder(task.directory, task.argv, task.environment)
    // Whoever hears that the task has begun may read its output at once.
    if (order !== undefined) for (const name of ['stdout', 'stderr']) closeSync(create(task.directory, name))
    const shim = order === undefined ? shimOfItsOwn(task) : this.#waiting.pop() ?? shimThatWaits()
    shim.task = task
    if (!this.#all.has(shim)) this.#adopt(shim)
    if (order !== undefined) shim.give(order)
    return shim.pid === undefined ? undefined : shim
  }

  /** Leaves what runs alone and hears of nothing more. */
  close(): void {
    clearInterval(this.#sweep)
    for (const shim of this.#all) shim.leave()
    this.#waiting.length = 0
    this.#open.clear()
    this.#all.clear()
  }

  #adopt(shim: Shim): void {
    const { child, channel } = shim
    this.#all.add(shim)
    child.once('error', (error) => {
      if (shim.pid !== undefined) return
      this.#forget(shim)
      shim.takeTask()?.failed(error)
    })
    child.once('exit', (code, signal) => {
      this.#forget(shim)
      shim.takeTask()?.ended(code, signal)
    })
    if (channel === undefined) return
    this.#open.add(shim)
    this.#sweep ??= setInterval(() => this.#letGo(), SWEEP_MS).unref()
    channel.on('error', () => undefined) // Its end is enough to know.
    channel.on('data', () => this.#onDone(shim))
  }

  #onDone(shim: Shim): void {
    const task = shim.takeTask()
    if (task === undefined) return
    if (this.#waiting.length === WAITING_SHIMS_MAX || !shim.isClean(this.#pidsMax)) shim.end()
    task.ended(null, 'SIGKILL') // As one says who runs a single command.
    if (!shim.isOver) this.#waiting.push(shim)
  }

  #forget(shim: Shim): void {
    this.#all.delete(shim)
    this.#withdraw(shim)
  }

  #withdraw(shim: Shim): void {
    this.#open.delete(shim)
    const at = this.#waiting.indexOf(shim)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  /** A shim without a channel ends after its command, and one that waits ends at once. */
  #letGo(): void {
    const now = performance.now()
    for (const shim of this.#open) {
      if (now - shim.since < (shim.task === undefined ? WAIT_MS : this.#shortMs)) continue
      this.#withdraw(shim)
      shim.channel?.destroy()
    }
    if (this.#open.size > 0) return
    clearInterval(this.#sweep)
    this.#sweep = undefined
  }
}

/** A shell of ours, and what it runs at present. Until its exit is known, its pid belongs to nobody else. */
export class Shim {
  task: Task | undefined
  /** Since when it runs its task, or waits for one. */
  since = performance.now()
  #lastPidBefore: number | undefined
  #signalled = false
  #over = false

  constructor(readonly child: ChildProcess, readonly channel?: Duplex) {}

  get pid(): number | undefined {
    return this.child.pid
  }

  /** What it runs, which is told only once how it ended. */
  takeTask(): Task | undefined {
    const { task } = this
    this.task = undefined
    this.since = performance.now()
    return task
  }

  give(order: string): void {
    this.since = performance.now()
    this.#lastPidBefore = lastPid()
    this.channel?.write(order)
  }

  /** Signals the command with its whole group; a SIGTERM waits until there is a command. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#signalled = true
    if (this.task === undefined) return
    if (signal === 'SIGTERM') this.#terminate(this.task, BEGIN_LOOKS_MAX)
    else this.end()
  }

  /** Whether nothing of its last task can reach the next one. */
  isClean(pidsMax: number): boolean {
    return !this.#signalled && this.pid !== undefined && isAlone(this.pid, this.#lastPidBefore, pidsMax)
  }

  /** It has been ended, even if that takes a moment. */
  get isOver(): boolean {
    return this.#over
  }

  /** Ends it, and whoever is in its process group. */
  end(): void {
    this.#over = true
    if (this.pid !== undefined) kill(-this.pid, 'SIGKILL')
  }

  /** Whatever it runs goes on, and is nobody's business any more. */
  leave(): void {
    this.task = undefined
    this.child.unref()
    this.channel?.destroy()
  }

  /** Waits for the command to begin, which takes a few milliseconds, so that the signal reaches it. */
  #terminate(task: Task, looksLeft: number): void {
    if (this.task !== task || this.pid === undefined) return
    if (looksLeft === 0 || commandRuns(this.pid, task.directory)) return kill(-this.pid, 'SIGTERM')
    setTimeout(() => this.#terminate(task, looksLeft - 1), BEGIN_LOOK_MS)
  }
}

const create = (directory: string, name: string): number => openSync(`${directory}/${name}`, 'ax', 0o600)

function shimThatWaits(): Shim {
  const stdio = ['ignore', 'ignore', 'ignore', 'ignore', 'pipe'] as const
  const child = spawn(SHELL, waitingShimArguments(), { cwd: '/', env: {}, detached: true, stdio: [...stdio] })
  return new Shim(child, child.stdio?.[CHANNEL] as Duplex | undefined)
}

function shimOfItsOwn({ directory, argv, environment }: Task): Shim {
  const descriptors: number[] = []
  try {
    for (const name of ['stdout', 'status', 'stderr']) {
      descriptors.push(create(directory, name))
    }
    return new Shim(spawn(SHELL, shimArguments(directory, argv), {
      cwd: `${directory}/sandbox`, env: environment, detached: true, stdio: ['ignore', ...descriptors],
    }))
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor)
  }
}
