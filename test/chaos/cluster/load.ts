/**
 * Load: a framework that keeps agents full of short tasks, as an author would write it who has seen everything
 * fail: it writes down what it does before it does it, asks again what became of its tasks, and repeats its kills.
 *
 * What each task is follows from the seed and its number. A task says in a file of all tasks (the witness) that it
 * has really begun.
 */
import {
  add, contains, executorOf, framework, isTerminal, resources, subtract, takePorts, task, type Framework,
  type FrameworkContext, type Offer, type Resources, type StatusUpdate, type TaskInfo,
} from '../../../infra/author.js'
import { seededRandom } from '../../../runtime/random.js'
import { openTasks, type History } from './history.js'
import type { ExecutorTask } from './load-executor.js'

export interface LoadOptions {
  readonly name: string
  readonly seed: number
  /** Every task appends a line to it. */
  readonly witnessPath: string
  readonly history: History
  /** A file that exports an executor; without one all tasks are commands. */
  readonly executorFile?: string
  /** Tasks at once. */
  readonly liveMax: number
}

/** No new tasks; those that would last are ended. */
export type LoadOrder = 'drain'

interface Plan {
  readonly wanted: Resources
  readonly withPort: boolean
  readonly line: string
  readonly lastsMs: number
  /** From when it runs until it is killed. */
  readonly killAfterMs?: number
  readonly timeoutMs?: number
  readonly byExecutor: boolean
}

interface State {
  readonly live: Map<string, Plan>
  next: number
  draining: boolean
}

const FAILOVER_TIMEOUT_MS = 120_000
const LOOK_MS = 2_000
const KILL_GRACE_MS = 500
/** What lasts longer is ended when it is time to rest. */
const DRAINED_MS = 2_000
const SPENT_TWICE_EVERY = 11
const NOTHING = resources({})
/** For itself, beside its tasks. */
const EXECUTOR = resources({ cpus: 0.1, mem: 32 })
const KINDS = ['finish', 'fail', 'race', 'kill', 'stubborn', 'long', 'timeout'] as const

export function load(options: LoadOptions): Framework<State, LoadOrder> {
  const { name, history } = options
  return framework<State, LoadOrder>({
    name, failoverTimeoutMs: FAILOVER_TIMEOUT_MS,
    initial(ctx) {
      ctx.after('look', LOOK_MS)
      const accepted = history.earlier.filter(({ event }) => event === 'accepted')
      const live = openTasks(history.earlier).all.map((taskId) => [taskId, planOf(options, numberOf(taskId))] as const)
      return { live: new Map(live), next: accepted.length, draining: false }
    },
    receive(state, event, ctx) {
      switch (event.type) {
        case 'subscribed':
          history.write({ event: 'subscribed', frameworkId: event.frameworkId })
          look(state, ctx)
          return state
        case 'offers':
          for (const offer of event.offers) answer(state, offer, options, ctx)
          return state
        case 'update': return onUpdate(state, event.update, history, ctx)
        case 'timer':
          if (event.name !== 'look') end(event.name, history, ctx)
          else {
            look(state, ctx)
            if (state.draining) endLong(state, history, ctx)
            ctx.after('look', LOOK_MS)
          }
          return state
        case 'disconnected':
          history.write({ event: 'disconnected' })
          return state
        case 'error':
          history.write({ event: 'refused', problem: event.problem })
          return state
        case 'told':
          state.draining = true
          endLong(state, history, ctx)
          return state
        default: return state
      }
    },
  })
}

function answer(state: State, offer: Offer, options: LoadOptions, ctx: FrameworkContext): void {
  const tasks: TaskInfo[] = []
  let left = offer.resources
  while (!state.draining && state.live.size < options.liveMax) {
    const plan = planOf(options, state.next)
    const port = portFor(plan, left)
    const wish = add(add(plan.wanted, port), plan.byExecutor ? EXECUTOR : NOTHING)
    if (!contains(left, wish)) break
    left = subtract(left, wish)
    tasks.push(taken(state, options, port))
  }
  if (tasks.length === 0) ctx.decline(offer, { refuseMs: 500 })
  else ctx.accept(offer, tasks, { refuseMs: 200 })
  // An offer that is spent already: the master must say so.
  if (state.next % SPENT_TWICE_EVERY === 0 && tasks.length > 0) ctx.accept(offer, [taken(state, options, NOTHING)])
}

