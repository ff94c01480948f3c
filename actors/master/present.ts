/**
 * Present: what the leading master knows only now: who is connected, which offers are out. None of it
 * survives the master, and none of it must: peers reconnect, and offers of an older epoch are void.
 */
import type { Ref } from '../../runtime/address.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { Turn } from '../protocol/allocator.js'
import type { AgentId, FrameworkId, LaunchId, OfferId, Role, UpdateId } from '../protocol/ids.js'
import type { FileRefusal } from '../protocol/files.js'
import type { OperatorFiles, OperatorUsage } from '../protocol/look.js'
import { Groups } from './groups.js'
import type { Offer, SchedulerEvent } from '../protocol/scheduler.js'

/** An agent silent or away for longer is unreachable, unless the master is told otherwise. */
export const AGENT_TIMEOUT_MS = 75_000

export interface AgentLink {
  /** Undefined while the agent is away. */
  readonly ref: Ref<AgentEvent> | undefined
  /** Whom it has replaced while that one still was there. */
  readonly former?: Ref<AgentEvent> | undefined
  /** Which of the agent's lives it is, as it says itself. */
  readonly life?: number | undefined
  readonly sinceMs: number
  /** Pings without an answer. */
  readonly missed: number
  /** Which telling of this agent the allocator knows; what it grants of an older one is void. */
  readonly telling: number
}

export interface SchedulerLink {
  readonly ref: Ref<SchedulerEvent> | undefined
  readonly sinceMs: number
  readonly suppressed: readonly Role[]
  /** Whether it has been connected to this master: what was sent to it since may not have reached it. */
  readonly wasLinked?: boolean
}

export interface OfferOut {
  readonly offer: Offer
  readonly madeMs: number
  /** By which shares its framework's turn came. */
  readonly turn?: Turn
}

/** Who reads a task's output, until the agent answers. */
export interface OutputAnswer {
  readonly type: 'output'
  readonly requestId: string
  readonly offset: number
  readonly data: Uint8Array
  readonly end: boolean
  readonly size?: number
  readonly problem?: string
  readonly refusal?: FileRefusal
}

/** What an agent was asked for; who asked for the one hears of no other. */
export type AgentAnswer = OutputAnswer | OperatorFiles | OperatorUsage
export type Asker = Ref<OutputAnswer> | Ref<OperatorFiles> | Ref<OperatorUsage>

/** How a kill was asked for. */
export interface Kill {
  readonly graceMs?: number
}

export interface Present {
  readonly agents: Map<AgentId, AgentLink>
  readonly schedulers: Map<FrameworkId, SchedulerLink>
  readonly offers: Map<OfferId, OfferOut>
  /** The same offers, by agent and by framework. */
  readonly offersOf: Groups<AgentId, OfferId, Offer>
  readonly offersTo: Groups<FrameworkId, OfferId, Offer>
  /** Agents whose updates came while their scheduler was away. */
  readonly unheard: Groups<FrameworkId, AgentId, AgentId>
  /** Who is connected, by address. */
  readonly agentIds: Map<Ref<AgentEvent>, AgentId>
  readonly frameworkIds: Map<Ref<SchedulerEvent>, FrameworkId>
  /** Who has asked an agent, by the number of the question. */
  readonly readers: Map<string, Ref<AgentAnswer>>
  /** Kills of tasks that have not ended yet: an agent that was away has not heard of them. */
  readonly kills: Map<LaunchId, Kill>
  /** What a scheduler has acknowledged of a task that has ended, before this master has heard of that update. */
  readonly settled: Map<LaunchId, UpdateId>
  /** Frameworks whose schedulers are to hear of ends from the agents; from then on they hear it from the master. */
  readonly owed: Map<FrameworkId, number>
  /** Executors (see `executorKey`) that have ended, and that tasks under way are about to bring back. */
  readonly awaited: Map<string, ReadonlySet<LaunchId>>
  /** Agents that drain and have been told that their deadline is over. */
  readonly hurried: Set<AgentId>
  /** Until then agents may come back with tasks that this master has never heard of. */
  recoveringUntilMs: number
  /** An agent silent or away for longer is unreachable. */
  readonly agentTimeoutMs: number
  /** Until then no framework's scheduler has stayed away too long. */
  returnAwaitedUntilMs: number
  nextOffer: number
  nextRead: number
  nextTelling: number
}

export const newPresent = (agentTimeoutMs = AGENT_TIMEOUT_MS): Present => ({
  agentTimeoutMs,
  agents: new Map(), schedulers: new Map(), agentIds: new Map(), frameworkIds: new Map(), offers: new Map(),
  offersOf: new Groups(), offersTo: new Groups(), unheard: new Groups(), readers: new Map(), kills: new Map(),
  settled: new Map(), owed: new Map(),
  awaited: new Map(), hurried: new Set(), recoveringUntilMs: 0, returnAwaitedUntilMs: 0, nextOffer: 0, nextRead: 0,
  nextTelling: 1,
})
