/** State: what an agent is given, what it hears, and what it knows besides its memory. */
import type { Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../runtime/log.js'
import type { AgentCall, AgentEvent, AgentInfo } from '../protocol/agent.js'
import type { AgentId, ExecutorId, FrameworkId, LaunchId } from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import type { LeadershipEvent } from '../protocol/leadership.js'
import type { LauncherRequest, OutputEvent, OutputRequest } from '../protocol/machine.js'
import type { ExecutorOrder, ExecutorReport, Executors, TaskReport } from '../protocol/running.js'
import type { UsageEvent, UsageRequest } from '../protocol/usage.js'
import type { Resources } from '../resources/resources.js'
import type { Memory, Obeyed } from './memory.js'
import type { UpdatesEvent, UpdatesOrder } from './updates.js'

export interface AgentOptions {
  readonly info: AgentInfo
  readonly journal: Ref<LogRequest<JournalEntry>>
  readonly launcher: Ref<LauncherRequest>
  readonly output: Ref<OutputRequest>
  /** Without it the agent does not tell how busy its machine is. */
  readonly usage?: Ref<UsageRequest>
  readonly executors: Executors
  /** Hears how the agent stands with its masters; the process that runs it. */
  readonly owner?: Ref<AgentOwnerEvent>
}

export type AgentOwnerEvent =
  | { readonly type: 'registered'; readonly agentId: AgentId; readonly cluster: string; readonly epoch: number }
  | { readonly type: 'refused'; readonly problem: string }
  /** Its master is gone, and it looks for who leads now. */
  | { readonly type: 'seeking' }

export type AgentOrder =
  /** Ends all tasks, reports them, and leaves the cluster; answered by `left`. */
  | { readonly type: 'leave'; readonly replyTo: Ref<{ readonly type: 'left' }> }
  /** The node is back among the others. */
  | { readonly type: 'reconnected' }

type Private =
  | { readonly type: 'seek' | 'register' | 'ping-over' | 'check-left' }
  | { readonly type: 'master-gone'; readonly master: Ref<AgentCall> }
  | {
      readonly type: 'executor-stopped' | 'executor-over'
      readonly key: string
      readonly executor: Ref<ExecutorOrder>
    }
export type Message =
  | AgentEvent | AgentOrder | LeadershipEvent | LogEvent<JournalEntry> | UpdatesEvent | ExecutorReport
  | OutputEvent | UsageEvent | Private

export interface State {
  phase: 'recovering' | 'seeking' | 'obeying' | 'registering' | 'running' | 'leaving'
  readonly memory: Memory
  readonly active: Active
  master: Ref<AgentCall> | undefined
  epoch: number
  /** On its way to the disk; before it is there, nothing that its master says is done. */
  obeying: { readonly token: number; readonly obeyed: Obeyed } | undefined
  /** The leader of another cluster that was refused last, of which one line in the log is enough. */
  refused: string | undefined
  attempt: number
  /** Who else may have to do with its master, and comes when that begins to lead. */
  members: number
  pingTimeoutMs: number
  updates: Ref<UpdatesOrder> | undefined
  leaver: Ref<{ readonly type: 'left' }> | undefined
}
export type Ctx = Context<Message>

/** A launch on its way to the disk. */
export interface Admitting {
  readonly entry: Extract<JournalEntry, { type: 'launch-admitted' }>
  /** What follows once it is there. */
  outcome: 'start' | 'killed' | 'no-room'
}

/** A custom executor and its process, which a launch id of its own names. */
export interface ActiveExecutor {
  readonly ref: Ref<ExecutorOrder>
  readonly launchId: LaunchId
  readonly frameworkId: FrameworkId
  readonly executorId: ExecutorId
  readonly resources: Resources
}

/** What runs in this life of the agent; gone with it. */
export interface Active {
  /** By token. */
  readonly admitting: Map<number, Admitting>
  readonly runners: Map<LaunchId, Ref<ExecutorOrder>>
  /** Custom executors by framework and executor id. */
  readonly executors: Map<string, ActiveExecutor>
  /** The process whose output is a task's; differs from the launch for tasks of custom executors. */
  readonly outputs: Map<LaunchId, LaunchId>
  /** Updates made for each launch, the ones still on their way to the disk included. */
  readonly counts: Map<LaunchId, number>
  /** Whom to tell once an update is on disk, by its id. */
  readonly toNote: Map<string, NonNullable<TaskReport['noted']>>
  /** Launches that end because the agent is drained. */
  readonly drained: Set<LaunchId>
  /** Frameworks that have ended while tasks of theirs still did: nobody is left to acknowledge their ends. */
  readonly orphaning: Set<FrameworkId>
  nextToken: number
  /** How often this life has said who it is and what it holds. */
  statements: number
  /** The first of them that was true until now. */
  answeredFrom: number
  /** That this life has begun, until it is known to be on disk. */
  unwrittenLife: JournalEntry | undefined
  /** Its id, until that is known to be on disk. */
  unwrittenId: JournalEntry | undefined
}

/** The token of an append that admits nothing. */
export const NO_LAUNCH = 0
/** The token by which a life writes down that it has begun. */
export const LIFE = -1
/** The token by which an agent writes down its id. */
export const IDENTITY = -2

export const newActive = (): Active => ({
  admitting: new Map(), runners: new Map(), executors: new Map(), outputs: new Map(), counts: new Map(),
  toNote: new Map(), drained: new Set(), orphaning: new Set(), nextToken: 1, statements: 0, answeredFrom: 0,
  unwrittenLife: undefined, unwrittenId: undefined,
})
