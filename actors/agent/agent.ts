/**
 * Agent: owns a machine. Takes launches that fit, at most once each; lets executors run them; reports
 * what became of them. It is the last arbiter: it obeys no master older than the newest it has met, and
 * what it has taken is in its journal before anything runs.
 */
import { unhandled, type Actor } from '../../runtime/actor.js'
import { ESCALATE } from '../../runtime/supervision.js'
import { agentEvent, type AgentEvent } from '../protocol/agent.js'
import type { JournalEntry } from '../protocol/journal.js'
import { leadershipEvent, MASTERS, repeatDelayMs, seekDelayMs, type LeadershipEvent } from '../protocol/leadership.js'
import { onExecutorGone, onExecutorOver, onExecutorSaid, onMessageToExecutor } from './executors.js'
import { onAdmitted, onNotAdmitted, onRun } from './launches.js'
import { become, introduction, isOutdated, restate } from './account.js'
import { newMemory, remember, type Obeyed } from './memory.js'
import { foreignProblem, isSame, obeyedOf, standingOf } from './obedience.js'
import { checkLeft, leave, left } from './leaving.js'
import { onLook, onLooked, onRead } from './output.js'
import { recoverAll } from './recovery.js'
import { newActive, type AgentOptions, type Ctx, type Message, type State } from './state.js'
import { onDrain, onJournaled, onKill, onReport, onShutdownFramework } from './tasks.js'
import { updates, WRITE_AGAIN_MS } from './updates.js'

/**
 * Of the time after which a master gives up an agent that is silent: so long an agent waits for a ping before it
 * registers again. The master may have forgotten it, as when the goodbye of an earlier life comes late.
 */
const SILENCE_PART = 0.5

export const agent = (options: AgentOptions): Actor<State, Message> => ({
  accepts: { ...agentEvent, ...leadershipEvent },
  initial(ctx) {
    ctx.tell(options.journal, { type: 'replay', replyTo: ctx.self })
    return {
      phase: 'recovering', memory: newMemory(), active: newActive(), master: undefined, epoch: 0, obeying: undefined,
      refused: undefined, attempt: 0, members: 0, pingTimeoutMs: 75_000, updates: undefined, leaver: undefined,
    }
  },
  receive(state, message, ctx) {
    // A master that has been replaced must not be obeyed, however late its words arrive.
    const isOrder = 'epoch' in message && message.type !== 'leader'
    if (isOrder && (message.epoch < state.epoch || state.phase === 'obeying')) return state
    switch (message.type) {
      case 'replayed': return recover(state, message.records, options, ctx)
      case 'seek': return seek(state, ctx)
      case 'leader': return onLeader(state, message, options, ctx)
      case 'register': return registerAgain(state, options, ctx)
      case 'agent-registered': return onRegistered(state, message, options, ctx)
      case 'account-wanted': return giveAccount(state, options, ctx)
      case 'agent-refused': return onRefused(state, message.problem, options, ctx)
      case 'ping': return onPing(state, message.connected, options, ctx)
      case 'ping-over': return lose(state, options, ctx)
      case 'master-gone': return message.master === state.master ? lose(state, options, ctx) : state
      case 'run-task': return onRun(state, message, options, ctx)
      case 'drain-agent': return onDrain(state, message, ctx)
      case 'kill-task': return onKill(state, message, ctx)
      case 'acknowledge-status':
        if (state.updates) ctx.tell(state.updates, { ...message, type: 'acknowledged' })
        return state
      case 'scheduler-back':
        if (state.updates) ctx.tell(state.updates, { type: 'send-again', frameworkId: message.frameworkId })
        return state
      case 'shutdown-framework':
        return checkLeft(onShutdownFramework(state, message.frameworkId, options, ctx), ctx)
      case 'message-to-executor': return onMessageToExecutor(state, message, ctx)
      case 'read-task': return onRead(state, message, options, ctx)
      case 'read-file': case 'list-files': case 'measure-machine': return onLook(state, message, options, ctx)
      case 'output': case 'output-failed': case 'listed': case 'measured': return onLooked(state, message, ctx)
      case 'committed':
        if (message.token === state.obeying?.token) return onObeyed(state, state.obeying.obeyed, options, ctx)
        return onAdmitted(state, message.token, options, ctx)
      case 'append-failed':
        if (message.token === state.obeying?.token) return onNotObeyed(state, message.reason, ctx)
        return onNotAdmitted(state, message.token, message.reason, options, ctx)
      case 'task-report': return onReport(state, message, options, ctx)
      case 'update-journaled': return checkLeft(onJournaled(state, message.entry, options, ctx), ctx)
      case 'executor-said': return onExecutorSaid(state, message, ctx)
      case 'executor-gone': return onExecutorGone(state, message, options, ctx)
      case 'executor-stopped':
        // Such notices pass the mail; what the executor said before it stopped is still to be heard.
        ctx.tell(ctx.self, { ...message, type: 'executor-over' })
        return state
      case 'executor-over': return onExecutorOver(state, message.key, message.executor, options, ctx)
      case 'reconnected': return onReconnected(state, options, ctx)
      case 'leave': return leave(state, message.replyTo, ctx)
      case 'check-left': return left(state, ctx)
      default: return unhandled(message)
    }
  },
})

