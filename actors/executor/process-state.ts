/** Process state: what the agent's side of a custom executor is given, what it hears, and what it knows. */
import type { Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogEvent } from '../../runtime/log.js'
import type { ExecutorCall, ExecutorEvent } from '../protocol/executor.js'
import type { LaunchId, TaskId } from '../protocol/ids.js'
import type { LauncherEvent, Program } from '../protocol/machine.js'
import type { ExecutorOrder, Launch, ProcessExecutorOptions } from '../protocol/running.js'
import type { Heard } from './heard.js'

/** How this cluster runs an executor that is a file: the program, and what it must know to join. */
export interface ModuleRunner {
  program(file: string): Program
  environment(self: Ref<ExecutorCall>): Readonly<Record<string, string>>
}

export type Options = ProcessExecutorOptions & { readonly modules: ModuleRunner }

type Private =
  | { readonly type: 'registration-over' | 'shutdown-over' | 'executor-lost' | 'call-again' }
  | { readonly type: 'time-over' | 'grace-over'; readonly launchId: LaunchId }
export type Message = ExecutorOrder | ExecutorCall | LauncherEvent | LogEvent<unknown> | Private

/** A live task. */
export interface Handed {
  readonly launch: Launch
  /** Why it is being ended, and within how long, if it is. */
  readonly end?: { readonly cause: 'killed' | 'timed-out'; readonly graceMs: number }
}

export interface State {
  /**
   * `writing`: it is on its way to the disk, and its process has not started. `unjoined`: the process has
   * not registered. `reconnecting`: that of an earlier life of the agent has not come back yet.
   */
  readonly phase: 'writing' | 'unjoined' | 'reconnecting' | 'joined'
  /** It is to end, with all of its tasks. */
  readonly ending: boolean
  /** What it was wanted for has ended before it came to it. */
  readonly isUnneeded: boolean
  /** Known before it comes back; else since it has joined. */
  readonly executor: Ref<ExecutorEvent> | undefined
  /** Its address is on its way to the disk. */
  readonly joining: Ref<ExecutorEvent> | undefined
  /** In the order in which they came. */
  readonly tasks: ReadonlyMap<TaskId, Handed>
  /** Reports that were passed on: they are repeated until noted, and each is one step. */
  readonly heard: Heard
}

export type Ctx = Context<Message>
