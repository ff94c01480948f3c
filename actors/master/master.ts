/**
 * Master: leads the cluster. Every message becomes a decision, a pure function of what the master knows
 * (see `decision.ts`); here decisions are carried out. What must not be forgotten goes through the log,
 * and nobody outside hears of it before it is committed; who is connected is known only now.
 */
import type { Actor, Context } from '../../runtime/actor.js'
import { groupAddress, refOf, type Ref } from '../../runtime/address.js'
import { ESCALATE } from '../../runtime/supervision.js'
import { agentCall } from '../protocol/agent.js'
import type { AllocatorCall, AllocatorEvent } from '../protocol/allocator.js'
import { leadershipCall, LEADER_PATH, type LeadershipEvent } from '../protocol/leadership.js'
import type { RegistrarCall, RegistrarEvent } from '../protocol/registrar.js'
import { schedulerCall } from '../protocol/scheduler.js'
import { decide } from './decide.js'
import { apply, leadershipOf, newCluster, type Cluster } from './cluster.js'
import { tell, type Decision, type Effect } from './decision.js'
import { PINGS_MISSED_MAX } from './agents.js'
import { onElected } from './frameworks.js'
import type { Message } from './messages.js'
import { Outbox } from './outbox.js'
import { History } from './history.js'
import { change } from './present-change.js'
import { newPresent, type Present } from './present.js'
import { restore } from './snapshot.js'
import type { SnapshotMaking } from './snapshot-making.js'
import { beginSnapshot, compare, makeSnapshot, onPiece } from './snapshotting.js'
import { agentShare, frameworkShare } from './shares.js'

const SWEEP_INTERVAL_MS = 1_000
const ALLOCATOR = 'allocator'
/** To put together what a new allocator is told takes a while: agents hear first who leads, and are on their way. */
const ALLOCATOR_WAITS_MS = 5

export interface MasterOptions {
  readonly registrar: Actor<unknown, RegistrarCall>
  /** An agent silent or away for longer is unreachable; 75 seconds unless given. */
  readonly agentTimeoutMs?: number
  readonly allocator: (master: Ref<AllocatorEvent>) => Actor<unknown, AllocatorCall>
}

interface State {
  readonly cluster: Cluster
  readonly present: Present
  readonly outbox: Outbox
  readonly history: History
  readonly registrar: Ref<RegistrarCall>
  /** How often this life has asked for the log, and so the number of what it is told. */
  readonly replay: number
  readonly allocator: Ref<AllocatorCall> | undefined
  /** Of what the leader knew at one position: written by the leader, and its hash compared by all others. */
  readonly making: SnapshotMaking | undefined
  /** Otherwise this master only follows what another decides. */
  readonly leading: boolean
}

type Ctx = Context<Message>

