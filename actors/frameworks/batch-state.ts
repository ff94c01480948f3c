/** Batch state: what a batch is asked for, what it tells, and what it knows. */
import type { Ref } from '../../runtime/address.js'
import type { Resources } from '../resources/resources.js'
import type { BatchOutputs, OutputPiece } from './batch-outputs.js'
import type { Attempt, Backlog, BatchResult, Item } from './batch-work.js'
import type { FullAgents } from './full-agents.js'
import type { StreamName } from './output-reading.js'
import type { Patience, Waiting } from './patience.js'

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

export interface State {
  isOver: boolean
  readonly patience: Patience
  readonly waiting: Backlog<Item>
  readonly running: Map<string, Attempt>
  readonly outputs: BatchOutputs
  readonly full: FullAgents
  readonly totals: { ok: number; failed: number; offers: number; accepts: number; launched: number }
  inputs: number
  hasAllInputs: boolean
  isSuppressed: boolean
  /** Something was refused, or left, that could have held a task. */
  hasSpurned: boolean
  isReviving: boolean
}
