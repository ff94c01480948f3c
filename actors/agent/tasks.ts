/** Tasks: how the agent admits them, has them run, and answers for them. Part of the agent's behaviour. */
import { STOP } from '../../runtime/supervision.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { FrameworkId, LaunchId, TaskId } from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import type { OutputEvent } from '../protocol/machine.js'
import { KILL_GRACE_DEFAULT_MS, type ExecutorReport, type Launch, type TaskReport } from '../protocol/running.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'
import { add, contains } from '../resources/resources.js'
import { executorKey, findTask, remember, taskKey, usedResources, type TaskMemory } from './memory.js'
import { NO_LAUNCH, type AgentOptions, type Ctx, type State } from './state.js'
import { updateIdOf } from './updates.js'

type Event<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>

/** A launch that was ever taken is not taken again; one that does not fit is refused. */
export function onRun(state: State, { frameworkId, launchId, role, task }: Event<'run-task'>, options: AgentOptions, ctx: Ctx): State {
  const { memory, active } = state
  const admitting = [...active.admitting.values()].some(({ entry }) => entry.launchId === launchId)
  if (memory.launches.has(launchId) || admitting || state.phase === 'leaving') return state
  const entry = { type: 'launch-admitted', launchId, frameworkId, role, task } as const
  let used = usedResources(memory)
  for (const { entry: { task: { resources } } } of active.admitting.values()) used = add(used, resources)
  if (!contains(options.info.resources, add(used, task.resources))) {
    remember(memory, entry)
    const report = { type: 'task-report', launchId, state: 'DROPPED', reason: 'no-room', text: 'the agent has no room for it' } as const
    return onReport(state, report, options, ctx)
  }
  const token = active.nextToken++
  active.admitting.set(token, { entry, killed: false })
  ctx.tell(options.journal, { type: 'append', records: [entry], token, replyTo: ctx.self })
  return state
}

export function onAdmitted(state: State, token: number, options: AgentOptions, ctx: Ctx): State {
  const admitted = state.active.admitting.get(token)
  if (!admitted) return state
  state.active.admitting.delete(token)
  remember(state.memory, admitted.entry)
  const { launchId, frameworkId, task } = admitted.entry
  if (admitted.killed) return onReport(state, { type: 'task-report', launchId, state: 'KILLED', reason: 'killed-during-launch' }, options, ctx)
  start(state, { launchId, frameworkId, task }, false, options, ctx)
  return state
}

/** The disk refused the launch, so nothing runs; the update waits for the disk like any other. */
export function onNotAdmitted(state: State, token: number, reason: string, ctx: Ctx): State {
  const refused = state.active.admitting.get(token)
  if (!refused) return state
  state.active.admitting.delete(token)
  remember(state.memory, refused.entry)
  const { launchId } = refused.entry
  return report(state, { type: 'task-report', launchId, state: 'DROPPED', reason: 'journal-failed', text: `the agent's disk refused it: ${reason}` }, ctx)
}

/** Tasks that an earlier life of this agent began: commands run on without it, executors do not. */
export function adoptAll(state: State, options: AgentOptions, ctx: Ctx): void {
  for (const task of state.memory.tasks.values()) {
    state.active.counts.set(task.launchId, task.updates)
    if (isTerminal(task.state)) continue
    if (task.task.command) start(state, task, task.state !== 'STAGING' || task.updates > 0, options, ctx)
    else report(state, { type: 'task-report', launchId: task.launchId, state: 'GONE', reason: 'agent-restarted' }, ctx)
  }
}

export function onKill(state: State, { frameworkId, taskId, graceMs }: Event<'kill-task'>, ctx: Ctx): State {
  for (const launch of state.active.admitting.values()) {
    if (launch.entry.frameworkId === frameworkId && launch.entry.task.taskId === taskId) launch.killed = true
  }
  const task = findTask(state.memory, frameworkId, taskId)
  if (task) end(state, task, graceMs, ctx)
  return state
}

