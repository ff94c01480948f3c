/**
 * Executor: what the author of a custom executor writes, and the actor around it. One process runs as
 * many of a framework's tasks as it likes; the actor registers it with its agent and repeats every
 * report until the agent has it on disk. It outlives its agent: the next life of that finds it, and it
 * registers there with what it runs.
 */
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { LogLevel } from '../../runtime/logger.js'
import { returnedState } from '../../runtime/returned-state.js'
import { executorEvent, type ExecutorCall, type ExecutorEvent } from '../protocol/executor.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from '../protocol/ids.js'
import { isTerminal, type TaskInfo, type TaskState } from '../protocol/task.js'

export interface Executor<State, Told = never> {
  initial(ctx: ExecutorContext<Told>): State
  receive(state: State, event: ExecutorInput<Told>, ctx: ExecutorContext<Told>): State
}

export type ExecutorInput<Told = never> =
  | { readonly type: 'registered' }
  | { readonly type: 'launch'; readonly task: TaskInfo }
  | { readonly type: 'kill'; readonly taskId: TaskId; readonly graceMs: number }
  | { readonly type: 'message'; readonly data: Uint8Array }
  /** The framework has ended, or the agent leaves: end within the grace. */
  | { readonly type: 'shutdown'; readonly graceMs: number }
  | { readonly type: 'timer'; readonly name: string }
  /** What `ctx.run` came to. */
  | { readonly type: 'told'; readonly told: Told }

export interface UpdateDetails {
  readonly text?: string
  readonly exitCode?: number
  readonly data?: Uint8Array
}