/** Writes down that a task is accepted, and makes it. */
function taken(state: State, options: LoadOptions, port: Resources): TaskInfo {
  const plan = planOf(options, state.next)
  const id = `${options.name}-${state.next++}`
  state.live.set(id, plan)
  options.history.write({ event: 'accepted', taskId: id })
  const { line, timeoutMs, wanted, byExecutor, lastsMs } = plan
  const common = { id, resources: add(wanted, port) }
  if (!byExecutor) return task({ ...common, command: line, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  const { executorFile: file = '', witnessPath } = options
  const data: ExecutorTask = { witnessPath, lastsMs }
  return task({ ...common, executor: executorOf({ id: 'e', file, resources: EXECUTOR }), data: JSON.stringify(data) })
}

function onUpdate(state: State, update: StatusUpdate, history: History, ctx: FrameworkContext): State {
  const { taskId, launchId, updateId, state: now, source, reason, text } = update
  history.write({ event: 'updated', update: {
    state: now, source, taskId, ...(launchId ? { launchId } : {}), ...(updateId ? { updateId } : {}),
    ...(reason ? { reason } : {}), ...(text ? { text } : {}),
  } })
  if (isTerminal(now) || now === 'UNKNOWN') {
    state.live.delete(taskId)
    ctx.cancel(taskId)
  }
  const killAfterMs = state.live.get(taskId)?.killAfterMs
  if (now === 'RUNNING' && updateId && killAfterMs !== undefined) ctx.after(taskId, killAfterMs)
  return state
}

/** Whatever was lost on its way, in either direction, comes to light when it is asked for. */
function look(state: State, ctx: FrameworkContext): void {
  if (state.live.size > 0) ctx.reconcile([...state.live.keys()])
}

function endLong(state: State, history: History, ctx: FrameworkContext): void {
  for (const [taskId, { lastsMs }] of state.live) if (lastsMs > DRAINED_MS) end(taskId, history, ctx)
}

function end(taskId: string, history: History, ctx: FrameworkContext): void {
  history.write({ event: 'killed', taskId })
  ctx.kill(taskId, { graceMs: KILL_GRACE_MS })
}

const numberOf = (taskId: string): number => Number(taskId.slice(taskId.lastIndexOf('-') + 1))

const portFor = ({ withPort }: Plan, left: Resources): Resources =>
  (withPort ? takePorts(left, 1)?.taken : undefined) ?? NOTHING

function planOf({ seed, witnessPath, executorFile }: LoadOptions, number: number): Plan {
  const random = seededRandom(seed * 1_000_003 + number)
  const kind = KINDS[Math.floor(random.next() * KINDS.length)] ?? 'finish'
  const [leastMs, moreMs] = kind === 'long' || kind === 'stubborn' ? [4_000, 6_000] : [50, 1_500]
  const lastsMs = Math.round(leastMs + moreMs * random.next())
  const sleep = `sleep ${(lastsMs / 1_000).toFixed(3)}`
  const end = kind === 'fail' ? `${sleep}; exit 3` : kind === 'stubborn' ? `trap '' TERM; ${sleep}` : `exec ${sleep}`
  return {
    wanted: resources({ cpus: 0.1 + Math.round(random.next() * 8) / 10, mem: 16 + Math.floor(random.next() * 100) }),
    withPort: random.next() < 0.4, byExecutor: executorFile !== undefined && random.next() < 0.2, lastsMs,
    line: `echo "$WARREN_TASK_DIRECTORY $(date +%s%3N)" >>'${witnessPath}'; ${end}`,
    // A race: as near to its own end as chance can come.
    ...(kind === 'race' ? { killAfterMs: Math.max(0, Math.round(lastsMs - 20 + 40 * random.next())) } : {}),
    ...(kind === 'kill' || kind === 'stubborn' ? { killAfterMs: Math.round(lastsMs * random.next() / 2) } : {}),
    ...(kind === 'timeout' ? { timeoutMs: Math.round(lastsMs / 2) + 1 } : {}),
  }
}