/** Nobody is left to be told: the tasks end, and no updates follow. */
export function onShutdownFramework(state: State, frameworkId: FrameworkId, options: AgentOptions, ctx: Ctx): State {
  if (state.updates) ctx.tell(state.updates, { type: 'forget-framework', frameworkId })
  for (const launch of state.active.admitting.values()) if (launch.entry.frameworkId === frameworkId) launch.killed = true
  for (const task of [...state.memory.tasks.values()].filter((each) => each.frameworkId === frameworkId)) {
    if (isTerminal(task.state)) settle(state, task, options, ctx)
    else end(state, task, undefined, ctx)
  }
  for (const executor of state.active.executors.values()) {
    if (executor.frameworkId === frameworkId) ctx.tell(executor.ref, { type: 'end-all' })
  }
  return state
}

export function endAll(state: State, graceMs: number, ctx: Ctx): void {
  for (const launch of state.active.admitting.values()) launch.killed = true
  for (const task of state.memory.tasks.values()) if (!isTerminal(task.state)) end(state, task, graceMs, ctx)
  for (const { ref } of state.active.executors.values()) ctx.tell(ref, { type: 'end-all' })
}

export function onReport(state: State, message: TaskReport, options: AgentOptions, ctx: Ctx): State {
  if (isTerminal(message.state)) {
    state.active.runners.delete(message.launchId)
    const outputOf = state.active.outputs.get(message.launchId) ?? message.launchId
    if (outputOf === message.launchId) ctx.tell(options.output, { type: 'ended', launchId: outputOf })
  }
  return report(state, message, ctx)
}

/** An entry is on disk: the agent's memory follows its journal. */
export function onJournaled(state: State, entry: JournalEntry, ctx: Ctx): State {
  remember(state.memory, entry)
  if (entry.type !== 'update-queued') {
    if (entry.type === 'update-acknowledged') forgetSettled(state, entry.frameworkId, entry.taskId)
    return state
  }
  const key = entry.update.updateId ?? ''
  const noted = state.active.noted.get(key)
  state.active.noted.delete(key)
  if (noted) ctx.tell(noted.to, { type: 'noted', taskId: noted.taskId, sequence: noted.sequence })
  return state
}

export function onMessageToExecutor(state: State, { frameworkId, executorId, data }: Event<'message-to-executor'>, ctx: Ctx): State {
  const executor = state.active.executors.get(executorKey(frameworkId, executorId))
  if (executor) ctx.tell(executor.ref, { type: 'pass-message', data })
  return state
}

export function onExecutorSaid(state: State, message: Extract<ExecutorReport, { type: 'executor-said' }>, ctx: Ctx): State {
  const { agentId } = state.memory
  if (state.master && agentId) ctx.tell(state.master, { ...message, type: 'message-from-executor', agentId })
  return state
}

export function onExecutorGone(state: State, message: Extract<ExecutorReport, { type: 'executor-gone' }>, ctx: Ctx): State {
  const { agentId } = state.memory
  state.active.executors.delete(executorKey(message.frameworkId, message.executorId))
  if (state.master && agentId) ctx.tell(state.master, { ...message, type: 'executor-exited', agentId })
  return state
}

/** The executor's actor ended without a word (a bug in it): its tasks must not hang for ever. */
export function onExecutorStopped(state: State, key: string, options: AgentOptions, ctx: Ctx): State {
  const executor = state.active.executors.get(key)
  if (!executor) return state
  state.active.executors.delete(key)
  ctx.tell(options.launcher, { type: 'signal', launchId: executor.launchId, signal: 'SIGKILL' })
  for (const [launchId, runner] of [...state.active.runners]) {
    if (runner === executor.ref) onReport(state, { type: 'task-report', launchId, state: 'FAILED', reason: 'executor-terminated' }, options, ctx)
  }
  return state
}

