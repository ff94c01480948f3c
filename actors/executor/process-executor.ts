/**
 * Process executor: the agent's side of a custom executor, which is a process of its own on the same
 * transport. Starts it, hands it tasks once it has registered, and answers for its tasks when it ends.
 */
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import { executorCall, type ExecutorCall, type ExecutorEvent } from '../protocol/executor.js'
import type { LaunchId, TaskId } from '../protocol/ids.js'
import type { Exit, LauncherEvent, Program } from '../protocol/machine.js'
import type { ExecutorOrder, Launch, ProcessExecutorOptions } from '../protocol/running.js'
import { isTerminal, type Program as DeclaredProgram, type Reason } from '../protocol/task.js'
import { Heard } from './heard.js'

export const REGISTRATION_TIMEOUT_MS = 60_000
export const SHUTDOWN_GRACE_MS = 5_000

type Private = { readonly type: 'registration-over' | 'shutdown-over' | 'executor-lost' }
type Message = ExecutorOrder | ExecutorCall | LauncherEvent | Private

interface State {
  readonly phase: 'registering' | 'running' | 'ending'
  readonly executor: Ref<ExecutorEvent> | undefined
  /** Live tasks, in the order in which they came. */
  readonly tasks: ReadonlyMap<TaskId, Launch>
  /** Reports that were passed on: they are repeated until noted, and each is one step. */
  readonly heard: Heard
}

/** How this cluster runs an executor that is a file: the program, and what it must know to join. */
export interface ModuleRunner {
  program(file: string): Program
  environment(self: Ref<ExecutorCall>): Readonly<Record<string, string>>
}

type Ctx = Context<Message>
type Options = ProcessExecutorOptions & { readonly modules: ModuleRunner }

export const processExecutor = (options: Options): Actor<State, Message> => ({
  accepts: executorCall,
  initial(ctx) {
    const { executor, frameworkId, launchId, launcher, modules } = options
    const environment = {
      ...executor.environment, ...modules.environment(ctx.self),
      WARREN_FRAMEWORK_ID: frameworkId, WARREN_EXECUTOR_ID: executor.executorId,
    }
    const program = machineProgram(executor.program, modules)
    ctx.tell(launcher, { type: 'start', launchId, program, environment, replyTo: ctx.self })
    ctx.after('registration', REGISTRATION_TIMEOUT_MS, { type: 'registration-over' })
    return { phase: 'registering', executor: undefined, tasks: new Map(), heard: new Heard() }
  },
  receive(state, message, ctx) {
    const { launcher, launchId, agent, frameworkId, executor: { executorId } } = options
    switch (message.type) {
      case 'run': return onRun(state, message.launch, ctx)
      case 'register-executor': return onRegister(state, message.executor, options, ctx)
      case 'report-task': return onReport(state, message, options, ctx)
      case 'noted': {
        const { taskId, sequence } = message
        if (state.executor) ctx.tell(state.executor, { type: 'report-noted', taskId, sequence })
        state.heard.note(sequence)
        return state
      }
      case 'end': return onEnd(state, message.launchId, message.graceMs, options, ctx)
      case 'end-all': return onEndAll(state, options, ctx)
      case 'pass-message':
        if (state.executor) ctx.tell(state.executor, { type: 'tell-executor', data: message.data })
        return state
      case 'tell-framework':
        ctx.tell(agent, { type: 'executor-said', frameworkId, executorId, data: message.data })
        return state
      case 'registration-over':
        return onGone(state, undefined, 'registration-timeout', 'the executor did not register in time', options, ctx)
      case 'shutdown-over': case 'executor-lost':
        // Its process may be alive yet deaf; it must not outlive the agent's trust in it.
        ctx.tell(launcher, { type: 'signal', launchId, signal: 'SIGKILL' })
        return state
      case 'exited': return onGone(state, message.exit, 'executor-terminated', describe(message.exit), options, ctx)
      case 'vanished': return onGone(state, undefined, 'executor-terminated', 'the executor ended unseen', options, ctx)
      case 'launch-failed': return onGone(state, undefined, 'launch-failed', message.reason, options, ctx)
      case 'started': return state
      default: return unhandled(message)
    }
  },
})

