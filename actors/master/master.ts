/**
 * Master: leads the cluster. Every message becomes a decision, a pure function of what the master knows
 * (see `decision.ts`); here decisions are carried out. What must not be forgotten goes through the log,
 * and nobody outside hears of it before it is committed; who is connected is known only now.
 */
import type { Actor, Context } from '../../runtime/actor.js'
import { groupAddress, refOf, type Ref } from '../../runtime/address.js'
import type { LogRequest } from '../../runtime/log.js'
import { randomName } from '../../runtime/random.js'
import { agentCall } from '../protocol/agent.js'
import type { AllocatorCall, AllocatorEvent } from '../protocol/allocator.js'
import { leadershipCall, LEADER_PATH, type LeadershipEvent } from '../protocol/leadership.js'
import type { LogRecord } from '../protocol/log.js'
import { schedulerCall } from '../protocol/scheduler.js'
import { decide } from './decide.js'
import { apply, newCluster, type Cluster } from './cluster.js'
import type { Decision, Effect } from './decision.js'
import { PING_INTERVAL_MS, shareOf as agentShare } from './agents.js'
import { shareOf as frameworkShare } from './frameworks.js'
import type { Message } from './messages.js'
import { Outbox } from './outbox.js'
import { change, newPresent, type Present } from './present.js'

const SWEEP_INTERVAL_MS = 1_000

export interface MasterOptions {
  readonly cluster: string
  /** This master's node, for people. */
  readonly name: string
  readonly log: Ref<LogRequest<LogRecord>>
  readonly allocator: (master: Ref<AllocatorEvent>) => Actor<unknown, AllocatorCall>
}

interface State {
  readonly cluster: Cluster
  readonly present: Present
  readonly outbox: Outbox
  allocator: Ref<AllocatorCall> | undefined
  /** False until the log has been folded: before that the master knows nothing and says nothing. */
  leading: boolean
}

type Ctx = Context<Message>

export const master = (options: MasterOptions): Actor<State, Message> => ({
  accepts: { ...agentCall, ...schedulerCall, ...leadershipCall },
  initial(ctx) {
    ctx.tell(options.log, { type: 'replay', replyTo: ctx.self })
    return { cluster: newCluster(), present: newPresent(), outbox: new Outbox(), allocator: undefined, leading: false }
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'replayed': return lead(state, message.records, options, ctx)
      case 'append-failed': throw new Error(`the log refused a decision: ${message.reason}`)
      case 'committed': return release(state, state.outbox.release(message.token), ctx)
      case 'find-leader': return answerLeader(state, message.replyTo, ctx)
      case 'allocator-started': return rebuildAllocator(state, message.allocator, ctx)
      default: return state.leading ? carryOut(state, decide({ ...state, now: ctx.now() }, message), options, ctx) : state
    }
  },
})

/** Folds the log, claims the next epoch, and tells everybody. */
function lead(state: State, records: readonly LogRecord[], options: MasterOptions, ctx: Ctx): State {
  for (const record of records) apply(state.cluster, record)
  const claim: LogRecord[] = [
    { type: 'leadership-claimed', epoch: state.cluster.epoch + 1, master: options.name, nonce: randomName({ next: () => ctx.random() }, 12) },
  ]
  if (records.length === 0) {
    claim.unshift({ type: 'genesis', cluster: options.cluster, prefix: randomName({ next: () => ctx.random() }, 6) })
  }
  state.leading = true
  for (const { frameworkId, atMs } of [...state.cluster.frameworks.values()].map((framework) => ({ ...framework, atMs: ctx.now() }))) {
    change(state.present, { type: 'scheduler-unlinked', frameworkId, atMs })
  }
  for (const { agentId, unreachableSinceMs } of state.cluster.agents.values()) {
    if (unreachableSinceMs === undefined) change(state.present, { type: 'agent-unlinked', agentId, atMs: ctx.now() })
  }
  ctx.spawn('allocator', options.allocator(ctx.self))
  ctx.every('ping-round', PING_INTERVAL_MS, { type: 'ping-round' })
  ctx.every('sweep', SWEEP_INTERVAL_MS, { type: 'sweep' })
  const epoch = state.cluster.epoch + 1
  const announcement = { type: 'leader', master: ctx.self, epoch, cluster: state.cluster.name || options.cluster } as const
  const everybody = (['agent', 'framework'] as const).map((kind) => refOf<LeadershipEvent>(groupAddress(kind), LEADER_PATH[kind]))
  const effects = everybody.map((to): Effect => ({ to: to as Ref<never>, message: announcement }))
  ctx.log('info', 'leading', { cluster: announcement.cluster, epoch })
  return carryOut(state, { records: claim, changes: [], allocator: [], effects }, options, ctx)
}

function carryOut(state: State, { records, changes, allocator, effects }: Decision, options: MasterOptions, ctx: Ctx): State {
  for (const record of records) apply(state.cluster, record)
  for (const by of changes) {
    change(state.present, by)
    if (by.type === 'agent-linked') ctx.watch(by.ref, { type: 'agent-lost', agentId: by.agentId, ref: by.ref })
    if (by.type === 'scheduler-linked') ctx.watch(by.ref, { type: 'scheduler-lost', frameworkId: by.frameworkId, ref: by.ref })
  }
  if (state.allocator) for (const call of allocator) ctx.tell(state.allocator, call)
  if (records.length === 0) return release(state, state.outbox.pass(effects), ctx)
  const token = state.outbox.hold(effects)
  ctx.tell(options.log, { type: 'append', records, token, replyTo: ctx.self })
  return state
}

function release(state: State, effects: readonly Effect[], ctx: Ctx): State {
  for (const { to, message } of effects) ctx.tell(to as Ref<typeof message>, message)
  return state
}

function answerLeader(state: State, replyTo: Ref<LeadershipEvent>, ctx: Ctx): State {
  if (!state.leading) return state
  const { epoch, name } = state.cluster
  return release(state, state.outbox.pass([
    { to: replyTo as Ref<never>, message: { type: 'leader', master: ctx.self, epoch, cluster: name } as LeadershipEvent },
  ]), ctx)
}

/** A new allocator knows nothing: it is told everything, offers that are out included. */
function rebuildAllocator(state: State, allocator: Ref<AllocatorCall>, ctx: Ctx): State {
  const { cluster, present } = state
  const agents = [...cluster.agents.values()].filter((agent) => agent.unreachableSinceMs === undefined).map((agent) => {
    const share = agentShare(cluster, agent.agentId, agent.info)
    const offered = [...present.offers.values()].map((out) => out.offer).filter((offer) => offer.agentId === agent.agentId)
    return { ...share, used: [...share.used, ...offered], active: present.agents.get(agent.agentId)?.ref !== undefined }
  })
  const frameworks = [...cluster.frameworks.values()].map(({ frameworkId, info }) => {
    const link = present.schedulers.get(frameworkId)
    return frameworkShare(frameworkId, info.roles, link?.suppressed ?? [], link?.ref !== undefined)
  })
  ctx.tell(allocator, { type: 'rebuild', agents, frameworks })
  return { ...state, allocator }
}

