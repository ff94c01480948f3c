/**
 * Process executor: the agent's side of a custom executor, which is a process of its own on the same
 * transport. Starts it, or finds that of an earlier life of the agent; hands it tasks once it has
 * registered, and answers for its tasks when it ends.
 *
 * It is in the journal before its process starts, and with its address before it is given any task: so
 * the agent's next life can call it, and one that it cannot call has nothing that could be lost.
 */
import { unhandled, type Actor } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import { executorCall, type ExecutorCall, type ExecutorEvent } from '../protocol/executor.js'
import type { LaunchId } from '../protocol/ids.js'
import type { Exit, Program } from '../protocol/machine.js'
import type { Launch } from '../protocol/running.js'
import type { Program as DeclaredProgram, Reason, TaskState } from '../protocol/task.js'
import { handAgain, handOver, onEnd, onReport, onRun, onTimeOver, timedOut } from './handed-tasks.js'
import { Heard } from './heard.js'
import type { Ctx, Message, ModuleRunner, Options, State } from './process-state.js'

export const REGISTRATION_TIMEOUT_MS = 60_000
/** How long an executor of an earlier life of the agent may take to register with this one. */
export const RECONNECT_TIMEOUT_MS = 15_000
export const RECONNECT_AGAIN_MS = 1_000
export const SHUTDOWN_GRACE_MS = 5_000
/** Tokens of what it writes down. */
const HELD = 1
const JOINED = 2

export const processExecutor = (options: Options): Actor<State, Message> => ({
  accepts: executorCall,
  initial: (ctx) => begin(options, ctx),
  receive(state, message, ctx) {
    const { agent, frameworkId, executorId } = options
    switch (message.type) {
      case 'run': return state.ending && state.isUnneeded ? tooLate(state, message.launch, options, ctx)
        : onRun(state, message.launch, ctx)
      case 'committed': return onWritten(state, message.token, options, ctx)
      case 'append-failed': return onNotWritten(state, message.token, message.reason, options, ctx)
      case 'register-executor': return onRegister(state, message, options, ctx)
      case 'call-again': return call(state, ctx)
      case 'reconnected':
        if (state.phase === 'joined' && state.executor) askWhatItHas(state.executor, ctx)
        return state
      case 'report-task': return onReport(state, message, options, ctx)
      case 'noted': {
        const { taskId, sequence } = message
        if (state.executor) ctx.tell(state.executor, { type: 'report-noted', taskId, sequence })
        state.heard.note(sequence)
        return state
      }
      case 'end': return onEnd(state, message.launchId, message.graceMs, options, ctx)
      case 'time-over': return onTimeOver(state, message.launchId, ctx)
      case 'grace-over': return onGraceOver(state, message.launchId, options, ctx)
      case 'end-all': return onEndAll(state, options, ctx)
      case 'pass-message':
        if (state.executor) ctx.tell(state.executor, { type: 'tell-executor', data: message.data })
        return state
      case 'tell-framework':
        ctx.tell(agent, { type: 'executor-said', frameworkId, executorId, data: message.data })
        return state
      case 'registration-over': return onSilent(state, options, ctx)
      // Its process may be alive yet deaf; it must not outlive the agent's trust in it.
      case 'shutdown-over': case 'executor-lost': return kill(state, options, ctx)
      // Nobody can call it, and nobody has given it anything.
      case 'started': return isOrphan(state, options) ? kill(state, options, ctx) : state
      case 'exited': return onExit(state, message.exit, describe(message.exit), options, ctx)
      case 'vanished': return onExit(state, undefined, 'the executor ended unseen', options, ctx)
      case 'launch-failed':
        return onGone(state, undefined, failure(state, 'FAILED', 'launch-failed', message.reason), options, ctx)
      case 'replayed': return state
      default: return unhandled(message)
    }
  },
})