export const master = (options: MasterOptions): Actor<State, Message> => ({
  accepts: { ...agentCall, ...schedulerCall, ...leadershipCall },
  initial(ctx) {
    // Its mailbox may still hold what a registrar told an earlier life, elections included: that comes before this.
    ctx.tell(ctx.self, { type: 'begin' })
    return unknowing(ctx.spawn('registrar', options.registrar, ESCALATE), 0, options)
  },
  receive(state, message, ctx) {
    state.history.begin(ctx.now())
    // It was told to an earlier life, or before all was asked for anew.
    if ('replay' in message && message.replay !== state.replay) return state
    switch (message.type) {
      case 'begin': return follow(state, options, ctx)
      case 'folded':
        for (const record of message.records) {
          state.history.fold(record, state.cluster)
          apply(state.cluster, record)
        }
        return state
      case 'restored': return { ...state, cluster: restore(message.records), making: undefined }
      case 'snapshot-wanted': return beginSnapshot(state, message.snapshot, ctx)
      case 'snapshot-begun': return makeSnapshot(state, message.snapshot, ctx)
      case 'snapshot-piece': return onPiece(state, ctx)
      case 'snapshot-ended': return compare(state, message, ctx) ?? follow(state, options, ctx)
      case 'elected': return lead(state, message, options, ctx)
      case 'deposed': return stepDown(state, message.reason, options, ctx)
      case 'committed':
        state.history.commit(message.token)
        for (const { effects, cause } of state.outbox.release(message.token)) {
          ctx.because(cause, () => void release(state, effects, ctx))
        }
        return state
      case 'read-history': return tellHistory(state, message, ctx)
      case 'read-counts':
        ctx.tell(message.replyTo, { type: 'counts', view: state.history.counts.view() })
        return state
      case 'epoch-obeyed':
        // Of another cluster it means nothing here.
        if (state.leading && message.clusterId === state.cluster.clusterId) {
          ctx.tell(state.registrar, { type: 'claim-above', epoch: message.epoch })
        }
        return state
      case 'find-leader': return answerLeader(state, message.replyTo, ctx)
      case 'reconnected': {
        const effects = state.leading ? state.outbox.pass(callBack(state, ctx), ctx.cause()) : []
        return release(state, effects, ctx)
      }
      case 'allocator-started':
        if (state.cluster.agents.size === 0) return rebuildAllocator(state, message.allocator, ctx)
        ctx.after('allocator', ALLOCATOR_WAITS_MS, { type: 'allocator-waits', allocator: message.allocator })
        return state
      case 'allocator-waits': return rebuildAllocator(state, message.allocator, ctx)
      default: {
        if (!state.leading && !isRead(message)) return state
        // It was for an earlier leadership of this master, and much may have happened under another since.
        if ('epoch' in message && (message.epoch ?? state.cluster.epoch) !== state.cluster.epoch) return state
        return carryOut(state, decide({ ...state, now: ctx.now() }, message), ctx)
      }
    }
  },
})

/** Knows nothing, and has the log told from its beginning. */
function follow({ registrar, replay: before }: State, options: MasterOptions, ctx: Ctx): State {
  const replay = before + 1
  ctx.tell(registrar, { type: 'replay', replay, replyTo: ctx.self as Ref<RegistrarEvent> })
  return unknowing(registrar, replay, options)
}

const unknowing = (registrar: Ref<RegistrarCall>, replay: number, { agentTimeoutMs }: MasterOptions): State => ({
  cluster: newCluster(), present: newPresent(agentTimeoutMs), outbox: new Outbox(), registrar, replay,
  allocator: undefined, history: new History(), making: undefined, leading: false,
})

/** What a master can answer that only follows. */
const isRead = ({ type }: Message): boolean =>
  type === 'list' || type === 'list-nodes' || type.startsWith('describe-')

/** All that was decided has been folded: from here on this master decides. */
function lead(
  state: State, { epoch }: Extract<Message, { type: 'elected' }>, options: MasterOptions, ctx: Ctx,
): State {
  const { cluster, present, history } = state
  history.led(ctx.now())
  present.recoveringUntilMs = ctx.now() + present.agentTimeoutMs
  for (const { agentId, unreachableSinceMs } of cluster.agents.values()) {
    if (unreachableSinceMs === undefined) change(present, { type: 'agent-unlinked', agentId, atMs: ctx.now() })
  }
  ctx.spawn(ALLOCATOR, options.allocator(ctx.self))
  ctx.every('ping-round', Math.ceil(present.agentTimeoutMs / PINGS_MISSED_MAX), { type: 'ping-round' })
  ctx.every('sweep', SWEEP_INTERVAL_MS, { type: 'sweep' })
  ctx.log('info', 'leading', { cluster: cluster.name, epoch })
  const leader = release({ ...state, making: undefined, leading: true }, announce(cluster, ctx), ctx)
  return carryOut(leader, onElected({ ...leader, now: ctx.now() }), ctx)
}

/** To everybody: who did not hear it looks for a leader by itself, but later. */
function announce(cluster: Cluster, ctx: Ctx, again?: true): Effect[] {
  const announcement = { ...leaderOf(cluster, ctx), ...(again ? { again } : {}) }
  return (['agent', 'framework'] as const).flatMap((kind) =>
    tell(refOf<LeadershipEvent>(groupAddress(kind), LEADER_PATH[kind]), announcement))
}