/** The journal has been read: updates go on, and running tasks are found again. */
function recover(state: State, entries: readonly JournalEntry[], options: AgentOptions, ctx: Ctx): State {
  for (const entry of entries) remember(state.memory, entry)
  const pending = [...state.memory.tasks.values()].flatMap((task) => task.pending)
  // Only the journal knows what it would have forgotten if it failed: the agent starts over with it.
  state.updates = ctx.spawn('updates', updates({ agent: ctx.self, journal: options.journal, pending }), ESCALATE)
  recoverAll(state, options, ctx)
  return seek({ ...state, phase: 'seeking', epoch: state.memory.obeyed?.epoch ?? 0 }, ctx)
}

function seek(state: State, ctx: Ctx): State {
  if (state.phase !== 'seeking') return state
  askWhoLeads(ctx)
  ctx.after('seek', seekDelayMs(state.attempt, ctx.random()), { type: 'seek' })
  return { ...state, attempt: state.attempt + 1 }
}

const askWhoLeads = (ctx: Ctx): void => ctx.tell(MASTERS, { type: 'find-leader', replyTo: ctx.self })

function onLeader(state: State, leader: LeadershipEvent, options: AgentOptions, ctx: Ctx): State {
  const { master, epoch } = leader
  if (state.phase === 'recovering' || state.phase === 'leaving') return state
  const known = { cluster: state.memory.cluster, obeyed: state.obeying?.obeyed ?? state.memory.obeyed }
  const { clusterId = leader.clusterId } = known.obeyed ?? {}
  switch (standingOf(known, state.epoch, leader)) {
    case 'foreign': return refuse(state, leader, options, ctx)
    case 'older':
      ctx.log('warn', 'a master of an older epoch is not obeyed', { master, epoch, obeyed: state.epoch })
      // An announcement that comes late; or the log has lost its end, and the next claim must be above whatever was
      // met, be it on the disk or not.
      if (clusterId) ctx.tell(master, { type: 'epoch-obeyed', epoch: state.epoch, clusterId })
      return state
    case 'obeyed':
  }
  // Leaders are announced and asked for; hearing of the same one twice changes nothing.
  if (master === state.master && state.phase !== 'seeking' && epoch === state.epoch) return state
  if (state.master) ctx.unwatch(state.master)
  ctx.cancel('seek')
  const obeyed = obeyedOf(leader)
  const next = { ...state, master, epoch, members: leader.members ?? 0, attempt: 0, refused: undefined }
  if (!obeyed || isSame(obeyed, state.memory.obeyed)) return join(next, options, ctx)
  const token = state.active.nextToken++
  ctx.tell(options.journal, { type: 'append', records: [{ type: 'obeyed', ...obeyed }], token, replyTo: ctx.self })
  return { ...next, phase: 'obeying', obeying: { token, obeyed } }
}

/** Its log was made anew, or two clusters share a name: whatever the reason, nothing of this agent's ends by it. */
function refuse(state: State, leader: LeadershipEvent, { owner }: AgentOptions, ctx: Ctx): State {
  const refused = leader.clusterId ?? leader.cluster
  if (state.refused === refused) return state
  const problem = foreignProblem(state.memory, leader)
  ctx.log('error', problem, { master: leader.master })
  if (owner) ctx.tell(owner, { type: 'refused', problem })
  return { ...state, refused }
}

function onObeyed(state: State, obeyed: Obeyed, options: AgentOptions, ctx: Ctx): State {
  remember(state.memory, { type: 'obeyed', ...obeyed })
  const next = { ...state, obeying: undefined }
  return state.phase === 'obeying' ? join(next, options, ctx) : next
}

/** Watches and registers in one breath, so that both are one message to the broker. */
function join(state: State, options: AgentOptions, ctx: Ctx): State {
  const { master } = state
  if (master) ctx.watch(master, { type: 'master-gone', master })
  return register(restate(state), options, ctx)
}