function onRun(state: State, launch: Launch, ctx: Ctx): State {
  if (state.executor) ctx.tell(state.executor, { type: 'launch-task', task: launch.task })
  return { ...state, tasks: new Map(state.tasks).set(launch.task.taskId, launch) }
}

function onRegister(state: State, executor: Ref<ExecutorEvent>, options: Options, ctx: Ctx): State {
  ctx.tell(executor, { type: 'executor-registered', executorId: options.executor.executorId })
  if (state.executor === executor) return state
  ctx.cancel('registration')
  ctx.watch(executor, { type: 'executor-lost' })
  for (const { task } of state.tasks.values()) ctx.tell(executor, { type: 'launch-task', task })
  if (state.phase === 'ending') ctx.tell(executor, { type: 'shut-down', graceMs: SHUTDOWN_GRACE_MS })
  return { ...state, executor, phase: state.phase === 'ending' ? 'ending' : 'running' }
}

function onReport(
  state: State, report: Extract<ExecutorCall, { type: 'report-task' }>, options: Options, ctx: Ctx,
): State {
  const { taskId, sequence, state: taskState, text, exitCode, data } = report
  const known = state.heard.statusOf(sequence)
  // On its way to the disk: the executor is told when it is there.
  if (known === 'passed-on') return state
  const launch = state.tasks.get(taskId)
  if (known === 'noted' || !launch) {
    // It is on disk, or the task has ended; the executor has only not heard so.
    if (state.executor) ctx.tell(state.executor, { type: 'report-noted', taskId, sequence })
    return state
  }
  ctx.tell(options.agent, {
    type: 'task-report', launchId: launch.launchId, state: taskState, noted: { to: ctx.self, taskId, sequence },
    ...(text === undefined ? {} : { text }), ...(exitCode === undefined ? {} : { exitCode }),
    ...(data === undefined ? {} : { data }),
  })
  state.heard.passOn(sequence)
  if (!isTerminal(taskState)) return state
  const tasks = new Map(state.tasks)
  tasks.delete(taskId)
  return { ...state, tasks }
}

function onEnd(state: State, launchId: LaunchId, graceMs: number, options: Options, ctx: Ctx): State {
  const launch = [...state.tasks.values()].find((each) => each.launchId === launchId)
  if (!launch) return state
  const { taskId } = launch.task
  if (state.executor) {
    ctx.tell(state.executor, { type: 'stop-task', taskId, graceMs })
    return state
  }
  ctx.tell(options.agent, { type: 'task-report', launchId, state: 'KILLED', reason: 'killed-during-launch' })
  const tasks = new Map(state.tasks)
  tasks.delete(taskId)
  return { ...state, tasks }
}

function onEndAll(state: State, options: Options, ctx: Ctx): State {
  if (state.phase === 'ending') return state
  if (state.executor) ctx.tell(state.executor, { type: 'shut-down', graceMs: SHUTDOWN_GRACE_MS })
  else ctx.tell(options.launcher, { type: 'signal', launchId: options.launchId, signal: 'SIGTERM' })
  ctx.after('shutdown', SHUTDOWN_GRACE_MS, { type: 'shutdown-over' })
  return { ...state, phase: 'ending' }
}

/** The executor has ended: so have its tasks. */
function onGone(
  state: State, exit: Exit | undefined, reason: Reason, text: string, options: Options, ctx: Ctx,
): State {
  const { agent, launcher, launchId, frameworkId, executor: { executorId } } = options
  const ended = state.phase === 'ending' ? 'KILLED' as const : 'FAILED' as const
  for (const launch of state.tasks.values()) {
    ctx.tell(agent, { type: 'task-report', launchId: launch.launchId, state: ended, reason, text })
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