export interface ExecutorContext<Told = never> {
  /** Reports a step in a task's life; repeated until the agent has it. */
  update(taskId: string, state: TaskState, more?: UpdateDetails): void
  /** To the framework; at most once. */
  message(data: Uint8Array): void
  /**
   * Does work outside of the actor, such as a computation or a request; its result comes as `told`.
   * A failure is given to `failed`, whose answer comes instead.
   */
  run(work: () => Promise<Told>, failed: (error: unknown) => Told): void
  after(name: string, delayMs: number): void
  cancel(name: string): void
  /** Ends this process once all reports have been noted. */
  finish(): void
  now(): number
  log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Declares an executor; only the types need it. */
export const executor = <State, Told = never>(definition: Executor<State, Told>): Executor<State, Told> => definition

/** Runs work outside of actors and tells its outcome; the executor's port to the world. */
export interface WorkRequest {
  readonly type: 'work'
  readonly work: () => Promise<unknown>
  readonly failed: (error: unknown) => unknown
  readonly replyTo: Ref<{ readonly type: 'worked'; readonly result: unknown }>
}

export interface ExecutorActorOptions {
  readonly agent: Ref<ExecutorCall>
  readonly frameworkId: FrameworkId
  readonly executorId: ExecutorId
  readonly worker: Ref<WorkRequest>
  readonly owner: Ref<{ readonly type: 'executor-finished' }>
}

const REGISTER_AGAIN_MS = 1_000
const REPORT_AGAIN_MS = 2_000
/** Without its agent nobody can be told what it does: after this time it must not go on doing it. */
export const AGENT_AWAY_MAX_MS = 900_000
/** A launch may come twice, and the second time when its task is over; so many of those are remembered. */
export const ENDED_LAUNCHES_MAX = 10_000

type Report = Extract<ExecutorCall, { type: 'report-task' }>
type Private =
  | { readonly type: 'register' | 'report-again' | 'agent-gone' | 'agent-away' }
  | { readonly type: 'author-timer'; readonly name: string }
  | { readonly type: 'worked'; readonly result: unknown }
export type ExecutorNodeOrder =
  /** The node is back among the others: what its agent has said meanwhile may be lost. */
  { readonly type: 'reconnected' }
type Message = ExecutorEvent | ExecutorNodeOrder | Private

interface State<Author> {
  author: Author
  /** The present life of its agent. */
  agent: Ref<ExecutorCall>
  registered: boolean
  /** It has been registered before, perhaps with an earlier life of its agent. */
  joined: boolean
  finishing: boolean
  nextSequence: number
  /** Reports that the agent has not noted yet, oldest first. */
  readonly unnoted: Map<number, Report>
  /** The launches that it was given, until their end is noted. */
  readonly given: Set<LaunchId>
  /** Those whose end is noted: the last ones. */
  readonly ended: Set<LaunchId>
  /** The launch by which it was last given a task. */
  readonly current: Map<TaskId, LaunchId>
}

type Ctx = Context<Message>

export const executorActor = <Author, Told>(
  definition: Executor<Author, Told>, options: ExecutorActorOptions,
): Actor<State<Author>, Message> => ({
  accepts: executorEvent,
  initial(ctx) {
    const state: State<Author> = {
      author: undefined as Author, agent: options.agent, registered: false, joined: false, finishing: false,
      nextSequence: 1, unnoted: new Map(), given: new Set(), ended: new Set(), current: new Map(),
    }
    state.author = returnedState(definition.initial(contextOf(state, options, ctx)), 'initial')
    ctx.watch(state.agent, { type: 'agent-gone' })
    ctx.every('report-again', REPORT_AGAIN_MS, { type: 'report-again' })
    return register(state, options, ctx)
  },
  receive(state, message, ctx) {
    const give = (event: ExecutorInput<Told>): State<Author> => {
      state.author = returnedState(definition.receive(state.author, event, contextOf(state, options, ctx)), 'receive')
      return state
    }
    switch (message.type) {
      case 'register': return state.registered ? state : register(state, options, ctx)
      case 'executor-registered': {
        const first = !state.joined
        state.registered = state.joined = true
        return first ? give({ type: 'registered' }) : state
      }
      case 'launch-task': {
        const { task, launchId } = message
        if (launchId === undefined) return give({ type: 'launch', task })
        // Its agent could not know whether it had come here.
        if (state.given.has(launchId) || state.ended.has(launchId)) return state
        state.given.add(launchId)
        state.current.set(task.taskId, launchId)
        return give({ type: 'launch', task })
      }
      case 'stop-task': return give({ type: 'kill', taskId: message.taskId, graceMs: message.graceMs })
      case 'report-noted': return onNoted(state, message.sequence, options, ctx)
      case 'report-again': return reportAgain(state, ctx)
      case 'tell-executor': return give({ type: 'message', data: message.data })
      case 'shut-down': return give({ type: 'shutdown', graceMs: message.graceMs })
      case 'reconnect-executor': return onReconnect(state, message.agent as Ref<ExecutorCall>, options, ctx)
      case 'reconnected': return onReconnect(state, state.agent, options, ctx)
      case 'agent-gone':
        state.registered = false
        // One that no agent has ever known is looked for by none.
        if (!state.joined) ctx.tell(options.owner, { type: 'executor-finished' })
        ctx.after('agent-away', AGENT_AWAY_MAX_MS, { type: 'agent-away' })
        return state
      case 'agent-away':
        ctx.tell(options.owner, { type: 'executor-finished' })
        return state
      case 'author-timer': return give({ type: 'timer', name: message.name })
      case 'worked': return give({ type: 'told', told: message.result as Told })
      default: return unhandled(message)
    }
  },
})

function register<Author>(
  state: State<Author>, { frameworkId, executorId }: ExecutorActorOptions, ctx: Ctx,
): State<Author> {
  const launches = [...state.given]
  ctx.tell(state.agent, { type: 'register-executor', executor: ctx.self, frameworkId, executorId, launches })
  ctx.after('register', REGISTER_AGAIN_MS, { type: 'register' })
  return state
}

/** Its agent, or the next life of that, asks what it has. Repeated until that has heard of it. */
function onReconnect<Author>(
  state: State<Author>, agent: Ref<ExecutorCall>, options: ExecutorActorOptions, ctx: Ctx,
): State<Author> {
  // Watched anew even if it is the same: it may have been taken for gone.
  ctx.unwatch(state.agent)
  ctx.watch(agent, { type: 'agent-gone' })
  ctx.cancel('agent-away')
  state.agent = agent
  state.registered = false
  return reportAgain(register(state, options, ctx), ctx)
}

function reportAgain<Author>(state: State<Author>, ctx: Ctx): State<Author> {
  for (const report of state.unnoted.values()) ctx.tell(state.agent, report)
  return state
}

function onNoted<Author>(
  state: State<Author>, sequence: number, options: ExecutorActorOptions, ctx: Ctx,
): State<Author> {
  const report = state.unnoted.get(sequence)
  state.unnoted.delete(sequence)
  if (report?.launchId !== undefined && isTerminal(report.state)) {
    state.given.delete(report.launchId)
    state.ended.add(report.launchId)
    const [oldest] = state.ended
    if (state.ended.size > ENDED_LAUNCHES_MAX && oldest !== undefined) state.ended.delete(oldest)
    if (state.current.get(report.taskId) === report.launchId) state.current.delete(report.taskId)
  }
  return finishIfDone(state, options, ctx)
}

function finishIfDone<Author>(state: State<Author>, { owner }: ExecutorActorOptions, ctx: Ctx): State<Author> {
  if (state.finishing && state.unnoted.size === 0) ctx.tell(owner, { type: 'executor-finished' })
  return state
}

function contextOf<Author, Told>(state: State<Author>, options: ExecutorActorOptions, ctx: Ctx): ExecutorContext<Told> {
  const { frameworkId, executorId, worker } = options
  return {
    update(taskId, taskState, more = {}) {
      const sequence = state.nextSequence++
      const launchId = state.current.get(taskId as TaskId)
      const step = { taskId: taskId as TaskId, sequence, state: taskState, ...more }
      const report: Report = {
        type: 'report-task', frameworkId, executorId, ...step, ...(launchId === undefined ? {} : { launchId }),
      }
      state.unnoted.set(sequence, report)
      ctx.tell(state.agent, report)
    },
    message: (data) => ctx.tell(state.agent, { type: 'tell-framework', frameworkId, executorId, data }),
    run: (work, failed) => ctx.tell(worker, { type: 'work', work, failed, replyTo: ctx.self }),
    after: (name, delayMs) => ctx.after(`author:${name}`, delayMs, { type: 'author-timer', name }),
    cancel: (name) => ctx.cancel(`author:${name}`),
    finish() {
      state.finishing = true
      finishIfDone(state, options, ctx)
    },
    now: () => ctx.now(),
    log: (level, text, fields) => ctx.log(level, text, fields),
  }
}
