/**
 * Batch: a framework that runs one command over many inputs, a task for each. It fills every offer with
 * as many tasks as fit, asks for none while it has nothing to launch, runs again what failed as often as
 * it may, and what was lost with its agent without holding that against the command.
 */
import type { Ref } from '../../runtime/address.js'
import type { Offer } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate, type TaskInfo } from '../protocol/task.js'
import type { Resources } from '../resources/resources.js'
import { framework, type Framework, type FrameworkContext, type FrameworkEvent } from '../scheduler/framework.js'
import { task } from '../scheduler/task.js'
import { commandMaker, INPUT_VARIABLE } from './batch-command.js'
import { BatchOutputs, type OutputPiece } from './batch-outputs.js'
import { CHARACTERS_PER_ACCEPT_MAX, charactersOf, TASKS_PER_ACCEPT_MAX, timesIn } from './batch-packing.js'
import { Backlog, resultOf, taskIdOf, type Attempt, type BatchResult, type EndedAttempt, type Item } from './batch-work.js'
import type { StreamName } from './output-reading.js'
import { NO_MASTER_MS, Patience, type Waiting } from './patience.js'

/** An input whose task was lost so often is given up: perhaps it is what its agents die of. */
export const LOSSES_MAX = 5
/** What does not hold a task never will; an agent that has more than that is offered all the same. */
const REFUSE_MS = 3_600_000
/** How long to wait for the offer that a task's end usually brings, before asking for what was refused. */
export const REVIVE_AFTER_MS = 1_000
/** The tasks outlive a connection that breaks, or a change of masters, by this long. */
const FAILOVER_TIMEOUT_MS = 10_000

export interface BatchOptions {
  readonly name: string
  /** `{}` stands for the input; see `batch-command.ts`. */
  readonly template: readonly string[]
  /** Amounts alone; what each task takes. */
  readonly resources: Resources
  readonly environment: Readonly<Record<string, string>>
  /** How often a command that fails is run again. */
  readonly retries: number
  /** How many tasks run at once; as many as find room unless given. */
  readonly jobsMax?: number
  readonly timeoutMs?: number
  /** Whether anybody wants what the tasks write. */
  readonly readsOutput: boolean
  readonly user: Ref<BatchEvent>
}

export interface BatchTotals {
  readonly ok: number
  readonly failed: number
  readonly offers: number
  readonly accepts: number
  readonly launched: number
}

export type BatchEvent =
  | OutputPiece
  | { readonly type: 'waiting'; readonly waiting: Waiting }
  | { readonly type: 'disconnected' }
  | { readonly type: 'running'; readonly tasks: number }
  /** Comes after all of the task's output. */
  | { readonly type: 'ended'; readonly result: BatchResult }
  | { readonly type: 'finished'; readonly totals: BatchTotals }
  /** It cannot go on: the tasks are too large for every agent, or no master leads. */
  | { readonly type: 'given-up'; readonly problem: string; readonly noMaster?: true }

export type BatchOrder =
  | { readonly type: 'inputs'; readonly inputs: readonly string[]; readonly isLast: boolean }
  | { readonly type: 'written'; readonly taskId: string; readonly stream: StreamName }

interface State {
  phase: 'working' | 'over'
  readonly patience: Patience
  readonly waiting: Backlog<Item>
  readonly running: Map<string, Attempt>
  readonly outputs: BatchOutputs
  readonly totals: { ok: number; failed: number; offers: number; accepts: number; launched: number }
  inputs: number
  hasAllInputs: boolean
  isSuppressed: boolean
  /** Something was refused, or left, that could have held a task. */
  hasSpurned: boolean
  isReviving: boolean
}

type Ctx = FrameworkContext

export const batch = (options: BatchOptions): Framework<State, BatchOrder> => {
  const commandOf = commandMaker(options.template)
  const makeTask = (item: Item): TaskInfo => task({
    id: taskIdOf(item), name: `${options.name} ${item.input}`.slice(0, 255), resources: options.resources,
    command: commandOf(item.input), environment: { ...options.environment, [INPUT_VARIABLE]: item.input },
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  })
  return framework<State, BatchOrder>({
    name: options.name,
    failoverTimeoutMs: FAILOVER_TIMEOUT_MS,
    acknowledge: 'explicit',
    initial: (ctx) => begin(options, ctx),
    receive(state, event, ctx) {
      if (state.phase === 'over') return state
      handle(state, event, options, makeTask, ctx)
      return adjust(state, options, ctx)
    },
  })
}

function begin(options: BatchOptions, ctx: Ctx): State {
  const totals = { ok: 0, failed: 0, offers: 0, accepts: 0, launched: 0 }
  const state: State = {
    phase: 'working', patience: new Patience(options.resources), waiting: new Backlog(), running: new Map(), totals,
    outputs: new BatchOutputs(options.user, (ended, problem) => conclude(state, ended, problem, options, ctx)),
    inputs: 0, hasAllInputs: false, isSuppressed: false, hasSpurned: false, isReviving: false,
  }
  state.patience.begin(ctx)
  ctx.after('no-master', NO_MASTER_MS)
  return state
}
