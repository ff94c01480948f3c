/**
 * Framework: what a framework's author writes. One function that turns events into the next state, and
 * a context for everything that it wants done. The scheduler's actor (`scheduler.ts`) does the rest:
 * finds the leading master, subscribes, acknowledges, and comes back after a failover.
 */
import type { Ref } from '../../runtime/address.js'
import type { LogLevel } from '../../runtime/logger.js'
import type { AgentId, ExecutorId, FrameworkId, OfferId } from '../protocol/ids.js'
import type { Offer } from '../protocol/scheduler.js'
import type { StatusUpdate, TaskInfo } from '../protocol/task.js'
import type { Wanted } from '../resources/amounts.js'
import type { Resources } from '../resources/resources.js'

export interface Framework<State, Told = never> {
  readonly name: string
  /** Share groups to take offers for; `*` unless given. */
  readonly roles?: readonly string[]
  /**
   * The least that it has a use for, such as `{ cpus: 2, mem: 512 }`: it is offered no agent that holds less, and
   * `warren explain` says what each lacks. Leave it out if several offers of one agent are to be spent together.
   */
  readonly needs?: Wanted | Resources
  /**
   * How long its tasks outlive its process, should that break off; 0 ends them together. A minute unless given, and
   * a week where the process can come back as the same framework (`warren framework run --keep`). A framework that
   * ends in order, by `ctx.finish` or by whoever runs it, always ends its tasks with it.
   */
  readonly failoverTimeoutMs?: number
  readonly labels?: readonly string[]
  /** `explicit`: the author calls `ctx.acknowledge` once an update is safe with them. */
  readonly acknowledge?: 'automatic' | 'explicit'
  /**
   * Tasks that are lost with their agents come as `lost`, to be launched again, instead of as updates. One that
   * returns with its agent after all is killed without a word, or with `returned: 'keep'` told of like any other.
   */
  readonly restartLost?: boolean | { readonly returned: 'kill' | 'keep' }
  initial(ctx: FrameworkContext): State
  receive(state: State, event: FrameworkEvent<Told>, ctx: FrameworkContext): State
}

/** What a definition may have; anything else is a slip of the pen. */
export const FRAMEWORK_FIELDS = Object.keys({
  name: true, roles: true, needs: true, failoverTimeoutMs: true, labels: true, acknowledge: true, restartLost: true,
  initial: true, receive: true,
} satisfies Record<keyof Framework<unknown>, true>)

export type FrameworkEvent<Told = never> =
  | { readonly type: 'subscribed'; readonly frameworkId: FrameworkId }
  | { readonly type: 'offers'; readonly offers: readonly Offer[] }
  /** The offer no longer stands, also because its master is gone; nothing needs to be done. */
  | { readonly type: 'rescind'; readonly offerId: OfferId }
  | { readonly type: 'update'; readonly update: StatusUpdate }
  /** Only with `restartLost`: launch `task`, which has an id of its own. `update` says what became of the last. */
  | { readonly type: 'lost'; readonly task: TaskInfo; readonly update: StatusUpdate }
  | {
      readonly type: 'message'
      readonly agentId: AgentId
      readonly executorId: ExecutorId
      readonly data: Uint8Array
    }
  | {
      readonly type: 'failure'
      readonly agentId: AgentId
      readonly executorId?: ExecutorId
      readonly exitCode?: number
    }
  /** The framework cannot go on; it is not subscribed any more. */
  | { readonly type: 'error'; readonly problem: string }
  /** No master leads; the tasks run on. `subscribed` follows. */
  | { readonly type: 'disconnected' }
  | { readonly type: 'timer'; readonly name: string }
  | {
      readonly type: 'output'
      readonly requestId: string
      readonly offset: number
      readonly data: Uint8Array
      readonly end: boolean
      readonly problem?: string
    }
  | { readonly type: 'fit'; readonly requestId: string; readonly agents: number; readonly problem?: string }
  /** From whoever started the framework. */
  | { readonly type: 'told'; readonly told: Told }

export interface FrameworkContext {
  /** Known from `subscribed` on. */
  readonly frameworkId: FrameworkId | undefined
  /**
   * Spends offers, all of one agent and one role, on tasks; what the tasks leave unused returns at once.
   * @param refuseMs how long the framework does not want what it left; 5 seconds unless given
   */
  accept(offers: Offer | readonly Offer[], tasks: readonly TaskInfo[], options?: Refusing): void
  decline(offers: Offer | readonly Offer[], options?: Refusing): void
  kill(taskId: string, options?: { readonly graceMs?: number }): void
  /** Offers again; for all roles unless some are named. */
  revive(roles?: readonly string[]): void
  suppress(roles?: readonly string[]): void
  /**
   * Asks for the present state of tasks, or of all; answered by updates. Seldom needed: after every break the
   * library asks by itself, and what is news comes as an update.
   */
  reconcile(taskIds?: readonly string[]): void
  /** To a custom executor; at most once. */
  message(agentId: AgentId, executorId: string, data: Uint8Array): void
  acknowledge(update: StatusUpdate): void
  /**
   * Asks for a piece of a task's output; answered by `output`. With `follow` only once there is some, or
   * empty and without `end` when the task is quiet: ask again.
   */
  read(request: ReadRequest): void
  /** Could any agent ever hold this? Answered by `fit`. */
  checkFit(requestId: string, resources: Resources): void
  /** One timer per name; answered by `timer`. */
  after(name: string, delayMs: number): void
  cancel(name: string): void
  tell<M>(to: Ref<M>, message: NoInfer<M>): void
  /** Ends the framework and what it still runs. */
  finish(exitCode?: number): void
  now(): number
  random(): number
  log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void
}

export interface Refusing {
  readonly refuseMs?: number
}

export interface ReadRequest {
  readonly requestId: string
  readonly taskId: string
  readonly stream: 'stdout' | 'stderr'
  readonly offset: number
  readonly bytesMax?: number
  readonly follow?: boolean
}

/** Declares a framework; only the types need it. */
export const framework = <State, Told = never>(definition: Framework<State, Told>): Framework<State, Told> => definition
