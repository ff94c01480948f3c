/**
 * Run: a framework for one command. It takes the first offer that holds the command, passes on what the
 * command prints as it prints it, and ends with it.
 */
import type { Ref } from '../../runtime/address.js'
import type { Offer } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate, type TaskInfo } from '../protocol/task.js'
import { takePorts } from '../resources/amounts.js'
import { add, contains, type Resources } from '../resources/resources.js'
import {
  framework, type Framework, type FrameworkContext, type FrameworkEvent,
} from '../scheduler/framework.js'
import { task } from '../scheduler/task.js'
import { FullAgents } from './full-agents.js'
import { OutputReading } from './output-reading.js'
import { NO_MASTER_MS, SURE_MS, Patience } from './patience.js'
import type { RunEvent, RunOptions, RunOrder, State } from './run-state.js'

/**
 * A launch that never began (its offer was void, its agent had just gone) is tried again so often; for one that an
 * agent had no room for it waits, as before.
 */
export const LAUNCHES_MAX = 5
/** What does not hold the task now never will; an agent that has more than that is offered all the same. */
const REFUSE_MS = 3_600_000
/** The task has ended: how long an answer with the rest of its output may take, and how often it is asked. */
export const OUTPUT_TIMEOUT_MS = 5_000
const OUTPUT_TRIES_MAX = 3
const READ_AGAIN_MS = 1_000
/** The task outlives a connection that breaks, or a change of masters, by this long. */
const FAILOVER_TIMEOUT_MS = 10_000
const WORD_LENGTH_MAX = 24
const RANDOM_LENGTH = 4

type Event<T extends FrameworkEvent['type']> = Extract<FrameworkEvent<RunOrder>, { type: T }>

export const run = (options: RunOptions): Framework<State, RunOrder> => framework<State, RunOrder>({
  name: options.name,
  needs: options.resources,
  failoverTimeoutMs: FAILOVER_TIMEOUT_MS,
  initial(ctx) {
    const patience = new Patience(options.resources)
    patience.begin(ctx)
    ctx.after('no-master', NO_MASTER_MS)
    return {
      phase: 'waiting', launches: 0, failedLaunches: 0, taskId: '', patience, full: new FullAgents(),
      reading: undefined, closed: new Set(), isKilled: false, end: undefined, tries: 0,
    }
  },
  receive(state, event, ctx) {
    if (state.phase === 'over') return state
    switch (event.type) {
      case 'disconnected':
        ctx.tell(options.user, { type: 'disconnected' })
        ctx.after('no-master', NO_MASTER_MS)
        return state
      case 'subscribed': return onSubscribed(state, ctx)
      case 'fit': return onFit(state, event, options, ctx)
      case 'offers': return onOffers(state, event.offers, options, ctx)
      case 'update': return onUpdate(state, event.update, options, ctx)
      case 'output': return onOutput(state, event, options, ctx)
      case 'timer': return onTimer(state, event.name, options, ctx)
      case 'told': return onTold(state, event.told, options, ctx)
      default: return state
    }
  },
})

/** After a change of masters, what was being read is asked for again. */
function onSubscribed(state: State, ctx: FrameworkContext): State {
  ctx.cancel('no-master')
  state.patience.subscribed(ctx)
  if (state.phase !== 'launched') return state
  ctx.suppress()
  state.reading?.repeat(ctx)
  // A new master may not know of the task before its agent is back.
  ctx.after('ask-again', SURE_MS)
  return state
}

function onFit(state: State, event: Event<'fit'>, { user }: RunOptions, ctx: FrameworkContext): State {
  const { problem, waiting } = state.patience.fit(event)
  if (waiting) ctx.tell(user, { type: 'waiting', waiting })
  return problem === undefined ? state : over(state, { type: 'not-begun', problem }, user, ctx)
}

function onOffers(state: State, offered: readonly Offer[], options: RunOptions, ctx: FrameworkContext): State {
  const offers = state.full.pass(offered, ctx)
  const taken = state.phase === 'waiting' ? offers.find((offer) => needs(offer, options)) : undefined
  const left = offers.filter((offer) => offer !== taken)
  if (left.length > 0) ctx.decline(left, { refuseMs: REFUSE_MS })
  const resources = taken && needs(taken, options)
  if (!taken || !resources) return state
  state.launches++
  if (state.taskId === '') state.taskId = readableId(options.name, ctx)
  else state.taskId = `${state.taskId.replace(/\.\d+$/, '')}.${state.launches}`
  ctx.accept(taken, [taskFor(state.taskId, resources, options)])
  ctx.suppress()
  state.patience.end(ctx)
  ctx.tell(options.user, { type: 'launched', taskId: state.taskId, hostname: taken.hostname })
  state.phase = 'launched'
  return state
}

/** Short enough to type, and its own: people kill and inspect tasks by it. */
function readableId(name: string, ctx: FrameworkContext): string {
  const first = name.split(/\s/, 1)[0] ?? ''
  const base = first.slice(first.lastIndexOf('/') + 1)
  const word = base.replace(/[^A-Za-z0-9_-]+/g, '').slice(0, WORD_LENGTH_MAX)
  const random = Math.floor(ctx.random() * 36 ** RANDOM_LENGTH).toString(36).padStart(RANDOM_LENGTH, '0')
  return `${word || 'task'}-${random}`
}

