/**
 * Allocator: decides whom to offer what. Keeps the allocation (plain data, see `allocation.ts`) and runs
 * over the agents that have changed. A run is asked for by a message to itself, so that all changes
 * that are already waiting are in it: resources are offered at once when they are freed, and yet a
 * thousand tasks that end together make one run.
 */
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { AllocatorCall, AllocatorEvent } from '../protocol/allocator.js'
import type { AgentId, Role } from '../protocol/ids.js'
import { allocate } from './allocate.js'
import { Allocation } from './allocation.js'
import { POLICY, type Policy } from './eligibility.js'
import { explain } from './explain.js'

/**
 * While many agents come back to a new leader a run waits so long for more of them, since a message for every agent
 * would take the time that the others need to be heard; and so long that lasts.
 */
export const GATHER_MS = 20
export const RETURN_MS = 3_000

export interface AllocatorOptions {
  readonly master: Ref<AllocatorEvent>
  /** Shares of roles count by their weight; 1 unless given. */
  readonly weights?: ReadonlyMap<Role, number>
  readonly policy?: Policy
}

type Message = AllocatorCall | { readonly type: 'run' | 'filter-ended' }

interface State {
  readonly allocation: Allocation
  /** What the next run looks at. */
  candidates: Set<AgentId> | 'all'
  /** Asked for, and not begun. */
  isRequested: boolean
  /** Which telling of each agent this allocation follows; see `ToldAgent`. */
  readonly tellings: Map<AgentId, number>
  /** False until the master has told everything: what waited for an earlier life is in that already. */
  ready: boolean
  /** Until then runs wait for more to be in them. */
  readonly gatherUntilMs: number
}

type Ctx = Context<Message>

export const allocator = (options: AllocatorOptions): Actor<State, Message> => ({
  initial(ctx) {
    ctx.tell(options.master, { type: 'allocator-started', allocator: ctx.self })
    return {
      allocation: newAllocation(options), candidates: new Set(), isRequested: false, tellings: new Map(), ready: false,
      gatherUntilMs: 0,
    }
  },
  receive(state, message, ctx) {
    const { allocation } = state
    if (!state.ready && message.type !== 'rebuild') return state
    switch (message.type) {
      case 'rebuild': return rebuild(message, options, ctx)
      case 'add-agent':
        allocation.addAgent(message.agent)
        state.tellings.set(message.agent.agentId, message.agent.telling)
        return request(state, [message.agent.agentId], ctx)
      case 'remove-agent':
        allocation.removeAgent(message.agentId)
        state.tellings.delete(message.agentId)
        return state
      case 'activate-agent': case 'deactivate-agent':
        allocation.setAgentActive(message.agentId, message.type === 'activate-agent')
        return request(state, [message.agentId], ctx)
      case 'add-framework':
        allocation.addFramework(message.framework)
        return request(state, 'all', ctx)
      case 'remove-framework': return request(state, allocation.removeFramework(message.frameworkId), ctx)
      case 'activate-framework': case 'deactivate-framework':
        allocation.setFrameworkActive(message.frameworkId, message.type === 'activate-framework')
        return request(state, 'all', ctx)
      case 'suppress-roles':
        allocation.suppress(message.frameworkId, message.roles)
        return state
      case 'revive-roles':
        allocation.revive(message.frameworkId, message.roles)
        return request(state, 'all', ctx)
      case 'recover': {
        const { frameworkId, role, agentId, resources, refuseMs, offerId } = message
        allocation.recover(frameworkId, role, agentId, resources, refuseMs, ctx.now(), offerId)
        return request(state, [agentId], ctx)
      }
      case 'explain': {
        const verdicts = explain(allocation, message.question, ctx.now())
        ctx.tell(options.master, { type: 'explanation', question: message.question, verdicts })
        return state
      }
      case 'filter-ended': return awaitFilter(request(state, allocation.filters.expire(ctx.now()), ctx), ctx)
      case 'run': return run(state, options, ctx)
      default: return unhandled(message)
    }
  },
})

function newAllocation({ weights = new Map(), policy = POLICY }: AllocatorOptions): Allocation {
  const allocation = new Allocation(policy)
  for (const [role, weight] of weights) allocation.shares.setWeight(role, weight)
  return allocation
}

function rebuild(
  { agents, frameworks, isReturn = false }: Extract<AllocatorCall, { type: 'rebuild' }>,
  options: AllocatorOptions, ctx: Ctx,
): State {
  const allocation = newAllocation(options)
  for (const framework of frameworks) allocation.addFramework(framework)
  for (const agent of agents) allocation.addAgent(agent)
  const tellings = new Map(agents.map(({ agentId, telling }) => [agentId, telling]))
  ctx.cancel('filter')
  const gatherUntilMs = isReturn ? ctx.now() + RETURN_MS : 0
  return request({
    allocation, candidates: new Set(), isRequested: false, tellings, ready: true, gatherUntilMs,
  }, 'all', ctx)
}

function request(state: State, agentIds: Iterable<AgentId> | 'all', ctx: Ctx): State {
  if (agentIds === 'all') state.candidates = 'all'
  else if (state.candidates !== 'all') for (const agentId of agentIds) state.candidates.add(agentId)
  const wanted = state.candidates === 'all' || state.candidates.size > 0
  if (wanted && !state.isRequested) {
    if (ctx.now() < state.gatherUntilMs) ctx.after('run', GATHER_MS, { type: 'run' })
    // It is for all that has changed until then, so no one thing causes it: each cycle of offers is a trace of its own.
    else ctx.because('nothing', () => ctx.tell(ctx.self, { type: 'run' }))
  }
  state.isRequested ||= wanted
  return state
}

function run(state: State, { master }: AllocatorOptions, ctx: Ctx): State {
  const { allocation, candidates, tellings } = state
  const grants = allocate(allocation, candidates, ctx.now(), { next: () => ctx.random() })
    .map((grant) => ({ ...grant, telling: tellings.get(grant.agentId) ?? 0 }))
  if (grants.length > 0) ctx.tell(master, { type: 'allocated', grants })
  return awaitFilter({ ...state, candidates: new Set(), isRequested: false }, ctx)
}

/**
 * Also when none was due: the first to end may have been forgotten with its framework, and by the clock by which
 * filters end a timer may go off early.
 */
function awaitFilter(state: State, ctx: Ctx): State {
  const expiryMs = state.allocation.filters.nextExpiryMs()
  if (expiryMs !== undefined) ctx.after('filter', Math.max(1, expiryMs - ctx.now()), { type: 'filter-ended' })
  return state
}