export function onRead(state: State, message: Event<'read-task'>, options: AgentOptions, ctx: Ctx): State {
  const { requestId, frameworkId, taskId, stream, offset, bytesMax, follow } = message
  const launchId = state.memory.lastLaunch.get(taskKey(frameworkId, taskId))
  if (launchId === undefined) return onOutput(state, { type: 'output-failed', requestId, reason: `no task '${taskId}' here` }, ctx)
  const process = state.active.outputs.get(launchId) ?? launchId
  ctx.tell(options.output, { type: 'read', launchId: process, stream, offset, bytesMax, follow, requestId, replyTo: ctx.self })
  return state
}

export function onOutput(state: State, event: OutputEvent, ctx: Ctx): State {
  if (!state.master) return state
  const answer = event.type === 'output'
    ? { requestId: event.requestId, offset: event.offset, data: event.data, end: event.end }
    : { requestId: event.requestId, offset: 0, data: new Uint8Array(), end: true, problem: event.reason }
  ctx.tell(state.master, { type: 'task-output', ...answer })
  return state
}

function start(state: State, launch: Launch, recovered: boolean, options: AgentOptions, ctx: Ctx): void {
  const { launchId, frameworkId, task } = launch
  const { active } = state
  const common = { agent: ctx.self, launcher: options.launcher }
  if (!task.executor) {
    active.runners.set(launchId, ctx.spawn(launchId, options.executors.command({ ...common, launch, recovered })))
    return
  }
  const key = executorKey(frameworkId, task.executor.executorId)
  let executor = active.executors.get(key)
  if (!executor) {
    const process = `${launchId}-executor` as LaunchId
    const ref = ctx.spawn(process, options.executors.process({ ...common, frameworkId, executor: task.executor, launchId: process }), STOP)
    ctx.watch(ref, { type: 'executor-stopped', key })
    executor = { ref, launchId: process, frameworkId }
    active.executors.set(key, executor)
  }
  active.outputs.set(launchId, executor.launchId)
  active.runners.set(launchId, executor.ref)
  ctx.tell(executor.ref, { type: 'run', launch })
}

function end(state: State, task: TaskMemory, graceMs: number | undefined, ctx: Ctx): void {
  const runner = state.active.runners.get(task.launchId)
  const grace = graceMs ?? task.task.killGraceMs ?? KILL_GRACE_DEFAULT_MS
  if (runner) ctx.tell(runner, { type: 'end', launchId: task.launchId, graceMs: grace })
}

/** Turns what an executor saw into an update, and gives it to those who see it through. */
function report(state: State, message: TaskReport, ctx: Ctx): State {
  const { memory: { agentId, tasks }, active, updates } = state
  const { type: _, launchId, noted, ...told } = message
  const task = tasks.get(launchId)
  if (!task || !updates) return state
  const count = (active.counts.get(launchId) ?? 0) + 1
  active.counts.set(launchId, count)
  const update: StatusUpdate = {
    updateId: updateIdOf(launchId, count), frameworkId: task.frameworkId, taskId: task.task.taskId, launchId,
    source: told.reason === undefined ? 'executor' : 'agent', atMs: ctx.now(), ...told, ...(agentId ? { agentId } : {}),
  }
  if (noted) active.noted.set(update.updateId ?? '', noted)
  ctx.tell(updates, { type: 'report', update })
  return state
}

/** Acknowledges in the place of a framework that has ended. */
function settle(state: State, task: TaskMemory, options: AgentOptions, ctx: Ctx): void {
  const records = task.pending.map(({ frameworkId, taskId, updateId }): JournalEntry =>
    ({ type: 'update-acknowledged', frameworkId, taskId, updateId: updateId as NonNullable<typeof updateId> }))
  ctx.tell(options.journal, { type: 'append', records, token: NO_LAUNCH, replyTo: ctx.self })
  for (const record of records) remember(state.memory, record)
  forgetSettled(state, task.frameworkId, task.task.taskId)
}

function forgetSettled(state: State, frameworkId: FrameworkId, taskId: TaskId): void {
  const launchId = state.memory.lastLaunch.get(taskKey(frameworkId, taskId))
  if (launchId === undefined || state.memory.tasks.has(launchId)) return
  state.active.counts.delete(launchId)
}