/** What the task takes of an offer; undefined when the offer is too small. */
function needs({ resources: offered }: Offer, { resources, ports }: RunOptions): Resources | undefined {
  const taken = takePorts(offered, ports)?.taken
  const needed = taken && add(resources, taken)
  return needed && contains(offered, needed) ? needed : undefined
}

function taskFor(id: string, resources: Resources, options: RunOptions): TaskInfo {
  const { name, command, environment, timeoutMs } = options
  return task({
    id, name, resources, command, environment, ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
}

function onUpdate(state: State, update: StatusUpdate, options: RunOptions, ctx: FrameworkContext): State {
  if (update.taskId !== state.taskId) return state
  if (update.state === 'DROPPED' && !state.isKilled) {
    const hadNoRoom = state.full.refused(update, ctx.now())
    if (hadNoRoom || ++state.failedLaunches < LAUNCHES_MAX) return launchAgain(state, hadNoRoom, ctx)
  }
  if (update.reason === 'agent-reregistered') state.reading?.repeat(ctx)
  if (hasRun(update)) read(state, update, ctx)
  const isLost = LOST.has(update.state)
  if (!isLost && !isTerminal(update.state)) return state
  state.end = update
  if (isLost) return over(state, { type: 'ended', update }, options.user, ctx)
  ctx.after('output', OUTPUT_TIMEOUT_MS)
  return check(state, options, ctx)
}

function launchAgain(state: State, hadNoRoom: boolean, ctx: FrameworkContext): State {
  state.phase = 'waiting'
  if (hadNoRoom) state.patience.resume(ctx)
  else state.patience.begin(ctx)
  ctx.revive()
  return state
}

function read(state: State, update: StatusUpdate, ctx: FrameworkContext): void {
  if (!state.reading) {
    state.reading = new OutputReading(state.taskId)
    for (const stream of state.closed) state.reading.giveUp(stream)
    state.reading.begin(ctx)
  } else if (update.state === 'RUNNING') {
    // Said again: a new life of the agent has found the task, and knows nothing of who reads it.
    state.reading.repeat(ctx)
  }
}

function onOutput(state: State, event: Event<'output'>, options: RunOptions, ctx: FrameworkContext): State {
  const { user } = options
  const piece = state.reading?.take(event, ctx)
  if (!state.reading || !piece) return state
  const { stream, data, problem } = piece
  state.tries = 0
  if (problem !== undefined && state.end === undefined) {
    // The agent is away for a while, and the task runs on.
    ctx.after(`read-${stream}`, READ_AGAIN_MS)
    return state
  }
  if (problem !== undefined) {
    state.reading.giveUp(stream)
    ctx.tell(user, { type: 'output-lost', stream, problem })
  }
  if (data.length > 0) ctx.tell(user, { type: 'output', stream, data })
  return check(state, options, ctx)
}

function onTimer(state: State, name: string, options: RunOptions, ctx: FrameworkContext): State {
  const waiting = state.patience.timer(name, ctx)
  if (waiting) ctx.tell(options.user, { type: 'waiting', waiting })
  if (name === 'no-master') {
    const problem = `no master has led the cluster for ${NO_MASTER_MS / 1_000} seconds; is it running?`
    return over(state, { type: 'not-begun', problem, noMaster: true }, options.user, ctx)
  }
  if (name === 'ask-again') state.reading?.repeat(ctx)
  if (name === 'read-stdout') state.reading?.next('stdout', ctx)
  if (name === 'read-stderr') state.reading?.next('stderr', ctx)
  if (name !== 'output' || !state.end) return state
  ctx.after('output', OUTPUT_TIMEOUT_MS)
  if (!state.reading?.isAsking) return state
  if (++state.tries < OUTPUT_TRIES_MAX) {
    state.reading.repeat(ctx)
    return state
  }
  ctx.tell(options.user, { type: 'output-lost', stream: 'stdout', problem: 'its agent does not answer' })
  return over(state, { type: 'ended', update: state.end }, options.user, ctx)
}

function onTold(state: State, order: RunOrder, options: RunOptions, ctx: FrameworkContext): State {
  switch (order.type) {
    case 'written':
      state.reading?.next(order.stream, ctx)
      return check(state, options, ctx)
    case 'closed':
      state.closed.add(order.stream)
      state.reading?.giveUp(order.stream)
      return check(state, options, ctx)
    case 'kill':
      state.isKilled = true
      if (state.phase === 'waiting') return over(state, { type: 'not-begun' }, options.user, ctx)
      ctx.kill(state.taskId)
      return state
  }
}

/** Over once the task has ended and the last of its output has been passed on. */
function check(state: State, { user }: RunOptions, ctx: FrameworkContext): State {
  if (!state.end || state.reading?.ended === false) return state
  return over(state, { type: 'ended', update: state.end }, user, ctx)
}

function over(state: State, event: RunEvent, user: Ref<RunEvent>, ctx: FrameworkContext): State {
  ctx.tell(user, event)
  ctx.finish()
  state.phase = 'over'
  return state
}

/** It has, or may have, written something. */
const hasRun = ({ state, exitCode, signal }: StatusUpdate): boolean =>
  state === 'RUNNING' || state === 'KILLING' || exitCode !== undefined || signal !== undefined

/** Nobody is left who could tell what it wrote; for whoever waits for a command, that is the end. */
const LOST: ReadonlySet<StatusUpdate['state']> =
  new Set(['LOST', 'UNREACHABLE', 'GONE', 'GONE_BY_OPERATOR', 'UNKNOWN'])
