/**
 * Scheduler: the actor around a framework. It finds who leads, subscribes and stays subscribed, hands
 * the author one event at a time, and acknowledges for them; duplicates and what follows a terminal
 * state never reach the author.
 */
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import { returnedState } from '../../runtime/returned-state.js'
import type { Role } from '../protocol/ids.js'
import {
  leadershipEvent, MASTERS, repeatDelayMs, seekDelayMs, type LeadershipEvent,
} from '../protocol/leadership.js'
import { schedulerEvent, type FrameworkInfo, type SchedulerEvent } from '../protocol/scheduler.js'
import type { StatusUpdate } from '../protocol/task.js'
import { Acknowledged } from './acknowledged.js'
import type { Framework, FrameworkEvent } from './framework.js'
import { authorContext } from './context.js'
import { lossesOf, TOLD } from './losses.js'
import { resourcesOf } from './task.js'
import { onAnswered, reconcile, reconcileAgain } from './reconciliation.js'
import { Standing } from './standing.js'
import type { Message, SchedulerOptions, State } from './state.js'

/**
 * How long tasks outlive their scheduler's process unless somebody says otherwise: a connection that breaks ends
 * nothing, and a process that nobody starts again leaves nothing for long.
 */
export const FAILOVER_DEFAULT_MS = 60_000
/**
 * How often it asks whether somebody else leads by now, and says to whoever does that it is there: a master that was
 * replaced lives on, one that leads may have taken an older instance's late words for those of the newest, and who
 * did not hear of it would wait for offers for ever.
 */
export const CHECK_MS = 15_000

export const scheduler = <Author, Told>(
  definition: Framework<Author, Told>, options: SchedulerOptions,
): Actor<State<Author>, Message<Told>> => ({
  accepts: { ...schedulerEvent, ...leadershipEvent },
  initial(ctx) {
    const state: State<Author> = {
      phase: 'seeking', author: undefined as Author, master: undefined, epoch: 0, nonce: undefined,
      clusterId: undefined, frameworkId: options.frameworkId, wasSubscribed: false, attempt: 0, members: 0,
      acknowledged: new Acknowledged(), offers: new Set(), unanswered: new Set(), losses: lossesOf(definition),
      standing: new Standing(),
    }
    state.author = returnedState(definition.initial(authorContext(state, ctx, options)), 'initial')
    ctx.every('check', CHECK_MS, { type: 'check' })
    return seek(state, ctx)
  },
  receive(state, message, ctx) {
    const give = (event: FrameworkEvent<Told>): State<Author> => {
      const next = definition.receive(state.author, event, authorContext(state, ctx, options))
      state.author = returnedState(next, 'receive')
      return state
    }
    switch (message.type) {
      case 'seek': return seek(state, ctx)
      case 'check': return check(state, definition, options, ctx)
      case 'leader': return onLeader(state, message, definition, give, options, ctx)
      case 'reconcile-again':
        reconcileAgain(state, ctx)
        return state
      case 'subscribe-again':
        // Whoever does not answer may not lead any more, and the words of who does may have been lost.
        if (state.phase === 'subscribing') askWhoLeads(ctx)
        return subscribe(state, definition, options, ctx)
      case 'master-gone': return message.master === state.master ? lose(state, give, ctx) : state
      case 'subscribed': return onSubscribed(state, message, give, options, ctx)
      case 'update': return onUpdate(state, message.update, definition, give, ctx)
      case 'framework-error':
        if (state.phase === 'ended') return state
        state.phase = 'ended'
        ctx.tell(options.owner, { type: 'refused', problem: message.problem })
        return give({ type: 'error', problem: message.problem })
      case 'torn-down': return state
      case 'author-timer': return state.phase === 'ended' ? state : give({ type: 'timer', name: message.name })
      case 'reconnected': return subscribeAgain(state, definition, options, ctx)
      case 'end':
        authorContext(state, ctx, options).finish(0)
        return state
      case 'offers':
        // Without an id nothing can be accepted: its answer was lost, and these are rescinded when it asks again.
        if (state.phase === 'ended' || state.frameworkId === undefined) return state
        for (const { offerId } of message.offers) state.offers.add(offerId)
        return give(message)
      // Of an offer that was spent, or was void with its master, the author has heard.
      case 'rescind': return state.phase !== 'ended' && state.offers.delete(message.offerId) ? give(message) : state
      case 'message': case 'failure': case 'output': case 'fit': case 'told':
        return state.phase === 'ended' ? state : give(message)
      default: return unhandled(message)
    }
  },
})

