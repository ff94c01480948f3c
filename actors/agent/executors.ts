/** Executors: what the agent passes on to custom executors and from them, and how it hears of their end. */
import type { Ref } from '../../runtime/address.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { ExecutorId, FrameworkId } from '../protocol/ids.js'
import type { ExecutorOrder, ExecutorReport } from '../protocol/running.js'
import { outdate } from './account.js'
import { executorKey } from './memory.js'
import { start } from './starting.js'
import { NO_LAUNCH, type AgentOptions, type Ctx, type State } from './state.js'
import { onReport } from './tasks.js'

type Report<T extends ExecutorReport['type']> = Extract<ExecutorReport, { type: T }>

export function onMessageToExecutor(
  state: State, message: Extract<AgentEvent, { type: 'message-to-executor' }>, ctx: Ctx,
): State {
  const executor = state.active.executors.get(executorKey(message.frameworkId, message.executorId))
  if (executor) ctx.tell(executor.ref, { type: 'pass-message', data: message.data })
  return state
}

export function onExecutorSaid(
  state: State, { frameworkId, executorId, data }: Report<'executor-said'>, ctx: Ctx,
): State {
  const { master, memory: { agentId } } = state
  if (master && agentId) ctx.tell(master, { type: 'message-from-executor', agentId, frameworkId, executorId, data })
  return state
}

/** The executor's last word; what it said of its tasks came before. What it never began another one may. */
export function onExecutorGone(
  state: State, message: Report<'executor-gone'>, options: AgentOptions, ctx: Ctx,
): State {
  const { frameworkId, executorId, exitCode, signal } = message
  const key = executorKey(frameworkId, executorId)
  const executor = state.active.executors.get(key)
  state.active.executors.delete(key)
  if (executor) {
    const { launchId, ref } = executor
    ctx.tell(options.output, { type: 'ended', launchId })
    const ended = { type: 'executor-dropped', frameworkId, executorId, launchId } as const
    ctx.tell(options.journal, { type: 'append', records: [ended], token: NO_LAUNCH, replyTo: ctx.self })
    for (const [unbegun, runner] of [...state.active.runners]) {
      const task = runner === ref ? state.memory.tasks.get(unbegun) : undefined
      if (task) start(state, { launchId: unbegun, frameworkId, task: task.task }, 'status', options, ctx)
    }
    if (state.active.executors.has(key)) return state
  }
  const how = { ...(exitCode === undefined ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }) }
  return tellExited(state, frameworkId, executorId, how, ctx)
}

/** The executor's actor ended without a word (a bug in it): its tasks must not hang for ever. */
export function onExecutorOver(
  state: State, key: string, ref: Ref<ExecutorOrder>, options: AgentOptions, ctx: Ctx,
): State {
  const executor = state.active.executors.get(key)
  // Usually it has said so itself, and perhaps a new one has been started since.
  if (executor?.ref !== ref) return state
  const { launchId: process, frameworkId, executorId } = executor
  ctx.tell(options.launcher, { type: 'signal', launchId: process, signal: 'SIGKILL' })
  for (const [launchId, runner] of [...state.active.runners]) {
    if (runner !== ref) continue
    onReport(state, { type: 'task-report', launchId, state: 'FAILED', reason: 'executor-terminated' }, options, ctx)
  }
  return onExecutorGone(state, { type: 'executor-gone', frameworkId, executorId }, options, ctx)
}

/** A task that was to bring an executor does not run: nobody else may be waiting for what it would have taken. */
export function onExecutorUnused(state: State, frameworkId: FrameworkId, executorId: ExecutorId, ctx: Ctx): State {
  const { active } = state
  const isComing = [...active.admitting.values()].some(({ entry, outcome }) => outcome === 'start'
    && entry.frameworkId === frameworkId && entry.task.executor?.executorId === executorId)
  if (isComing || active.executors.has(executorKey(frameworkId, executorId))) return state
  return tellExited(state, frameworkId, executorId, {}, ctx)
}

/** If the master is away it learns so from the next registration, which lists the executors that run. */
function tellExited(
  state: State, frameworkId: FrameworkId, executorId: ExecutorId,
  how: { readonly exitCode?: number; readonly signal?: string }, ctx: Ctx,
): State {
  const { master, epoch, memory: { agentId, tasks, life: { number: life } = {} } } = state
  // Their updates wait for a journal that is slow, and the master must not take them for what is still to come.
  const launches = [...tasks.values()]
    .filter((held) => held.frameworkId === frameworkId && held.task.executor?.executorId === executorId)
    .map(({ launchId }) => launchId)
  const common = { type: 'executor-exited', frameworkId, executorId, ...how, launches, epoch } as const
  const exited = { ...common, ...(life === undefined ? {} : { life }) }
  if (master && agentId) ctx.tell(master, { ...exited, agentId })
  if (state.phase === 'registering') outdate(state)
  return state
}
