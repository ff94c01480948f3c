/**
 * Machine: what an agent and its executors ask of the machine, and what it answers.
 *
 * A port is an address like any other; its answers come back as messages to `replyTo`. The real ones
 * are in `infra/agent/`, their twins in `infra/memory/`.
 */
import type { Ref } from '../../runtime/address.js'
import type { FileEntry, FileRefusal } from './files.js'
import type { TaskOutput } from './task.js'

/** What a process runs: an argument vector, or a line for `/bin/sh -c`. */
export type Program =
  | { readonly argv: readonly string[] }
  | { readonly shell: string }

/** How a process ended. Exactly one of the two is present. */
export type Exit = { readonly code: number } | { readonly signal: string }

/** Launcher: runs processes that belong to no Node process, each in a directory of its own. */
export type LauncherRequest =
  | {
      /** Asked again for a launch that has begun, it answers like `adopt`: nothing runs twice. */
      readonly type: 'start'
      /** Names the process in later requests; also the name of its directory. */
      readonly launchId: string
      readonly program: Program
      /** Added to a small clean environment (PATH, HOME, LANG), never to the agent's own. */
      readonly environment: Readonly<Record<string, string>>
      /** Output no longer than this comes with the end. */
      readonly outputBytesMax?: number
      readonly replyTo: Ref<LauncherEvent>
    }
  /** Finds a process again: answered `started` and later its end, or at once its end or `vanished`. */
  | {
      readonly type: 'adopt'
      readonly launchId: string
      /** It was of another boot of the machine: no process is looked for, its pid may be another's by now. */
      readonly rebooted?: boolean
      readonly replyTo: Ref<LauncherEvent>
    }
  /** Signals the whole process group. Unknown or ended: nothing happens. */
  | { readonly type: 'signal'; readonly launchId: string; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** Forgets an ended process; its directory stays. */
  | { readonly type: 'forget'; readonly launchId: string }

export type LauncherEvent =
  | { readonly type: 'started'; readonly launchId: string; readonly pid: number; readonly directory: string }
  | { readonly type: 'exited'; readonly launchId: string; readonly exit: Exit; readonly output?: TaskOutput }
  /**
   * It never ran; the reason names what was wrong (no such command, no directory …). Comes instead of
   * `started`; after it only when the shell around it could not start or fork.
   */
  | { readonly type: 'launch-failed'; readonly launchId: string; readonly reason: string }
  /** It is gone, and nothing says how it ended (only after `adopt`). What it left running is killed. */
  | { readonly type: 'vanished'; readonly launchId: string }

/**
 * The longest that a question with `follow` waits; then it is answered with nothing, and whoever still
 * cares asks again. So those who left cost nothing for longer than this.
 */
export const FOLLOW_WAIT_MS = 30_000

/** Output: reads what a process wrote and left in its directory, waiting for more while it runs. */
export type OutputRequest =
  | {
      readonly type: 'read'
      /** The directory of all launches is meant without one. */
      readonly launchId?: string
      /** Within the directory: `stdout`, `sandbox/result.txt`. */
      readonly path: string
      readonly offset: number
      readonly bytesMax: number
      /** Wait (`FOLLOW_WAIT_MS` at the most) for data beyond `offset` or the end; else answer at once. */
      readonly follow: boolean
      /** Do not wait while the file is shorter than `offset`: it was written anew. */
      readonly orShorter?: boolean
      /** Comes back in the answer. */
      readonly requestId: string
      readonly replyTo: Ref<OutputEvent>
    }
  | {
      readonly type: 'list-files'
      readonly launchId?: string
      /** Of a directory; empty for the launch's own. */
      readonly path: string
      /** The name to go on after. */
      readonly after?: string
      readonly entriesMax: number
      readonly requestId: string
      readonly replyTo: Ref<OutputEvent>
    }
  /** The process has ended: whoever waits for its output gets the rest, then the end. */
  | { readonly type: 'ended'; readonly launchId: string }
  /** The asker is gone. */
  | { readonly type: 'abandon'; readonly requestId: string }

export type OutputEvent =
  | {
      readonly type: 'output'
      readonly requestId: string
      readonly offset: number
      readonly data: Uint8Array
      /** Nothing follows: the process has ended and this is the last of it. */
      readonly end: boolean
      /** Of the whole file, when this was read. */
      readonly size: number
    }
  | {
      readonly type: 'output-failed'
      readonly requestId: string
      readonly refusal: FileRefusal
      readonly reason: string
    }
  | {
      readonly type: 'listed'
      readonly requestId: string
      readonly entries: readonly FileEntry[]
      /** There is more; ask for what comes after this name. */
      readonly next?: string
      /** It cannot be listed. */
      readonly refusal?: FileRefusal
      readonly problem?: string
    }