type Give<Author, Told> = (event: FrameworkEvent<Told>) => State<Author>

function seek<Author, Told>(state: State<Author>, ctx: Context<Message<Told>>): State<Author> {
  if (state.phase !== 'seeking') return state
  askWhoLeads(ctx)
  ctx.after('seek', seekDelayMs(state.attempt++, ctx.random()), { type: 'seek' })
  return state
}

const askWhoLeads = <Told>(ctx: Context<Message<Told>>): void =>
  ctx.tell(MASTERS, { type: 'find-leader', replyTo: ctx.self })

function onLeader<Author, Told>(
  state: State<Author>, leader: LeadershipEvent, definition: Framework<Author, Told>,
  give: Give<Author, Told>, options: SchedulerOptions, ctx: Context<Message<Told>>,
): State<Author> {
  if (state.phase === 'ended' || !mayFollow(state, leader, ctx)) return state
  const { master, epoch, nonce = state.nonce, clusterId = state.clusterId, members = 0 } = leader
  if (master === state.master && epoch === state.epoch && state.phase !== 'seeking') {
    return leader.again ? subscribeAgain(state, definition, options, ctx) : state
  }
  if (state.master) ctx.unwatch(state.master)
  ctx.watch(master, { type: 'master-gone', master })
  ctx.cancel('seek')
  Object.assign(state, { master, epoch, nonce, clusterId, members, phase: 'subscribing', attempt: 0 })
  voidOffers(state, give)
  return subscribe(state, definition, options, ctx)
}

/** As agents do, but for this life only: what a scheduler does is checked by the agents again. */
function mayFollow<Author, Told>(
  { epoch, nonce, clusterId, master }: State<Author>, leader: LeadershipEvent, ctx: Context<Message<Told>>,
): boolean {
  const isForeign = clusterId !== undefined && (leader.clusterId ?? clusterId) !== clusterId
  if (isForeign) {
    const ids = { followed: clusterId, refused: leader.clusterId }
    ctx.log('error', `another cluster named '${leader.cluster}' is not followed: restore the log of this one`, ids)
    return false
  }
  const isOther = leader.epoch === epoch && nonce !== undefined && (leader.nonce ?? nonce) !== nonce
  if (leader.epoch > epoch || (leader.epoch === epoch && !isOther)) return true
  if (clusterId !== undefined && leader.master !== master) {
    ctx.tell(leader.master, { type: 'epoch-obeyed', epoch, clusterId })
  }
  return false
}

function subscribe<Author, Told>(
  state: State<Author>, definition: Framework<Author, Told>, options: SchedulerOptions,
  ctx: Context<Message<Told>>,
): State<Author> {
  if (state.phase !== 'subscribing' || !state.master) return state
  const { frameworkId, wasSubscribed } = state
  ctx.tell(state.master, {
    type: 'subscribe', scheduler: ctx.self, info: infoOf(definition, options), epoch: state.epoch,
    ...(frameworkId ? { frameworkId, knows: state.acknowledged.digest() } : {}),
    ...(wasSubscribed ? { resumes: true } : {}),
  })
  ctx.after('subscribe', repeatDelayMs(state.attempt++, ctx.random(), state.members), { type: 'subscribe-again' })
  return state
}

/** One of both was cut off: the master may have taken this scheduler for dead, and what was said may be lost. */
function subscribeAgain<Author, Told>(
  state: State<Author>, definition: Framework<Author, Told>, options: SchedulerOptions, ctx: Context<Message<Told>>,
): State<Author> {
  if (state.phase !== 'subscribed') return state
  return subscribe(Object.assign(state, { phase: 'subscribing' }), definition, options, ctx)
}

