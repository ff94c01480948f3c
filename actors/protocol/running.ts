/** Running: what an agent and the executors in its node say to each other. Nothing of it is declared. */
import type { Actor } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogRequest } from '../../runtime/log.js'
import type { Resources } from '../resources/resources.js'
import type { ExecutorEvent } from './executor.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from './ids.js'
import type { JournalEntry } from './journal.js'
import type { LauncherRequest } from './machine.js'
import type { ExecutorInfo, Reason, TaskInfo, TaskOutput, TaskState } from './task.js'

export interface Launch {
  readonly launchId: LaunchId
  readonly frameworkId: FrameworkId
  readonly task: TaskInfo
  /** Of a task that has begun: when, in wall-clock milliseconds. */
  readonly startedAtMs?: number
  /** The last report of its custom executor that an earlier life of the agent has on disk. */
  readonly sequence?: number
}

export type ExecutorOrder =
  | { readonly type: 'run'; readonly launch: Launch }
  | { readonly type: 'end'; readonly launchId: LaunchId; readonly graceMs: number }
  /** Ends everything, the executor included. */
  | { readonly type: 'end-all' }
  | { readonly type: 'pass-message'; readonly data: Uint8Array }
  /** The node is back among the others: what was said to a process of its own may be lost. */
  | { readonly type: 'reconnected' }
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
  /** Its last word. Of what it has not reported the end it has begun nothing: another executor may. */
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
  /** The machine was rebooted since: no process of that time is left, and only its status may tell of it. */
  readonly rebooted?: boolean
}

export interface ProcessExecutorOptions extends ExecutorOptions {
  readonly frameworkId: FrameworkId
  readonly executorId: ExecutorId
  /** What it needs for itself. */
  readonly resources: Resources
  /** Names the executor's process and its directory. */
  readonly launchId: LaunchId
  readonly journal: Ref<LogRequest<JournalEntry>>
  readonly origin: ExecutorOrigin
  /** The tasks that it begins with. */
  readonly launches: readonly Launch[]
}

export type ExecutorOrigin =
  | { readonly type: 'start'; readonly executor: ExecutorInfo }
  /** Of an earlier life of the agent; its address is known if it had joined. */
  | { readonly type: 'recover'; readonly executor?: Ref<ExecutorEvent> }

/** What an agent needs in order to run tasks; given to it, because roles do not know each other. */
export interface Executors {
  command(options: CommandExecutorOptions): Actor<unknown, ExecutorOrder>
  process(options: ProcessExecutorOptions): Actor<unknown, ExecutorOrder>
}

export const KILL_GRACE_DEFAULT_MS = 3_000