/** What it obeys must be on its disk first; there may be room soon. */
function onNotObeyed(state: State, reason: string, ctx: Ctx): State {
  ctx.log('error', 'the journal did not take which master is obeyed; trying again', { reason })
  if (state.phase !== 'obeying') return { ...state, obeying: undefined }
  ctx.after('seek', WRITE_AGAIN_MS, { type: 'seek' })
  return { ...state, obeying: undefined, phase: 'seeking' }
}

function register(state: State, { info }: AgentOptions, ctx: Ctx, isAsked = false): State {
  if (state.phase !== 'registering' || !state.master) return state
  ctx.tell(state.master, introduction(state, info, isAsked || state.attempt > 0, ctx))
  ctx.after('register', repeatDelayMs(state.attempt, ctx.random(), state.members), { type: 'register' })
  return { ...state, attempt: state.attempt + 1 }
}

/** What it said shortly is not what the master knows: also if that has answered something else meanwhile. */
const giveAccount = (state: State, options: AgentOptions, ctx: Ctx): State =>
  register(state.phase === 'running' ? restate(state) : state, options, ctx, true)

/** Whoever does not answer may not lead any more, and the words of who does may have been lost. */
function registerAgain(state: State, options: AgentOptions, ctx: Ctx): State {
  if (state.phase === 'registering') askWhoLeads(ctx)
  return register(state, options, ctx)
}

/** The master may have taken this agent for dead meanwhile, and what was under way may be lost. */
function onReconnected(state: State, options: AgentOptions, ctx: Ctx): State {
  for (const { ref } of state.active.executors.values()) ctx.tell(ref, { type: 'reconnected' })
  return state.phase === 'running' ? register(restate(state), options, ctx) : state
}

function onRegistered(
  state: State, message: Extract<AgentEvent, { type: 'agent-registered' }>, options: AgentOptions, ctx: Ctx,
): State {
  const { agentId, epoch, cluster, pingTimeoutMs } = message
  if (!state.master || !state.updates || state.phase === 'leaving') return state
  if (isOutdated(state, message.statement)) return state
  if (message.nonce !== undefined && message.nonce !== (state.memory.obeyed?.nonce ?? message.nonce)) return state
  if (epoch !== state.epoch) {
    // It was asked when it led before, and leads again: its answer is none of the master that is known now.
    askWhoLeads(ctx)
    return state
  }
  ctx.cancel('register')
  ctx.after('ping', pingTimeoutMs * SILENCE_PART, { type: 'ping-over' })
  if (state.memory.agentId !== agentId || state.memory.cluster !== cluster) become(state, message, options, ctx)
  if (state.phase !== 'running') {
    ctx.log('debug', 'registered', { agentId, cluster, epoch })
    if (options.owner) ctx.tell(options.owner, { type: 'registered', agentId, cluster, epoch })
  }
  ctx.tell(state.updates, { type: 'master-found', master: state.master, agentId })
  return { ...state, phase: 'running', epoch, pingTimeoutMs, attempt: 0 }
}

/** How long an agent that was refused waits before it asks again: somebody has to do something first. */
export const REFUSED_AGAIN_MS = 60_000

/** Its tasks run on. */
function onRefused(state: State, problem: string, { owner }: AgentOptions, ctx: Ctx): State {
  if (state.phase !== 'registering' && state.phase !== 'running') return state
  ctx.log('error', 'the master refused this agent', { problem })
  if (owner) ctx.tell(owner, { type: 'refused', problem })
  if (state.updates) ctx.tell(state.updates, { type: 'master-lost' })
  ctx.cancel('ping')
  ctx.after('register', REFUSED_AGAIN_MS, { type: 'register' })
  return restate(state)
}

function onPing(state: State, connected: boolean, options: AgentOptions, ctx: Ctx): State {
  const { agentId } = state.memory
  if (state.phase !== 'running' || !state.master || !agentId) return state
  ctx.tell(state.master, { type: 'pong', agentId })
  ctx.after('ping', state.pingTimeoutMs * SILENCE_PART, { type: 'ping-over' })
  return connected ? state : register(restate(state), options, ctx)
}

/** The master is gone, or silent: the tasks run on, and the agent looks for who leads now. */
function lose(state: State, { owner }: AgentOptions, ctx: Ctx): State {
  if (state.phase === 'recovering' || state.phase === 'leaving') return state
  if (state.master) ctx.unwatch(state.master)
  if (state.updates) ctx.tell(state.updates, { type: 'master-lost' })
  ctx.cancel('ping')
  ctx.cancel('register')
  ctx.log('warn', 'the master is gone; looking for the next')
  if (owner) ctx.tell(owner, { type: 'seeking' })
  return seek({ ...state, phase: 'seeking', master: undefined, attempt: 0 }, ctx)
}