/** A master that knows it answers, and nothing changes; one that does not takes it in again. */
function check<Author, Told>(
  state: State<Author>, definition: Framework<Author, Told>, options: SchedulerOptions, ctx: Context<Message<Told>>,
): State<Author> {
  const { phase, master, frameworkId, epoch } = state
  if (phase !== 'subscribed' || !master || !frameworkId) return state
  askWhoLeads(ctx)
  const info = infoOf(definition, options)
  ctx.tell(master, { type: 'subscribe', scheduler: ctx.self, info, epoch, frameworkId, resumes: true })
  return state
}

function infoOf<Author, Told>(definition: Framework<Author, Told>, options: SchedulerOptions): FrameworkInfo {
  return {
    name: definition.name, roles: (definition.roles ?? ['*']) as readonly Role[], user: options.user,
    failoverTimeoutMs: definition.failoverTimeoutMs ?? options.failoverTimeoutMs ?? FAILOVER_DEFAULT_MS,
    labels: definition.labels ?? [],
    ...(definition.needs === undefined ? {} : { needs: resourcesOf(definition.needs) }),
  }
}

function onSubscribed<Author, Told>(
  state: State<Author>, { frameworkId, epoch, cluster, agrees }: Extract<SchedulerEvent, { type: 'subscribed' }>,
  give: Give<Author, Told>, options: SchedulerOptions, ctx: Context<Message<Told>>,
): State<Author> {
  // An answer of a master that has led before is none of the one that leads now, and may name another id.
  if (state.phase !== 'subscribing' || epoch !== state.epoch) return state
  ctx.cancel('subscribe')
  const isKnown = state.frameworkId !== undefined
  const isResumed = state.wasSubscribed
  Object.assign(state, { frameworkId, phase: 'subscribed', wasSubscribed: true, attempt: 0 })
  ctx.tell(options.owner, { type: 'subscribed', frameworkId, cluster })
  if (isKnown && !agrees) reconcile(state, isResumed, ctx)
  if (!isResumed) state.standing.forgetWishes()
  if (state.master) for (const call of state.standing.calls(frameworkId)) ctx.tell(state.master, call)
  return give({ type: 'subscribed', frameworkId })
}

function onUpdate<Author, Told>(
  state: State<Author>, update: StatusUpdate, definition: Framework<Author, Told>, give: Give<Author, Told>,
  ctx: Context<Message<Told>>,
): State<Author> {
  if (state.phase === 'ended') return state
  onAnswered(state, update)
  const fresh = state.acknowledged.isNew(update)
  const overdue = state.standing.overdue(update.frameworkId, update, fresh)
  if (overdue && state.master) ctx.tell(state.master, overdue)
  const verdict = fresh ? state.losses?.judge(update) ?? TOLD : undefined
  if (verdict?.type === 'told') give({ type: 'update', update })
  if (verdict?.type === 'lost') give({ type: 'lost', task: verdict.task, update })
  if (verdict?.type === 'replaced') {
    const library = authorContext(state, ctx, undefined)
    if (verdict.returned) library.kill(update.taskId)
    library.acknowledge(update)
    return state
  }
  // Repeated because the author is not done with it: only they know when it is safe.
  if (definition.acknowledge === 'explicit' && (fresh || !state.acknowledged.isSettled(update))) return state
  authorContext(state, ctx, undefined).acknowledge(update)
  return state
}

function lose<Author, Told>(
  state: State<Author>, give: Give<Author, Told>, ctx: Context<Message<Told>>,
): State<Author> {
  if (state.phase === 'ended') return state
  const subscribed = state.phase === 'subscribed'
  ctx.cancel('subscribe')
  Object.assign(state, { phase: 'seeking', master: undefined, attempt: 0 })
  seek(state, ctx)
  voidOffers(state, give)
  return subscribed && !isOver(state) ? give({ type: 'disconnected' }) : state
}

const isOver = ({ phase }: { readonly phase: State<unknown>['phase'] }): boolean => phase === 'ended'

/** Offers stand with the master that made them. Should that one still lead, it is told that they are not known. */
function voidOffers<Author, Told>(state: State<Author>, give: Give<Author, Told>): void {
  const offerIds = [...state.offers]
  state.offers.clear()
  state.wasSubscribed = false
  for (const offerId of offerIds) {
    // They may have had enough of it meanwhile.
    if (state.phase !== 'ended') give({ type: 'rescind', offerId })
  }
}
