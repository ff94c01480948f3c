/** Task: the unit of work, its states, and the updates that tell of them. */
import {
  bytes, choice, flag, integer, list, natural, oneOf, optional, record, secret, table, text, type Infer,
} from '../../runtime/schema.js'
import { agentId, executorId, frameworkId, launchId, taskId, updateId } from './ids.js'
import { resources } from './resources.js'

/** What a process runs. `module` is a file that exports an executor (see `actors/executor/`). */
export const program = choice({
  argv: { argv: list(text(), 10_000) },
  shell: { line: text(1_000_000) },
  module: { file: text(4_096) },
})
export type Program = Infer<typeof program>

export const ENVIRONMENT_VARIABLES_MAX = 10_000

export const command = record({
  program,
  environment: optional(table(secret(text(1_000_000)), ENVIRONMENT_VARIABLES_MAX)),
})

/** A program that runs a framework's tasks, many in one process if it likes. */
export const executorInfo = record({
  executorId,
  program,
  environment: optional(table(secret(text(1_000_000)), ENVIRONMENT_VARIABLES_MAX)),
  /** What it needs for itself, beside its tasks. */
  resources,
})
export type ExecutorInfo = Infer<typeof executorInfo>

/** What a scheduler wants run. Exactly one of `command` and `executor` is present. */
export const taskInfo = record({
  taskId,
  name: text(255),
  resources,
  command: optional(command),
  executor: optional(executorInfo),
  /** For a custom executor; Warren does not look inside. */
  data: optional(bytes),
  /** From SIGTERM to SIGKILL; 3 seconds unless given. */
  killGraceMs: optional(natural),
  /** The task fails when it has run this long. */
  timeoutMs: optional(natural),
  labels: optional(table(text(), 1_000)),
  /** Output no longer than this, both streams together, comes with the update that says how it ended. */
  outputBytesMax: optional(natural),
})
export type TaskInfo = Infer<typeof taskInfo>

export const TASK_STATES = [
  'STAGING', 'STARTING', 'RUNNING', 'KILLING', 'FINISHED', 'FAILED', 'KILLED', 'ERROR', 'LOST', 'DROPPED',
  'UNREACHABLE', 'GONE', 'GONE_BY_OPERATOR', 'UNKNOWN',
] as const
export const taskState = oneOf(...TASK_STATES)
export type TaskState = (typeof TASK_STATES)[number]

const TERMINAL: ReadonlySet<TaskState> = new Set([
  'FINISHED', 'FAILED', 'KILLED', 'ERROR', 'LOST', 'DROPPED', 'GONE', 'GONE_BY_OPERATOR',
] as const)

/** Nothing follows a terminal state. */
export const isTerminal = (state: TaskState): boolean => TERMINAL.has(state)

export const REASONS = [
  'task-invalid', 'invalid-offers', 'agent-disconnected', 'agent-removed', 'agent-restarted', 'launch-failed',
  'registration-timeout', 'executor-terminated', 'killed-during-launch', 'timed-out', 'framework-removed',
  'reconciliation', 'launch-repeated', 'no-room', 'journal-failed', 'agent-reregistered', 'stale-epoch', 'drained',
] as const
export const reason = oneOf(...REASONS)
export type Reason = (typeof REASONS)[number]

/** Agents send no more than this with an update, whatever a task asks for: their journals keep it. */
export const UPDATE_OUTPUT_BYTES_MAX = 16_384

/** Nor more text: it may quote what a task chose, such as a PATH of a million characters. */
export const UPDATE_TEXT_CHARACTERS_MAX = 16_384

/** All that a task has written. */
export const taskOutput = record({ stdout: bytes, stderr: bytes })
export type TaskOutput = Infer<typeof taskOutput>

/** One step in a task's life. With an `updateId` it must be acknowledged; without, it is sent once. */
export const statusUpdate = record({
  updateId: optional(updateId),
  frameworkId,
  agentId: optional(agentId),
  taskId,
  launchId: optional(launchId),
  state: taskState,
  source: oneOf('master', 'agent', 'executor'),
  reason: optional(reason),
  /** For people: what happened, and what to do about it. */
  text: optional(text()),
  exitCode: optional(integer),
  signal: optional(text(32)),
  healthy: optional(flag),
  data: optional(bytes),
  atMs: natural,
  /** Only of an ended task that asked for it (`outputBytesMax`); else it is read. */
  output: optional(taskOutput),
})
export type StatusUpdate = Infer<typeof statusUpdate>
