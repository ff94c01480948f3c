/**
 * Command executor: runs one command as one task. A supervised actor in the agent; the process itself
 * belongs to the machine, so a restarted executor, or agent, asks for it by its launch id and goes on.
 */
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import type { LauncherEvent, Program as MachineProgram } from '../protocol/machine.js'
import {
  KILL_GRACE_DEFAULT_MS, type CommandExecutorOptions, type ExecutorOrder, type TaskReport,
} from '../protocol/running.js'
import type { TaskInfo } from '../protocol/task.js'
import { taskEnvironment } from './environment.js'

type Private = { readonly type: 'grace-over' | 'time-over' }
type Message = ExecutorOrder | LauncherEvent | Private

interface State {
  readonly phase: 'starting' | 'running' | 'ending' | 'ended'
  /** Why it is being ended, if it is. */
  readonly cause: 'killed' | 'timed-out' | undefined
  /** When SIGKILL follows, in wall-clock milliseconds; never, unless it is being ended. */
  readonly killAtMs: number
}

export const commandExecutor = (options: CommandExecutorOptions): Actor<State, Message> => ({
  initial(ctx) {
    const { launch: { launchId, task }, launcher, recovered, rebooted } = options
    const state: State = { phase: 'starting', cause: undefined, killAtMs: Infinity }
    const program = machineProgram(task)
    if (!program) return end(state, { state: 'FAILED', reason: 'launch-failed', text: NO_COMMAND }, options, ctx)
    if (recovered) ctx.tell(launcher, { type: 'adopt', launchId, ...(rebooted ? { rebooted } : {}), replyTo: ctx.self })
    else {
      const { outputBytesMax } = task
      ctx.tell(launcher, {
        type: 'start', launchId, program, environment: taskEnvironment(options.launch), replyTo: ctx.self,
        ...(outputBytesMax === undefined ? {} : { outputBytesMax }),
      })
    }
    return state
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'started': return onStarted(state, options, ctx)
      case 'exited': return onExited(state, message, options, ctx)
      case 'launch-failed':
        return end(state, { state: 'FAILED', reason: 'launch-failed', text: message.reason }, options, ctx)
      case 'vanished': {
        const why = options.rebooted ? REBOOTED : UNSEEN
        return end(state, { reason: 'agent-restarted', ...why }, options, ctx)
      }
      case 'end': return onEnd(state, message.graceMs, 'killed', options, ctx)
      case 'end-all': return onEnd(state, 0, 'killed', options, ctx)
      case 'time-over': {
        const graceMs = options.launch.task.killGraceMs ?? KILL_GRACE_DEFAULT_MS
        return onEnd(state, graceMs, 'timed-out', options, ctx)
      }
      case 'grace-over':
        ctx.tell(options.launcher, { type: 'signal', launchId: options.launch.launchId, signal: 'SIGKILL' })
        return state
      case 'run': case 'pass-message': case 'noted': case 'reconnected': return state
      default: return unhandled(message)
    }
  },
})

type Ctx = Context<Message>

const REBOOTED = { state: 'GONE', text: 'the machine was rebooted' } as const
const UNSEEN = { state: 'FAILED', text: 'it ended while no agent watched' } as const
const NO_COMMAND = 'a module is no command; it is the program of an executor'

function onStarted(state: State, options: CommandExecutorOptions, ctx: Ctx): State {
  const { launch: { launchId, task, startedAtMs }, agent } = options
  if (state.phase === 'ended') return state
  if (state.phase === 'ending') {
    // It was to end before it had begun; now there is something to signal.
    ctx.tell(options.launcher, { type: 'signal', launchId, signal: 'SIGTERM' })
    ctx.after('grace', Math.max(0, state.killAtMs - ctx.now()), { type: 'grace-over' })
    return state
  }
  if (task.timeoutMs !== undefined) {
    const sinceMs = startedAtMs === undefined ? 0 : ctx.now() - startedAtMs
    ctx.after('time-over', Math.max(0, task.timeoutMs - sinceMs), { type: 'time-over' })
  }
  // Of one that is found again this has been said; saying so once more would look like a step.
  if (!options.recovered) ctx.tell(agent, { type: 'task-report', launchId, state: 'RUNNING' })
  return { ...state, phase: 'running' }
}

/** SIGTERM now, SIGKILL after the grace; a further order can only shorten the grace. */
function onEnd(
  state: State, graceMs: number, cause: 'killed' | 'timed-out', options: CommandExecutorOptions, ctx: Ctx,
): State {
  const { launch: { launchId }, agent, launcher } = options
  const killAtMs = ctx.now() + graceMs
  if (state.phase === 'ended' || killAtMs >= state.killAtMs) return state
  ctx.after('grace', graceMs, { type: 'grace-over' })
  if (state.phase === 'ending') return { ...state, killAtMs }
  if (state.phase === 'running') {
    ctx.tell(launcher, { type: 'signal', launchId, signal: 'SIGTERM' })
    ctx.tell(agent, { type: 'task-report', launchId, state: 'KILLING' })
  }
  return { phase: 'ending', cause, killAtMs }
}

function onExited(
  state: State, { exit, output }: Extract<LauncherEvent, { type: 'exited' }>, options: CommandExecutorOptions, ctx: Ctx,
): State {
  const ending = 'code' in exit ? { exitCode: exit.code } : { signal: exit.signal }
  const told = { ...ending, ...(output ? { output } : {}) }
  const how = 'code' in exit ? `exited with ${exit.code}` : `ended by ${exit.signal}`
  if (state.cause === 'killed') return end(state, { state: 'KILLED', text: how, ...told }, options, ctx)
  if (state.cause === 'timed-out') {
    const text = `it ran longer than ${(options.launch.task.timeoutMs ?? 0) / 1_000} s`
    return end(state, { state: 'FAILED', reason: 'timed-out', text, ...told }, options, ctx)
  }
  const finished = 'code' in exit && exit.code === 0
  return end(state, { state: finished ? 'FINISHED' : 'FAILED', text: how, ...told }, options, ctx)
}

function end(
  state: State, report: Omit<TaskReport, 'type' | 'launchId'>, options: CommandExecutorOptions, ctx: Ctx,
): State {
  if (state.phase === 'ended') return state
  const { launch: { launchId }, agent, launcher } = options
  ctx.tell(agent, { type: 'task-report', launchId, ...report })
  ctx.tell(launcher, { type: 'forget', launchId })
  ctx.stop()
  return { ...state, phase: 'ended' }
}

/** Undefined for what only an executor can run; the master refuses it, yet nothing may crash an agent. */
function machineProgram({ command }: TaskInfo): MachineProgram | undefined {
  switch (command?.program.type) {
    case 'argv': return { argv: command.program.argv }
    case 'shell': return { shell: command.program.line }
    default: return undefined
  }
}
