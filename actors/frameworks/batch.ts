/**
 * Batch: a framework that runs one command over many inputs, a task for each. It fills every offer with
 * as many tasks as fit, asks for none while it has nothing to launch, runs again what failed as often as
 * it may, and what was lost with its agent without holding that against the command. What an agent has no
 * room for yet goes on waiting, however often.
 */
import type { Offer } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate, type TaskInfo } from '../protocol/task.js'
import { framework, type Framework, type FrameworkContext, type FrameworkEvent } from '../scheduler/framework.js'
import { LOST_STATES } from '../scheduler/losses.js'
import { BatchOutputs } from './batch-outputs.js'
import {
  CHARACTERS_PER_ACCEPT_MAX, charactersOf, commandProblem, TASKS_PER_ACCEPT_MAX, timesIn,
} from './batch-packing.js'
import type { BatchEvent, BatchOptions, BatchOrder, State } from './batch-state.js'
import { taskMaker, type MakeTask } from './batch-task.js'
import { Backlog, resultOf, type Attempt, type End, type Item } from './batch-work.js'
import { FullAgents } from './full-agents.js'
import { NO_MASTER_MS, Patience } from './patience.js'

/** An input whose task was lost so often is given up: perhaps it is what its agents die of. */
export const LOSSES_MAX = 5
/** What does not hold a task never will; an agent that has more than that is offered all the same. */
export const REFUSE_MS = 3_600_000
/** How long to wait for the offer that a task's end usually brings, before asking for what was refused. */
export const REVIVE_AFTER_MS = 1_000
/** The tasks outlive a connection that breaks, or a change of masters, by this long. */
const FAILOVER_TIMEOUT_MS = 10_000

type Ctx = FrameworkContext
type Event = FrameworkEvent<BatchOrder>

export const batch = (options: BatchOptions): Framework<State, BatchOrder> => {
  const makeTask = taskMaker(options)
  return framework<State, BatchOrder>({
    name: options.name,
    needs: options.resources,
    failoverTimeoutMs: FAILOVER_TIMEOUT_MS,
    acknowledge: 'explicit',
    restartLost: true,
    initial: (ctx) => begin(options, ctx),
    receive(state, event, ctx) {
      if (!state.isOver) handle(state, event, options, makeTask, ctx)
      if (!state.isOver) adjust(state, options, ctx)
      return state
    },
  })
}

function begin(options: BatchOptions, ctx: Ctx): State {
  const state: State = {
    isOver: false, patience: new Patience(options.resources), waiting: new Backlog(), running: new Map(),
    outputs: new BatchOutputs(options.user, ({ attempt, update }, problem, now) =>
      conclude(state, attempt, update, options, now, problem)),
    full: new FullAgents(),
    totals: { ok: 0, failed: 0, offers: 0, accepts: 0, launched: 0 },
    inputs: 0, hasAllInputs: false, isSuppressed: false, hasSpurned: false, isReviving: false,
  }
  ctx.after('no-master', NO_MASTER_MS)
  return state
}

function handle(state: State, event: Event, options: BatchOptions, makeTask: MakeTask, ctx: Ctx): void {
  switch (event.type) {
    case 'told': return onTold(state, event.told, ctx)
    case 'subscribed': return onSubscribed(state, ctx)
    case 'disconnected':
      ctx.after('no-master', NO_MASTER_MS)
      return ctx.tell(options.user, { type: 'disconnected' })
    case 'offers': return onOffers(state, event.offers, options, makeTask, ctx)
    // What was lost with its agent is run again as the next attempt at its input.
    case 'lost': case 'update': return onUpdate(state, event.update, options, ctx)
    case 'output': return state.outputs.take(event, ctx)
    case 'fit': return onFit(state, event, options, ctx)
    case 'timer': return onTimer(state, event.name, options, ctx)
  }
}

function onTold(state: State, order: BatchOrder, ctx: Ctx): void {
  if (order.type === 'written') return state.outputs.written(order.taskId, order.stream, ctx)
  if (state.inputs === 0 && order.inputs.length > 0) state.patience.begin(ctx)
  for (const input of order.inputs) {
    state.waiting.put({ index: ++state.inputs, input, launches: 0, attempts: 0, failures: 0, losses: 0 })
  }
  state.hasAllInputs ||= order.isLast
}

/**
 * A master to which this scheduler was new has no refusals of it; one that knew it all the while only answers, and
 * keeps them. Both offer everything to who asks. What has become of its tasks is asked for by the library.
 */
function onSubscribed(state: State, ctx: Ctx): void {
  ctx.cancel('no-master')
  state.patience.subscribed(ctx)
  Object.assign(state, { isSuppressed: false, hasSpurned: false })
  if (state.waiting.size > 0) ctx.revive()
}

function onFit(state: State, event: Extract<Event, { type: 'fit' }>, { user }: BatchOptions, ctx: Ctx): void {
  const { problem, waiting } = state.patience.fit(event)
  if (waiting) ctx.tell(user, { type: 'waiting', waiting })
  if (problem !== undefined) end(state, { type: 'given-up', problem }, user, ctx)
}

