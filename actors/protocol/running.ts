/** Running: what an agent and the executors in its node say to each other. Nothing of it is declared. */
import type { Actor } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from './ids.js'
import type { LauncherRequest } from './machine.js'
import type { ExecutorInfo, Reason, TaskInfo, TaskOutput, TaskState } from './task.js'

export interface Launch {
  readonly launchId: LaunchId
  readonly frameworkId: FrameworkId
  readonly task: TaskInfo
}

export type ExecutorOrder =
  | { readonly type: 'run'; readonly launch: Launch }
  | { readonly type: 'end'; readonly launchId: LaunchId; readonly graceMs: number }
  /** Ends everything, the executor included. */
  | { readonly type: 'end-all' }
  | { readonly type: 'pass-message'; readonly data: Uint8Array }
  /** The agent has this report on its disk. */
  | { readonly type: 'noted'; readonly taskId: TaskId; readonly sequence: number }

/** A step in a task's life, as its executor saw it. */
export interface TaskReport {
  readonly type: 'task-report'
  readonly launchId: LaunchId
  readonly state: TaskState
  readonly reason?: Reason
  readonly text?: string
  readonly exitCode?: number
  readonly signal?: string
  readonly data?: Uint8Array
  readonly output?: TaskOutput
  /** Told once the report is on disk. */
  readonly noted?: { readonly to: Ref<ExecutorOrder>; readonly taskId: TaskId; readonly sequence: number }
}

export type ExecutorReport =
  | TaskReport
  | {
      readonly type: 'executor-gone'
      readonly frameworkId: FrameworkId
      readonly executorId: ExecutorId
      readonly exitCode?: number
      readonly signal?: string
    }
  | {
      readonly type: 'executor-said'
      readonly frameworkId: FrameworkId
      readonly executorId: ExecutorId
      readonly data: Uint8Array
    }

interface ExecutorOptions {
  readonly agent: Ref<ExecutorReport>
  readonly launcher: Ref<LauncherRequest>
}

export interface CommandExecutorOptions extends ExecutorOptions {
  readonly launch: Launch
  /** The task was begun by an earlier life of this agent: find it, do not start it. */
  readonly recovered: boolean
}

export interface ProcessExecutorOptions extends ExecutorOptions {
  readonly frameworkId: FrameworkId
  readonly executor: ExecutorInfo
  /** Names the executor's process and its directory. */
  readonly launchId: LaunchId
}

/** What an agent needs in order to run tasks; given to it, because roles do not know each other. */
export interface Executors {
  command(options: CommandExecutorOptions): Actor<unknown, ExecutorOrder>
  process(options: ProcessExecutorOptions): Actor<unknown, ExecutorOrder>
}

export const KILL_GRACE_DEFAULT_MS = 3_000
