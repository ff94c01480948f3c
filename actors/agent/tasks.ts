/** Tasks: how the agent ends them, and answers for what becomes of them. */
import type { AgentEvent } from '../protocol/agent.js'
import type { FrameworkId, LaunchId } from '../protocol/ids.js'
import type { JournalEntry } from '../protocol/journal.js'
import { KILL_GRACE_DEFAULT_MS, type TaskReport } from '../protocol/running.js'
import { isTerminal, UPDATE_TEXT_CHARACTERS_MAX, type StatusUpdate } from '../protocol/task.js'
import { executorKey, findTask, launchOf, remember, updateIdOf, type TaskMemory } from './memory.js'
import { NO_LAUNCH, type AgentOptions, type Ctx, type State } from './state.js'

/** Instead of how its process ended, which the exit code and the signal say. */
const DRAINED = { reason: 'drained', text: 'an operator has drained its agent' } as const

export function onKill(
  state: State, { frameworkId, taskId, graceMs, launchId }: Extract<AgentEvent, { type: 'kill-task' }>, ctx: Ctx,
): State {
  for (const launch of state.active.admitting.values()) {
    const { entry, outcome } = launch
    const isMeant = entry.frameworkId === frameworkId && entry.task.taskId === taskId
      && entry.launchId === (launchId ?? entry.launchId)
    if (isMeant && outcome === 'start') launch.outcome = 'killed'
  }
  const task = launchId ? state.memory.tasks.get(launchId) : findTask(state.memory, frameworkId, taskId)
  if (task) end(state, task, graceMs, ctx)
  return state
}

/** Nobody is left to be told: the tasks end, and no updates follow. */
export function onShutdownFramework(
  state: State, frameworkId: FrameworkId, options: AgentOptions, ctx: Ctx,
): State {
  if (state.updates) ctx.tell(state.updates, { type: 'forget-framework', frameworkId })
  for (const launch of state.active.admitting.values()) {
    if (launch.entry.frameworkId === frameworkId) launch.outcome = 'killed'
  }
  for (const task of [...state.memory.tasks.values()].filter((each) => each.frameworkId === frameworkId)) {
    if (isTerminal(task.state)) settle(state, task, options, ctx)
    else {
      state.active.orphaning.add(frameworkId)
      end(state, task, undefined, ctx)
    }
  }
  for (const executor of state.active.executors.values()) {
    if (executor.frameworkId === frameworkId) ctx.tell(executor.ref, { type: 'end-all' })
  }
  return state
}

export function endAll(state: State, graceMs: number, ctx: Ctx): void {
  for (const launch of state.active.admitting.values()) launch.outcome = 'killed'
  for (const task of state.memory.tasks.values()) if (!isTerminal(task.state)) end(state, task, graceMs, ctx)
  for (const { ref } of state.active.executors.values()) ctx.tell(ref, { type: 'end-all' })
}

/** Nothing is to be left here; whoever decided it says so again until nothing is. */
export function onDrain(state: State, { graceMs }: Extract<AgentEvent, { type: 'drain-agent' }>, ctx: Ctx): State {
  const { memory, active } = state
  for (const launch of active.admitting.values()) if (launch.outcome === 'start') launch.outcome = 'killed'
  const live = [...memory.tasks.values()].filter((task) => !isTerminal(task.state))
  for (const task of live) {
    // Of one that was being ended before, the drain is not the reason.
    if (task.state !== 'KILLING') active.drained.add(task.launchId)
    end(state, task, graceMs, ctx)
  }
  const needed = new Set(live.flatMap(({ frameworkId, task: { executor } }) =>
    (executor ? [executorKey(frameworkId, executor.executorId)] : [])))
  for (const [key, { ref }] of active.executors) if (!needed.has(key)) ctx.tell(ref, { type: 'end-all' })
  return state
}

export function onReport(state: State, message: TaskReport, options: AgentOptions, ctx: Ctx): State {
  const task = state.memory.tasks.get(message.launchId)
  if (task && message.state === 'RUNNING' && hasBegunAgain(state, task)) {
    // Its executor has forgotten that it was to end it.
    if (task.state === 'KILLING') end(state, task, undefined, ctx)
    return state
  }
  if (isTerminal(message.state)) {
    state.active.runners.delete(message.launchId)
    const outputOf = state.active.outputs.get(message.launchId) ?? message.launchId
    // What an executor writes ends with the executor, not with one of its tasks.
    if (outputOf === message.launchId) ctx.tell(options.output, { type: 'ended', launchId: outputOf })
  }
  const isDrained = state.active.drained.has(message.launchId)
  if (isTerminal(message.state)) state.active.drained.delete(message.launchId)
  return report(state, isDrained && message.state === 'KILLED' ? { ...message, ...DRAINED } : message, ctx)
}

