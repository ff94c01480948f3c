/** Allocator: what it and the master say to each other. Within one node, so nothing is declared. */
import type { Ref } from '../../runtime/address.js'
import type { Resources } from '../resources/resources.js'
import type { ExplanationAnswer, FrameworkVerdict } from './explanation.js'
import type { AgentId, FrameworkId, OfferId, Role } from './ids.js'

export interface Holding {
  readonly frameworkId: FrameworkId
  readonly role: Role
  readonly resources: Resources
}

export interface AgentShare {
  readonly agentId: AgentId
  readonly total: Resources
  /** What is promised or in use there. */
  readonly used: readonly Holding[]
  readonly active: boolean
}

/** An agent as the allocator is told of it. */
export interface ToldAgent extends AgentShare {
  /**
   * Which telling of this agent it is. What was granted of an older telling is void: the books were
   * begun anew meanwhile, and what it promised may be promised again.
   */
  readonly telling: number
}

export interface FrameworkShare {
  readonly frameworkId: FrameworkId
  readonly roles: readonly Role[]
  readonly suppressed: readonly Role[]
  readonly active: boolean
  /** It is offered nothing that holds less. */
  readonly needs?: Resources | undefined
}

/** Why are these frameworks not offered these agents? */
export interface ExplainQuestion {
  readonly frameworkIds: readonly FrameworkId[]
  /** Only in this role; in all that each has unless given. */
  readonly role?: Role
  readonly agentIds: readonly AgentId[]
  /** The operator who asks. */
  readonly replyTo: Ref<ExplanationAnswer>
}

export type AllocatorCall =
  /** All that the master knows; whatever the allocator believed before is void. */
  | {
      readonly type: 'rebuild'
      readonly agents: readonly ToldAgent[]
      readonly frameworks: readonly FrameworkShare[]
      /** Agents are about to come back, one after the other: what they have is offered a little later, together. */
      readonly isReturn?: boolean
    }
  | { readonly type: 'add-agent'; readonly agent: ToldAgent }
  | { readonly type: 'remove-agent'; readonly agentId: AgentId }
  | { readonly type: 'activate-agent' | 'deactivate-agent'; readonly agentId: AgentId }
  | { readonly type: 'add-framework'; readonly framework: FrameworkShare }
  | { readonly type: 'remove-framework'; readonly frameworkId: FrameworkId }
  | { readonly type: 'activate-framework' | 'deactivate-framework'; readonly frameworkId: FrameworkId }
  | {
      readonly type: 'suppress-roles' | 'revive-roles'
      readonly frameworkId: FrameworkId
      readonly roles: readonly Role[]
    }
  /** Resources are free again; with `refuseMs` the framework does not want them for so long. */
  | {
      readonly type: 'recover'
      readonly frameworkId: FrameworkId
      readonly role: Role
      readonly agentId: AgentId
      readonly resources: Resources
      readonly refuseMs: number
      /** Which offer was refused. */
      readonly offerId?: OfferId
    }
  /** Answered by `explanation`. */
  | { readonly type: 'explain'; readonly question: ExplainQuestion }

export interface Grant extends Holding {
  readonly agentId: AgentId
  /** By which shares its turn came. */
  readonly turn?: Turn
}

/** Weighted shares when something was granted, the grant itself left aside. */
export interface Turn {
  readonly roleShare: number
  readonly share: number
}

/** A grant as the master hears of it. */
export interface ToldGrant extends Grant {
  readonly telling: number
}

export type AllocatorEvent =
  /** A new life of the allocator asks to be rebuilt. */
  | { readonly type: 'allocator-started'; readonly allocator: Ref<AllocatorCall> }
  | { readonly type: 'allocated'; readonly grants: readonly ToldGrant[] }
  | {
      readonly type: 'explanation'
      readonly question: ExplainQuestion
      readonly verdicts: readonly FrameworkVerdict[]
    }
