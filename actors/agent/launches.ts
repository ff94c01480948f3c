/** Launches: how the agent admits tasks and has them run. */
import type { AgentEvent } from '../protocol/agent.js'
import type { TaskReport } from '../protocol/running.js'
import type { StatusUpdate } from '../protocol/task.js'
import { onExecutorUnused } from './executors.js'
import { remember, updateIdOf } from './memory.js'
import { hasRoom } from './room.js'
import { start } from './starting.js'
import { IDENTITY, LIFE, type Admitting, type AgentOptions, type Ctx, type State } from './state.js'
import { onReport } from './tasks.js'

type Launch = Pick<Extract<AgentEvent, { type: 'run-task' }>, 'frameworkId' | 'launchId' | 'task'>

/** A launch that was ever taken is not taken again; one that does not fit is refused. */
export function onRun(
  state: State, { frameworkId, launchId, role, task }: Extract<AgentEvent, { type: 'run-task' }>,
  options: AgentOptions, ctx: Ctx,
): State {
  // Before the journal is read nobody knows what was taken; whoever leads sends it again.
  if (state.phase === 'recovering' || state.phase === 'leaving') return state
  const { memory, active } = state
  const isAdmitting = [...active.admitting.values()].some(({ entry }) => entry.launchId === launchId)
  const wasTaken = memory.launches.has(launchId)
  if (wasTaken && !memory.tasks.has(launchId)) tellOver(state, { frameworkId, launchId, task }, ctx)
  if (wasTaken || isAdmitting) return state
  const outcome = hasRoom(state, options.info.resources, frameworkId, task) ? 'start' : 'no-room'
  const entry = { type: 'launch-admitted', launchId, frameworkId, role, task } as const
  const token = active.nextToken++
  active.admitting.set(token, { entry, outcome })
  const records = [active.unwrittenLife, active.unwrittenId, entry].filter((each) => each !== undefined)
  ctx.tell(options.journal, { type: 'append', records, token, replyTo: ctx.self })
  return state
}

/**
 * Its end was acknowledged, which whoever sends it again does not know: the masters' log has lost that. If it is not
 * known here any more how it ended, it is told under a number that no update has.
 */
function tellOver(
  { master, memory }: State, { frameworkId, launchId, task: { taskId } }: Launch, ctx: Ctx,
): void {
  const { agentId, ends } = memory
  if (!master || !agentId) return
  const update: StatusUpdate = ends.get(launchId) ?? {
    updateId: updateIdOf(launchId, 0), frameworkId, agentId, taskId, launchId, state: 'GONE', source: 'agent',
    reason: 'agent-restarted', text: 'it has ended before, and its end was acknowledged', atMs: ctx.now(),
  }
  ctx.tell(master, { type: 'task-status', agentId, update: { ...update, agentId }, latestState: update.state })
}

export function onAdmitted(state: State, token: number, options: AgentOptions, ctx: Ctx): State {
  const admitted = state.active.admitting.get(token)
  if (admitted || token === LIFE) state.active.unwrittenLife = undefined
  if (admitted || token === IDENTITY) state.active.unwrittenId = undefined
  if (!admitted) return state
  state.active.admitting.delete(token)
  remember(state.memory, admitted.entry)
  const { launchId, frameworkId, task } = admitted.entry
  switch (admitted.outcome) {
    case 'start':
      start(state, { launchId, frameworkId, task }, 'nothing', options, ctx)
      return state
    case 'killed': return refuse(state, admitted, { state: 'KILLED', reason: 'killed-during-launch' }, options, ctx)
    case 'no-room': {
      const text = 'the agent has no room for it'
      return refuse(state, admitted, { state: 'DROPPED', reason: 'no-room', text }, options, ctx)
    }
  }
}

/**
 * The disk refused the launch, so nothing runs; the update waits for the disk like any other. The next life knows
 * neither, even if the update was written: the fold ignores updates of launches that it does not hold. So if the
 * master has not heard of it, it sends the launch again, and it is taken like a new one.
 */
export function onNotAdmitted(state: State, token: number, reason: string, options: AgentOptions, ctx: Ctx): State {
  const refused = state.active.admitting.get(token)
  if (!refused) return state
  state.active.admitting.delete(token)
  remember(state.memory, refused.entry)
  ctx.log('error', 'the disk refused a launch', { reason, launchId: refused.entry.launchId })
  const text = `the agent's disk refused it: ${reason}`
  return refuse(state, refused, { state: 'DROPPED', reason: 'journal-failed', text }, options, ctx)
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
