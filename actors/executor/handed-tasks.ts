/** Handed tasks: what a custom executor runs, as its agent's side of it sees that. */
import type { Ref } from '../../runtime/address.js'
import type { ExecutorCall, ExecutorEvent } from '../protocol/executor.js'
import type { LaunchId } from '../protocol/ids.js'
import { KILL_GRACE_DEFAULT_MS, type Launch, type TaskReport } from '../protocol/running.js'
import { isTerminal } from '../protocol/task.js'
import type { Ctx, Handed, Options, State } from './process-state.js'

/** How much longer than its grace a task that has run for too long may take before its executor is ended. */
export const OVERDUE_SLACK_MS = 2_000

export function onRun(state: State, launch: Launch, ctx: Ctx): State {
  const tasks = new Map(state.tasks).set(launch.task.taskId, { launch })
  if (state.phase === 'joined' && state.executor) hand(state.executor, launch, ctx)
  else if (launch.startedAtMs !== undefined) limit(launch, launch.startedAtMs, ctx)
  return { ...state, tasks, isUnneeded: false }
}

/** The executor is there: it is told of whatever it does not have. */
export function handOver(
  state: State, executor: Ref<ExecutorEvent>, launches: readonly LaunchId[], options: Options, ctx: Ctx,
): State {
  const held = new Set(launches)
  let next = state
  for (const handed of state.tasks.values()) {
    const { launch, end } = handed
    if (!held.has(launch.launchId)) {
      if (end) next = endUnseen(next, launch, options, ctx)
      else hand(executor, launch, ctx)
    } else if (end) order(executor, launch, end, ctx)
    else limit(launch, launch.startedAtMs ?? ctx.now(), ctx)
  }
  return next
}

/** The executor registers once more: what it does not have was lost on the way, and orders to end it may be. */
export function handAgain(
  state: State, executor: Ref<ExecutorEvent>, launches: readonly LaunchId[], ctx: Ctx,
): State {
  const held = new Set(launches)
  for (const { launch, end } of state.tasks.values()) {
    // What is only still on its way it takes once: it knows its launches.
    if (!held.has(launch.launchId)) hand(executor, launch, ctx)
    if (end) order(executor, launch, end, ctx)
  }
  return state
}

export function onReport(
  state: State, message: Extract<ExecutorCall, { type: 'report-task' }>, options: Options, ctx: Ctx,
): State {
  const { taskId, sequence, launchId } = message
  const known = state.heard.statusOf(sequence)
  // On its way to the disk: the executor is told when it is there.
  if (known === 'passed-on') return state
  const handed = state.tasks.get(taskId)
  // Its id may run again, and this be the end of an earlier launch of it.
  const isOf = handed !== undefined && (launchId ?? handed.launch.launchId) === handed.launch.launchId
  if (known === 'noted' || !isOf || sequence <= (handed.launch.sequence ?? 0)) {
    // It is on disk, or the task has ended; the executor has only not heard so.
    state.heard.note(sequence)
    if (state.executor) ctx.tell(state.executor, { type: 'report-noted', taskId, sequence })
    return state
  }
  ctx.tell(options.agent, { ...reportOf(handed, message), noted: { to: ctx.self, taskId, sequence } })
  state.heard.passOn(sequence)
  if (isTerminal(message.state)) return without(state, handed, ctx)
  if (message.state === 'RUNNING' && handed.launch.startedAtMs === undefined) limit(handed.launch, ctx.now(), ctx)
  return state
}

export function onEnd(state: State, launchId: LaunchId, graceMs: number, options: Options, ctx: Ctx): State {
  const handed = find(state, launchId)
  if (!handed) return state
  if (state.phase !== 'joined' && state.phase !== 'reconnecting') {
    return endUnseen(state, handed.launch, options, ctx)
  }
  return stop(state, handed, { cause: handed.end?.cause ?? 'killed', graceMs }, ctx)
}

export function onTimeOver(state: State, launchId: LaunchId, ctx: Ctx): State {
  const handed = find(state, launchId)
  if (!handed || handed.end) return state
  const graceMs = handed.launch.task.killGraceMs ?? KILL_GRACE_DEFAULT_MS
  return stop(state, handed, { cause: 'timed-out', graceMs }, ctx)
}

/** How a task that its executor did not end in time, and nobody else can, has ended. */
export const timedOut = ({ task }: Launch): Pick<TaskReport, 'state' | 'reason' | 'text'> => ({
  state: 'FAILED', reason: 'timed-out', text: `it ran longer than ${(task.timeoutMs ?? 0) / 1_000} s`,
})

function stop(state: State, handed: Handed, end: NonNullable<Handed['end']>, ctx: Ctx): State {
  const { launch } = handed
  // To one that has not come back yet it is said when it is there.
  if (state.phase === 'joined' && state.executor) order(state.executor, launch, end, ctx)
  return { ...state, tasks: new Map(state.tasks).set(launch.task.taskId, { ...handed, end }) }
}

function order(
  executor: Ref<ExecutorEvent>, { launchId, task: { taskId } }: Launch, { cause, graceMs }: NonNullable<Handed['end']>,
  ctx: Ctx,
): void {
  ctx.tell(executor, { type: 'stop-task', taskId, graceMs })
  if (cause === 'timed-out') ctx.after(timer(launchId), graceMs + OVERDUE_SLACK_MS, { type: 'grace-over', launchId })
}

function hand(executor: Ref<ExecutorEvent>, launch: Launch, ctx: Ctx): void {
  ctx.tell(executor, { type: 'launch-task', task: launch.task, launchId: launch.launchId })
  // Until it says that the task runs, which may be never.
  limit(launch, ctx.now(), ctx)
}

function limit({ launchId, task: { timeoutMs } }: Launch, startedAtMs: number, ctx: Ctx): void {
  if (timeoutMs === undefined) return
  ctx.after(timer(launchId), Math.max(0, startedAtMs + timeoutMs - ctx.now()), { type: 'time-over', launchId })
}

const timer = (launchId: LaunchId): string => `time-${launchId}`

/** It has never come to its executor. */
function endUnseen(state: State, launch: Launch, options: Options, ctx: Ctx): State {
  const { launchId, task: { taskId } } = launch
  ctx.tell(options.agent, { type: 'task-report', launchId, state: 'KILLED', reason: 'killed-during-launch' })
  const handed = state.tasks.get(taskId)
  if (!handed) return state
  const left = without(state, handed, ctx)
  return { ...left, isUnneeded: left.tasks.size === 0 }
}

function without(state: State, { launch: { launchId, task: { taskId } } }: Handed, ctx: Ctx): State {
  ctx.cancel(timer(launchId))
  const tasks = new Map(state.tasks)
  tasks.delete(taskId)
  return { ...state, tasks }
}

const find = (state: State, launchId: LaunchId): Handed | undefined =>
  [...state.tasks.values()].find((each) => each.launch.launchId === launchId)

function reportOf(
  { launch, end }: Handed, { state, text, exitCode, data }: Extract<ExecutorCall, { type: 'report-task' }>,
): TaskReport {
  const isLate = end?.cause === 'timed-out' && state === 'KILLED'
  return {
    type: 'task-report', launchId: launch.launchId, state,
    ...(text === undefined ? {} : { text }), ...(exitCode === undefined ? {} : { exitCode }),
    ...(data === undefined ? {} : { data }), ...(isLate ? timedOut(launch) : {}),
  }
}