function begin(options: Options, ctx: Ctx): State {
  const { launchId, launcher, origin, launches } = options
  const none: State = {
    phase: 'writing', ending: false, isUnneeded: false, executor: undefined, joining: undefined, tasks: new Map(),
    heard: new Heard(),
  }
  const state = launches.reduce((before, launch) => onRun(before, launch, ctx), none)
  if (origin.type === 'start') {
    write(undefined, HELD, options, ctx)
    return state
  }
  ctx.tell(launcher, { type: 'adopt', launchId, replyTo: ctx.self })
  if (!origin.executor) return { ...state, phase: 'unjoined' }
  ctx.after('registration', RECONNECT_TIMEOUT_MS, { type: 'registration-over' })
  return call({ ...state, phase: 'reconnecting', executor: origin.executor }, ctx)
}

/** Writes it down, for the agent's next life. */
function write(executor: Ref<ExecutorEvent> | undefined, token: number, options: Options, ctx: Ctx): void {
  const { frameworkId, executorId, resources, launchId, journal } = options
  const held = { frameworkId, executorId, resources, launchId, ...(executor ? { executor } : {}) }
  ctx.tell(journal, { type: 'append', records: [{ type: 'executor-held', ...held }], token, replyTo: ctx.self })
}

function onWritten(state: State, token: number, options: Options, ctx: Ctx): State {
  if (token === HELD) return start(state, options, ctx)
  return state.joining ? join({ ...state, joining: undefined }, state.joining, [], options, ctx) : state
}

/** What registers once more is written once more; a process that nothing tells of never starts. */
function onNotWritten(state: State, token: number, reason: string, options: Options, ctx: Ctx): State {
  if (token === JOINED) return { ...state, joining: undefined }
  const text = `the agent's disk refused its executor: ${reason}`
  return onGone(state, undefined, failure(state, 'DROPPED', 'journal-failed', text), options, ctx)
}

function start(state: State, options: Options, ctx: Ctx): State {
  const { frameworkId, launchId, launcher, modules, origin } = options
  if (origin.type === 'recover') return state
  if (state.ending) return onGone(state, undefined, failure(state, 'KILLED', 'killed-during-launch'), options, ctx)
  const { executor } = origin
  const environment = {
    ...executor.environment, ...modules.environment(ctx.self),
    WARREN_FRAMEWORK_ID: frameworkId, WARREN_EXECUTOR_ID: executor.executorId,
  }
  const program = machineProgram(executor.program, modules)
  ctx.tell(launcher, { type: 'start', launchId, program, environment, replyTo: ctx.self })
  ctx.after('registration', REGISTRATION_TIMEOUT_MS, { type: 'registration-over' })
  return { ...state, phase: 'unjoined' }
}

/** Tells the executor of an earlier life where its agent is now. */
function call(state: State, ctx: Ctx): State {
  if (state.phase !== 'reconnecting' || !state.executor) return state
  askWhatItHas(state.executor, ctx)
  ctx.after('call', RECONNECT_AGAIN_MS, { type: 'call-again' })
  return state
}

/** It registers again, with all that it was given. */
const askWhatItHas = (executor: Ref<ExecutorEvent>, ctx: Ctx): void =>
  ctx.tell(executor, { type: 'reconnect-executor', agent: ctx.self })

function onRegister(
  state: State, { executor, launches = [] }: Extract<ExecutorCall, { type: 'register-executor' }>,
  options: Options, ctx: Ctx,
): State {
  if (state.executor === executor) return join(state, executor, launches, options, ctx)
  // From now on it can be found again, so it may be given tasks.
  if (!state.joining) write(executor, JOINED, options, ctx)
  return { ...state, joining: executor }
}

function join(
  state: State, executor: Ref<ExecutorEvent>, launches: readonly LaunchId[], options: Options, ctx: Ctx,
): State {
  ctx.tell(executor, { type: 'executor-registered', executorId: options.executorId })
  if (state.phase === 'joined' && state.executor === executor) return handAgain(state, executor, launches, ctx)
  ctx.cancel('registration')
  ctx.cancel('call')
  ctx.watch(executor, { type: 'executor-lost' })
  const next = handOver(state, executor, launches, options, ctx)
  if (state.ending) ctx.tell(executor, { type: 'shut-down', graceMs: SHUTDOWN_GRACE_MS })
  const joined: State = { ...next, executor, phase: 'joined' }
  // It would wait for its first task for ever.
  return joined.isUnneeded && joined.tasks.size === 0 && launches.length === 0 ? onEndAll(joined, options, ctx) : joined
}