function onOffers(
  state: State, offered: readonly Offer[], options: BatchOptions, makeTask: MakeTask, ctx: Ctx,
): void {
  state.totals.offers += offered.length
  const offers = state.full.pass(offered, ctx)
  const refused = offers.filter((offer) => {
    const fitting = timesIn(offer.resources, options.resources)
    const tasks = launch(state, offer, Math.min(fitting, TASKS_PER_ACCEPT_MAX), options, makeTask, ctx)
    const isMoreRoom = fitting > tasks.length
    const isMoreWanted = tasks.length > 0 && wants(state, options)
    if (isMoreRoom && !isMoreWanted) state.hasSpurned = true
    if (tasks.length === 0) return true
    state.totals.accepts++
    state.totals.launched += tasks.length
    // What one message could not fill is wanted again at once.
    ctx.accept(offer, tasks, { refuseMs: isMoreRoom && isMoreWanted ? 0 : REFUSE_MS })
    return false
  })
  if (refused.length > 0) ctx.decline(refused, { refuseMs: REFUSE_MS })
  if (refused.length === offers.length) return
  state.patience.end(ctx)
  ctx.tell(options.user, { type: 'running', tasks: state.running.size })
}

/** Takes as many tasks as are wanted and fit, and counts them as running. */
function launch(
  state: State, { hostname }: Offer, tasksMax: number, options: BatchOptions, makeTask: MakeTask, ctx: Ctx,
): TaskInfo[] {
  const tasks: TaskInfo[] = []
  let characters = 0
  while (tasks.length < tasksMax && characters < CHARACTERS_PER_ACCEPT_MAX && wants(state, options)) {
    const item = state.waiting.take() as Item
    item.launches++
    item.attempts++
    const { info, words, environment } = makeTask(item)
    const attempt = { item, taskId: info.taskId, hostname, launchedMs: ctx.now(), startedMs: undefined }
    const problem = commandProblem(words)
    if (problem !== undefined) {
      conclude(state, attempt, { state: 'ERROR', text: problem, atMs: ctx.now() }, options, ctx)
      continue
    }
    characters += charactersOf(words, environment)
    tasks.push(info)
    state.running.set(info.taskId, attempt)
  }
  return tasks
}

const wants = ({ waiting, running, outputs }: State, { jobsMax = Infinity }: BatchOptions): boolean =>
  waiting.size > 0 && running.size < jobsMax && !outputs.isFull

function onUpdate(state: State, update: StatusUpdate, options: BatchOptions, ctx: Ctx): void {
  const attempt = state.running.get(update.taskId)
  if (!attempt) {
    // An earlier life of this framework launched it, while another attempt is on its way.
    if (update.state === 'RUNNING') ctx.kill(update.taskId)
    return ctx.acknowledge(update)
  }
  const isLost = LOST_STATES.has(update.state)
  if (!isLost && !isTerminal(update.state)) {
    if (update.state === 'RUNNING') attempt.startedMs ??= update.atMs
    return ctx.acknowledge(update)
  }
  state.running.delete(update.taskId)
  ctx.tell(options.user, { type: 'running', tasks: state.running.size })
  const { item } = attempt
  const hadNoRoom = state.full.refused(update, ctx.now())
  if (hadNoRoom) item.attempts--
  if (hadNoRoom && state.running.size === 0) state.patience.resume(ctx)
  const mayRunAgain = hadNoRoom || (isLost ? ++item.losses <= LOSSES_MAX
    : update.state === 'FAILED' && ++item.failures <= options.retries)
  if (mayRunAgain) state.waiting.putBack(item)
  else if (options.readsOutput && hasRun(update)) return state.outputs.add({ attempt, update }, ctx)
  else conclude(state, attempt, update, options, ctx)
  ctx.acknowledge(update)
}

const hasRun = ({ exitCode, signal }: StatusUpdate): boolean => exitCode !== undefined || signal !== undefined

function conclude(
  state: State, attempt: Attempt, how: End, { user }: BatchOptions, ctx: Ctx, outputProblem?: string,
): void {
  const result = resultOf(attempt, how, outputProblem)
  if (result.isOk) state.totals.ok++
  else state.totals.failed++
  ctx.tell(user, { type: 'ended', result })
}

function onTimer(state: State, name: string, options: BatchOptions, ctx: Ctx): void {
  const waiting = state.patience.timer(name, ctx)
  if (waiting) ctx.tell(options.user, { type: 'waiting', waiting })
  state.outputs.timer(name, ctx)
  if (name === 'no-master') {
    const problem = `no master has led the cluster for ${NO_MASTER_MS / 1_000} seconds; is it running?`
    return end(state, { type: 'given-up', problem, noMaster: true }, options.user, ctx)
  }
  if (name !== 'revive') return
  state.isReviving = false
  if (!state.hasSpurned || !wants(state, options)) return
  state.hasSpurned = false
  ctx.revive()
}

/** After every event: asks for offers exactly while there is something to launch, and sees the end. */
function adjust(state: State, options: BatchOptions, ctx: Ctx): void {
  const { waiting, running, outputs, totals } = state
  const hasNothing = waiting.size === 0
  if (hasNothing && state.hasAllInputs && running.size === 0 && outputs.size === 0) {
    return end(state, { type: 'finished', totals }, options.user, ctx)
  }
  if (ctx.frameworkId === undefined) return
  if (hasNothing !== state.isSuppressed) {
    state.isSuppressed = hasNothing
    state.hasSpurned = false
    if (hasNothing) ctx.suppress()
    else ctx.revive()
  }
  const isStarving = state.hasSpurned && wants(state, options)
  if (isStarving === state.isReviving) return
  state.isReviving = isStarving
  if (isStarving) ctx.after('revive', REVIVE_AFTER_MS)
  else ctx.cancel('revive')
}

function end(state: State, event: BatchEvent, user: BatchOptions['user'], ctx: Ctx): void {
  state.isOver = true
  ctx.tell(user, event)
  ctx.finish(event.type === 'finished' && event.totals.failed === 0 ? 0 : 1)
}
