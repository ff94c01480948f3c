/** Starting: how a launch that is on disk gets whoever runs it. */
import { STOP } from '../../runtime/supervision.js'
import type { LaunchId } from '../protocol/ids.js'
import type { ExecutorOrigin, Launch } from '../protocol/running.js'
import { executorKey, LAST_LAUNCHES_MAX } from './memory.js'
import type { ActiveExecutor, AgentOptions, Ctx, State } from './state.js'

/** What an earlier attempt has left: perhaps a process, or (after a boot of the machine) at most its status. */
export type Left = 'nothing' | 'process' | 'status'

export function start(state: State, launch: Launch, left: Left, options: AgentOptions, ctx: Ctx): void {
  const { launchId, frameworkId, task: { executor } } = launch
  if (!executor) {
    const { agent, launcher } = ports(options, ctx)
    const actor = options.executors.command({
      agent, launcher, launch, recovered: left !== 'nothing', rebooted: left === 'status',
    })
    state.active.runners.set(launchId, ctx.spawn(launchId, actor))
    return
  }
  const known = state.active.executors.get(executorKey(frameworkId, executor.executorId))
  if (known) {
    runBy(state, known, launchId)
    ctx.tell(known.ref, { type: 'run', launch })
    return
  }
  const { executorId, resources } = executor
  // The name of one that has ended leads to its directory.
  const name = (left === 'nothing' ? `${launchId}-executor` : `${launchId}-executor-${ctx.now()}`) as LaunchId
  const held = { frameworkId, executorId, resources, launchId: name }
  holdExecutor(state, held, { type: 'start', executor }, [launch], options, ctx)
}

export type HeldExecutor = Omit<ActiveExecutor, 'ref'>

/** Has an executor, and these tasks in it; whatever becomes of it, the agent hears. */
export function holdExecutor(
  state: State, held: HeldExecutor, origin: ExecutorOrigin, launches: readonly Launch[],
  options: AgentOptions, ctx: Ctx,
): void {
  const { frameworkId, executorId, resources, launchId } = held
  const { journal } = options
  const actor = options.executors.process({
    ...ports(options, ctx), journal, frameworkId, executorId, resources, launchId, origin, launches,
  })
  const ref = ctx.spawn(launchId, actor, STOP)
  const key = executorKey(frameworkId, executorId)
  ctx.watch(ref, { type: 'executor-stopped', key, executor: ref })
  const executor: ActiveExecutor = { frameworkId, executorId, resources, launchId, ref }
  state.active.executors.set(key, executor)
  for (const launch of launches) runBy(state, executor, launch.launchId)
}

const ports = ({ launcher }: AgentOptions, ctx: Ctx) => ({ agent: ctx.self, launcher })

function runBy({ active }: State, { ref, launchId: process }: ActiveExecutor, launchId: LaunchId): void {
  const { runners, outputs } = active
  runners.set(launchId, ref)
  outputs.set(launchId, process)
  const [oldest] = outputs.keys()
  if (outputs.size > LAST_LAUNCHES_MAX && oldest !== undefined) outputs.delete(oldest)
}