/** An entry is on disk: the agent's memory follows its journal. */
export function onJournaled(state: State, entry: JournalEntry, options: AgentOptions, ctx: Ctx): State {
  remember(state.memory, entry)
  if (entry.type === 'update-acknowledged') forgetSettled(state, launchOf(entry.updateId))
  if (entry.type !== 'update-queued') return state
  const key = entry.update.updateId ?? ''
  const noted = state.active.toNote.get(key)
  state.active.toNote.delete(key)
  if (noted) ctx.tell(noted.to, { type: 'noted', taskId: noted.taskId, sequence: noted.sequence })
  settleOrphan(state, entry.update, options, ctx)
  return state
}

/** A command executor that failed has found its process again, and says so once more. */
const hasBegunAgain = ({ active }: State, { launchId, task }: TaskMemory): boolean =>
  !task.executor && (active.counts.get(launchId) ?? 0) > 0

function end(state: State, task: TaskMemory, graceMs: number | undefined, ctx: Ctx): void {
  const runner = state.active.runners.get(task.launchId)
  const grace = graceMs ?? task.task.killGraceMs ?? KILL_GRACE_DEFAULT_MS
  if (runner) ctx.tell(runner, { type: 'end', launchId: task.launchId, graceMs: grace })
}

/** Turns what an executor saw into an update, and gives it to those who see it through. */
function report(state: State, message: TaskReport, ctx: Ctx): State {
  const { memory: { agentId, tasks }, active, updates } = state
  const { type: _, launchId, noted, text, ...told } = message
  const task = tasks.get(launchId)
  if (!task || !updates) return state
  const count = (active.counts.get(launchId) ?? 0) + 1
  active.counts.set(launchId, count)
  const updateId = updateIdOf(launchId, count)
  const update: StatusUpdate = {
    updateId, frameworkId: task.frameworkId, taskId: task.task.taskId, launchId,
    source: told.reason === undefined ? 'executor' : 'agent', atMs: ctx.now(), ...told,
    ...(text === undefined ? {} : { text: shortened(text) }), ...(agentId ? { agentId } : {}),
  }
  if (noted) active.toNote.set(updateId, noted)
  ctx.tell(updates, { type: 'report', update, ...(noted ? { sequence: noted.sequence } : {}) })
  return state
}

/** Not between the halves of a character, which nobody could read alone. */
const shortened = (text: string): string => text.length <= UPDATE_TEXT_CHARACTERS_MAX ? text
  : `${text.slice(0, UPDATE_TEXT_CHARACTERS_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`

/** The end of a task whose framework has ended meanwhile would wait for ever to be acknowledged. */
function settleOrphan(state: State, update: StatusUpdate, options: AgentOptions, ctx: Ctx): void {
  const { frameworkId, launchId } = update
  const { orphaning } = state.active
  if (!isTerminal(update.state) || !orphaning.has(frameworkId)) return
  const task = state.memory.tasks.get(launchId as LaunchId)
  if (task) settle(state, task, options, ctx)
  if (state.updates) ctx.tell(state.updates, { type: 'forget-framework', frameworkId })
  if (![...state.memory.tasks.values()].some((each) => each.frameworkId === frameworkId)) orphaning.delete(frameworkId)
}

/** Acknowledges in the place of a framework that has ended. */
function settle(state: State, task: TaskMemory, options: AgentOptions, ctx: Ctx): void {
  const records = task.pending.map(({ frameworkId, taskId, updateId }): JournalEntry =>
    ({ type: 'update-acknowledged', frameworkId, taskId, updateId: updateId as NonNullable<typeof updateId> }))
  ctx.tell(options.journal, { type: 'append', records, token: NO_LAUNCH, replyTo: ctx.self })
  for (const record of records) remember(state.memory, record)
  forgetSettled(state, task.launchId)
}

function forgetSettled(state: State, launchId: LaunchId): void {
  if (!state.memory.tasks.has(launchId)) state.active.counts.delete(launchId)
}