/** Whoever wanted it may have it started anew. */
function tooLate(state: State, { launchId }: Launch, { agent }: Options, ctx: Ctx): State {
  const text = 'its executor was about to end, since nobody needed it'
  ctx.tell(agent, { type: 'task-report', launchId, state: 'DROPPED', reason: 'executor-terminated', text })
  return state
}

function onEndAll(state: State, options: Options, ctx: Ctx): State {
  if (state.ending) return state
  if (state.executor) ctx.tell(state.executor, { type: 'shut-down', graceMs: SHUTDOWN_GRACE_MS })
  else ctx.tell(options.launcher, { type: 'signal', launchId: options.launchId, signal: 'SIGTERM' })
  ctx.after('shutdown', SHUTDOWN_GRACE_MS, { type: 'shutdown-over' })
  return { ...state, ending: true }
}

/** Nobody but the executor can end a task of its; one that does not is ended itself, with all of its tasks. */
function onGraceOver(state: State, launchId: LaunchId, options: Options, ctx: Ctx): State {
  const isThere = [...state.tasks.values()].some(({ launch }) => launch.launchId === launchId)
  return isThere ? kill(state, options, ctx) : state
}

function onSilent(state: State, options: Options, ctx: Ctx): State {
  const why = state.phase === 'reconnecting'
    ? failure(state, 'GONE', 'registration-timeout', 'the executor did not come back to its agent in time')
    : failure(state, 'FAILED', 'registration-timeout', 'the executor did not register in time')
  return onGone(state, undefined, why, options, ctx)
}

function onExit(state: State, exit: Exit | undefined, text: string, options: Options, ctx: Ctx): State {
  const why = failure(state, 'FAILED', 'executor-terminated', text)
  // What an orphan was to run has not begun, and another executor may have it.
  return onGone(isOrphan(state, options) ? { ...state, tasks: new Map() } : state, exit, why, options, ctx)
}

/** Of an earlier life of the agent, in which it had not joined yet. */
const isOrphan = (state: State, { origin }: Options): boolean =>
  origin.type === 'recover' && state.phase === 'unjoined' && !state.ending

function kill(state: State, { launcher, launchId }: Options, ctx: Ctx): State {
  ctx.tell(launcher, { type: 'signal', launchId, signal: 'SIGKILL' })
  return state
}

interface Failure {
  readonly state: TaskState
  readonly reason: Reason
  readonly text?: string
}

const failure = ({ ending }: State, state: TaskState, reason: Reason, text?: string): Failure =>
  ({ state: ending ? 'KILLED' : state, reason, ...(text === undefined ? {} : { text }) })

/** The executor has ended: so have its tasks. */
function onGone(state: State, exit: Exit | undefined, why: Failure, options: Options, ctx: Ctx): State {
  const { agent, launcher, launchId, frameworkId, executorId } = options
  for (const { launch, end } of state.tasks.values()) {
    const told = end?.cause === 'timed-out' ? timedOut(launch) : why
    ctx.tell(agent, { type: 'task-report', launchId: launch.launchId, ...told })
  }
  const told = exit === undefined ? {} : 'code' in exit ? { exitCode: exit.code } : { signal: exit.signal }
  ctx.tell(agent, { type: 'executor-gone', frameworkId, executorId, ...told })
  ctx.tell(launcher, { type: 'signal', launchId, signal: 'SIGKILL' })
  ctx.tell(launcher, { type: 'forget', launchId })
  ctx.stop()
  return { ...state, tasks: new Map() }
}

function machineProgram(program: DeclaredProgram, modules: ModuleRunner): Program {
  switch (program.type) {
    case 'argv': return { argv: program.argv }
    case 'shell': return { shell: program.line }
    case 'module': return modules.program(program.file)
  }
}

const describe = (exit: Exit): string =>
  'code' in exit ? `the executor exited with ${exit.code}` : `the executor was ended by ${exit.signal}`