/** What was under way may be lost: agents register again and schedulers subscribe, and hear what they have missed. */
function callBack({ cluster, present }: State, ctx: Ctx): Effect[] {
  const agents = [...present.agents.values()].flatMap(({ ref }) =>
    tell(ref, { type: 'ping', epoch: cluster.epoch, connected: false }))
  return [...announce(cluster, ctx, true), ...agents]
}

/** What was decided and not committed may count or not: only the log knows, so it is read anew. */
function stepDown(state: State, reason: string, options: MasterOptions, ctx: Ctx): State {
  const { present } = state
  ctx.log('warn', 'this master leads no more', { reason })
  for (const timer of ['ping-round', 'sweep', 'allocator']) ctx.cancel(timer)
  for (const { ref } of [...present.agents.values(), ...present.schedulers.values()]) {
    if (ref) ctx.unwatch(ref as Ref<never>)
  }
  ctx.stop(`${ctx.self}/${ALLOCATOR}` as Ref<never>)
  return follow(state, options, ctx)
}

function carryOut(state: State, decided: Decision, ctx: Ctx): State {
  const { records, changes, allocator, effects, barrier } = decided
  for (const record of records) {
    state.history.decided(record, state.cluster, ctx.now())
    apply(state.cluster, record)
  }
  for (const by of changes) {
    state.history.note(by, state.present, ctx.now())
    change(state.present, by)
    if (by.type === 'agent-linked') ctx.watch(by.ref, { type: 'agent-lost', agentId: by.agentId, ref: by.ref })
    if (by.type === 'scheduler-linked') {
      ctx.watch(by.ref, { type: 'scheduler-lost', frameworkId: by.frameworkId, ref: by.ref })
    }
  }
  if (state.allocator) for (const call of allocator) ctx.tell(state.allocator, call)
  if (records.length === 0 && !barrier) return release(state, state.outbox.pass(effects, ctx.cause()), ctx)
  const token = state.outbox.hold(effects)
  state.history.seal(token)
  ctx.tell(state.registrar, { type: 'append', records, token })
  return state
}

function release(state: State, effects: readonly Effect[], ctx: Ctx): State {
  for (const { to, message } of effects) ctx.tell(to as Ref<typeof message>, message)
  return state
}

function tellHistory(
  state: State, { replyTo, since, offers, lifeMs }: Extract<Message, { type: 'read-history' }>, ctx: Ctx,
): State {
  ctx.tell(replyTo, { type: 'history', view: state.history.tell(since, offers, lifeMs) })
  return state
}

function answerLeader(state: State, replyTo: Ref<LeadershipEvent>, ctx: Ctx): State {
  if (!state.leading) return state
  const answer = tell(replyTo, leaderOf(state.cluster, ctx))
  return release(state, state.outbox.pass(answer, ctx.cause()), ctx)
}

const leaderOf = (cluster: Cluster, ctx: Ctx): LeadershipEvent => ({
  type: 'leader', master: ctx.self, ...leadershipOf(cluster), members: cluster.agents.size + cluster.frameworks.size,
})

/** A new allocator knows nothing: it is told everything, offers that are out included. */
function rebuildAllocator(state: State, allocator: Ref<AllocatorCall>, ctx: Ctx): State {
  if (!state.leading) return state
  const { cluster, present } = state
  const offers = [...present.offers.values()].map((out) => out.offer)
  const reachable = [...cluster.agents.values()].filter((agent) => agent.unreachableSinceMs === undefined)
  const agents = reachable.map(({ agentId, info }) => {
    const share = agentShare(cluster, agentId, info)
    const link = present.agents.get(agentId)
    const used = [...share.used, ...offers.filter((offer) => offer.agentId === agentId)]
    return { ...share, used, active: share.active && link?.ref !== undefined, telling: link?.telling ?? 0 }
  })
  const frameworks = [...cluster.frameworks.values()].map(({ frameworkId, info }) => {
    const link = present.schedulers.get(frameworkId)
    return frameworkShare(frameworkId, info, link?.suppressed ?? [], link?.ref !== undefined)
  })
  const isReturn = reachable.some(({ agentId }) => present.agents.get(agentId)?.ref === undefined)
  ctx.tell(allocator, { type: 'rebuild', agents, frameworks, isReturn })
  return { ...state, allocator }
}

