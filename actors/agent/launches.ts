/** Launches: how the agent admits tasks and has them run, and finds those of an earlier life again. */
import { STOP } from '../../runtime/supervision.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { LaunchId } from '../protocol/ids.js'
import { KILL_GRACE_DEFAULT_MS, type Launch, type TaskReport } from '../protocol/running.js'
import { isTerminal, type ExecutorInfo } from '../protocol/task.js'
import { onExecutorUnused } from './executors.js'
import { LAST_LAUNCHES_MAX, remember } from './memory.js'
import { executorKey, hasRoom } from './room.js'
import type { ActiveExecutor, Admitting, AgentOptions, Ctx, State } from './state.js'
import { onReport } from './tasks.js'

/** A launch that was ever taken is not taken again; one that does not fit is refused. */
export function onRun(
  state: State, { frameworkId, launchId, role, task }: Extract<AgentEvent, { type: 'run-task' }>,
  options: AgentOptions, ctx: Ctx,
): State {
  // Before the journal is read nobody knows what was taken; whoever leads sends it again.
  if (state.phase === 'recovering' || state.phase === 'leaving') return state
  const { memory, active } = state
  const isAdmitting = [...active.admitting.values()].some(({ entry }) => entry.launchId === launchId)
  if (memory.launches.has(launchId) || isAdmitting) return state
  const outcome = hasRoom(state, options.info.resources, frameworkId, task) ? 'start' : 'no-room'
  const entry = { type: 'launch-admitted', launchId, frameworkId, role, task } as const
  const token = active.nextToken++
  active.admitting.set(token, { entry, outcome })
  ctx.tell(options.journal, { type: 'append', records: [entry], token, replyTo: ctx.self })
  return state
}

export function onAdmitted(state: State, token: number, options: AgentOptions, ctx: Ctx): State {
  const admitted = state.active.admitting.get(token)
  if (!admitted) return state
  state.active.admitting.delete(token)
  remember(state.memory, admitted.entry)
  const { launchId, frameworkId, task } = admitted.entry
  switch (admitted.outcome) {
    case 'start':
      start(state, { launchId, frameworkId, task }, false, options, ctx)
      return state
    case 'killed': return refuse(state, admitted, { state: 'KILLED', reason: 'killed-during-launch' }, options, ctx)
    case 'no-room': {
      const text = 'the agent has no room for it'
      return refuse(state, admitted, { state: 'DROPPED', reason: 'no-room', text }, options, ctx)
    }
  }
}

/**
 * The disk refused the launch, so nothing runs; the update waits for the disk like any other. A life of
 * the agent that ends before that forgets both, and is sent the launch again.
 */
export function onNotAdmitted(state: State, token: number, reason: string, options: AgentOptions, ctx: Ctx): State {
  const refused = state.active.admitting.get(token)
  if (!refused) return state
  state.active.admitting.delete(token)
  remember(state.memory, refused.entry)
  const text = `the agent's disk refused it: ${reason}`
  return refuse(state, refused, { state: 'DROPPED', reason: 'journal-failed', text }, options, ctx)
}

/** Tasks that an earlier life of this agent began: commands run on without it, executors do not. */
export function adoptAll(state: State, options: AgentOptions, ctx: Ctx): void {
  for (const held of state.memory.tasks.values()) {
    const { launchId, task } = held
    state.active.counts.set(launchId, held.updates)
    if (isTerminal(held.state)) continue
    if (task.executor) {
      onReport(state, { type: 'task-report', launchId, state: 'GONE', reason: 'agent-restarted' }, options, ctx)
      continue
    }
    start(state, held, held.state !== 'STAGING' || held.updates > 0, options, ctx)
    const runner = state.active.runners.get(launchId)
    // Its grace was counted by a life that is over.
    if (held.state !== 'KILLING' || !runner) continue
    ctx.tell(runner, { type: 'end', launchId, graceMs: task.killGraceMs ?? KILL_GRACE_DEFAULT_MS })
  }
}

/** It never begins. Nor does an executor that only it would have needed. */
function refuse(
  state: State, { entry }: Admitting, why: Pick<TaskReport, 'state' | 'reason' | 'text'>,
  options: AgentOptions, ctx: Ctx,
): State {
  const { launchId, frameworkId, task } = entry
  if (task.executor) onExecutorUnused(state, frameworkId, task.executor.executorId, ctx)
  return onReport(state, { type: 'task-report', launchId, ...why }, options, ctx)
}

function start(state: State, launch: Launch, recovered: boolean, options: AgentOptions, ctx: Ctx): void {
  const { launchId, frameworkId, task } = launch
  const { runners, outputs } = state.active
  if (!task.executor) {
    const common = { agent: ctx.self, launcher: options.launcher }
    const actor = options.executors.command({ ...common, launch: { launchId, frameworkId, task }, recovered })
    runners.set(launchId, ctx.spawn(launchId, actor))
    return
  }
  const executor = executorFor(state, launch, task.executor, options, ctx)
  outputs.set(launchId, executor.launchId)
  const [oldest] = outputs.keys()
  if (outputs.size > LAST_LAUNCHES_MAX && oldest !== undefined) outputs.delete(oldest)
  runners.set(launchId, executor.ref)
  ctx.tell(executor.ref, { type: 'run', launch })
}

/** The executor of that id, which is started if it does not run. */
function executorFor(
  { active: { executors } }: State, { launchId, frameworkId }: Launch, executor: ExecutorInfo,
  options: AgentOptions, ctx: Ctx,
): ActiveExecutor {
  const key = executorKey(frameworkId, executor.executorId)
  const known = executors.get(key)
  if (known) return known
  const name = `${launchId}-executor` as LaunchId
  const common = { agent: ctx.self, launcher: options.launcher }
  const actor = options.executors.process({ ...common, frameworkId, executor, launchId: name })
  const ref = ctx.spawn(name, actor, STOP)
  ctx.watch(ref, { type: 'executor-stopped', key, executor: ref })
  const { executorId, resources } = executor
  const started = { ref, launchId: name, frameworkId, executorId, resources }
  executors.set(key, started)
  return started
}
