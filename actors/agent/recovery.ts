/** Recovery: how a new life of the agent finds again what an earlier one has begun. */
import { nodeOf } from '../../runtime/address.js'
import type { JournalEntry } from '../protocol/journal.js'
import { KILL_GRACE_DEFAULT_MS } from '../protocol/running.js'
import { isTerminal } from '../protocol/task.js'
import { executorKey, remember, sequenceOf, startOf, type TaskMemory } from './memory.js'
import { holdExecutor, start } from './starting.js'
import { LIFE, NO_LAUNCH, type AgentOptions, type Ctx, type State } from './state.js'
import { onReport } from './tasks.js'

const REBOOTED = 'the machine was rebooted'

/** Tasks of an earlier life: their processes have gone on without it, unless the machine was rebooted. */
export function recoverAll(state: State, options: AgentOptions, ctx: Ctx): void {
  const { life } = state.memory
  const rebooted = life !== undefined && life.bootId !== options.info.bootId
  beginLife(state, options, ctx)
  recoverExecutors(state, rebooted, options, ctx)
  for (const held of state.memory.tasks.values()) {
    const { launchId, task } = held
    state.active.counts.set(launchId, held.updates)
    if (isTerminal(held.state)) continue
    if (task.executor) recoverExecuted(state, held, rebooted, options, ctx)
    else {
      const begun = held.state !== 'STAGING' || held.updates > 0
      start(state, launchOf(held), rebooted ? 'status' : begun ? 'process' : 'nothing', options, ctx)
    }
    const runner = state.active.runners.get(launchId)
    // Its grace was counted by a life that is over.
    if (held.state !== 'KILLING' || !runner) continue
    ctx.tell(runner, { type: 'end', launchId, graceMs: task.killGraceMs ?? KILL_GRACE_DEFAULT_MS })
  }
}

/** Launches are written down together with this until it is known to be on disk: they are of this boot. */
function beginLife(state: State, { info: { bootId }, journal }: AgentOptions, ctx: Ctx): void {
  const node = nodeOf(ctx.self)
  const number = (state.memory.life?.number ?? 0) + 1
  const entry = { type: 'life-begun', name: node.slice(0, node.lastIndexOf('@')), bootId, number } as const
  remember(state.memory, entry)
  state.active.unwrittenLife = entry
  ctx.tell(journal, { type: 'append', records: [entry], token: LIFE, replyTo: ctx.self })
}

function recoverExecutors(state: State, rebooted: boolean, options: AgentOptions, ctx: Ctx): void {
  const ended: JournalEntry[] = []
  for (const [key, held] of state.memory.executors) {
    const { frameworkId, executorId, launchId, resources, executor } = held
    if (rebooted) {
      ended.push({ type: 'executor-dropped', frameworkId, executorId, launchId })
      continue
    }
    const launches = [...state.memory.tasks.values()].filter((task) => !isTerminal(task.state)
      && task.task.executor && executorKey(task.frameworkId, task.task.executor.executorId) === key)
    const origin = { type: 'recover', ...(executor ? { executor } : {}) } as const
    holdExecutor(state, { frameworkId, executorId, launchId, resources }, origin, launches.map(launchOf), options, ctx)
  }
  if (ended.length === 0) return
  ctx.tell(options.journal, { type: 'append', records: ended, token: NO_LAUNCH, replyTo: ctx.self })
}

/** Whether an executor that is not there any more has begun it nobody knows; so it does not begin once more. */
function recoverExecuted(state: State, held: TaskMemory, rebooted: boolean, options: AgentOptions, ctx: Ctx): void {
  const { launchId } = held
  if (state.active.runners.has(launchId)) return
  const text = rebooted ? REBOOTED : 'its executor has ended'
  onReport(state, { type: 'task-report', launchId, state: 'GONE', reason: 'agent-restarted', text }, options, ctx)
}

const launchOf = (held: TaskMemory) => {
  const { launchId, frameworkId, task } = held
  return { launchId, frameworkId, task, ...startOf(held), ...sequenceOf(held) }
}
