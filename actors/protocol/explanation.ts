/** Explanation: why frameworks are not offered agents, as the allocator answers and as operators read it. */
import type { Ref } from '../../runtime/address.js'
import type { Amounts } from '../resources/amounts.js'
import type { Resources } from '../resources/resources.js'
import type { AgentId, FrameworkId, OfferId, Role } from './ids.js'

/** So many of those who come before somebody are named. */
export const BEFORE_NAMED_MAX = 10
/** So many frameworks of a role are explained at once. */
export const FRAMEWORKS_EXPLAINED_MAX = 20
/** Frameworks times agents that are looked at for one question, beyond the first framework: nobody waits meanwhile. */
export const PAIRS_EXPLAINED_MAX = 100_000
/** So many agents are told of one by one; all are counted. */
export const AGENTS_EXPLAINED_MAX = 1_000
/** So many offers, and so many frameworks with tasks, are named as what holds an agent. */
export const HOLDERS_NAMED_MAX = 10

/** Why an agent, or a part of it, is not offered to a framework in a role. */
export type Reason = Obstacle | Short | Filtered | Outranked

export interface Obstacle {
  readonly kind:
    | 'agent-unknown' | 'agent-inactive' | 'nothing-left' | 'below-minimum'
    | 'framework-unknown' | 'framework-inactive' | 'not-subscribed' | 'suppressed'
}

/** The framework has said what it needs, and there is less. */
export interface Short {
  readonly kind: 'short'
  readonly lacks: readonly Lack[]
}

/** In units, or as text where it is not a quantity. */
export interface Lack {
  readonly name: string
  readonly free: number | string
  readonly needs: number | string
  /** What the whole agent has, where even that is less. */
  readonly total?: number | string
}

/** The framework did not take as much as this, and is not asked again so soon. */
export interface Filtered {
  readonly kind: 'filtered'
  /** In the allocator's milliseconds. */
  readonly untilMs: number
  readonly refused: Resources
  /** Unless it was refused some other way. */
  readonly offerId?: OfferId
}

/** It might be offered, and another comes first. */
export interface Outranked {
  readonly kind: 'outranked'
  readonly frameworkId: FrameworkId
  readonly byRole: Role
  /** Whose shares decide: the roles' or, within one role, the frameworks'. */
  readonly level: 'role' | 'framework'
  readonly share: number
  readonly theirs: number
}

/** With the role that it is about, where it is not the same in all of them. */
export type RoleReason = Reason & { readonly role?: Role }

/** What the allocator says of one agent; without reasons it would offer it next. */
export interface Verdict {
  readonly agentId: AgentId
  readonly available: Resources
  readonly reasons: readonly RoleReason[]
}

export interface Rank<Name extends string> {
  readonly name: Name
  readonly share: number
}

/** Where somebody stands in the order of shares. */
export interface Place<Name extends string> {
  readonly share: number
  /** From 1; absent for who is not asked at all. */
  readonly place?: number
  readonly of: number
  readonly before: readonly Rank<Name>[]
}

export interface Standing {
  readonly role: Role
  readonly weight: number
  readonly ofRole: Place<Role>
  readonly ofFramework: Place<FrameworkId>
}

export interface FrameworkVerdict {
  readonly frameworkId: FrameworkId
  readonly standings: readonly Standing[]
  readonly verdicts: readonly Verdict[]
}

/** As an operator reads it: times in ISO 8601, amounts in units, and what the master alone knows. */
export type ReasonView = { readonly role?: Role } & (
  | Obstacle
  | Short
  | { readonly kind: 'filtered'; readonly until: string; readonly refused: Amounts; readonly offer?: OfferId }
  | {
      readonly kind: 'outranked'
      readonly framework: FrameworkId
      readonly name: string
      readonly byRole: Role
      readonly level: 'role' | 'framework'
      readonly share: number
      readonly theirs: number
    }
  /** Instead of what the allocator calls unknown or inactive. */
  | { readonly kind: 'unreachable' | 'disconnected' | 'draining'; readonly since: string }
  | { readonly kind: 'deactivated' }
  /** Where the rest of the agent is. */
  | {
      readonly kind: 'held'
      readonly offer: OfferId
      readonly framework: FrameworkId
      readonly name: string
      readonly isOwn: boolean
      readonly resources: Amounts
      readonly since: string
      /** By which share its turn came: its role's, where that is none of the framework's own. */
      readonly turn?: { readonly role?: Role; readonly share: number }
    }
  | {
      readonly kind: 'in-use'
      readonly framework: FrameworkId
      readonly name: string
      readonly isOwn: boolean
      readonly tasks: number
      readonly resources: Amounts
    }
)

export interface AgentExplanation {
  readonly agent: AgentId
  readonly name?: string
  readonly hostname: string
  readonly free: Amounts
  readonly reasons: readonly ReasonView[]
}

export interface FrameworkExplanation {
  readonly framework: FrameworkId
  readonly name: string
  readonly state: 'active' | 'disconnected'
  readonly roles: readonly Role[]
  readonly suppressed: readonly Role[]
  /** What it has said that it needs; it is offered nothing less. */
  readonly needs?: Amounts
  readonly tasks: number
  /** Offers that wait for its answer. */
  readonly offers: number
  /** The names of those who come before it. */
  readonly names: Readonly<Record<FrameworkId, string>>
  readonly standings: readonly Standing[]
  readonly agentsTotal: number
  /** Agents without any reason. */
  readonly serving: number
  /** Of how many agents each kind of reason keeps it. */
  readonly counts: Readonly<Record<string, number>>
  readonly agents: readonly AgentExplanation[]
}

/** What an operator asks: why the agents are not offered to these frameworks. */
export interface ExplainCall {
  readonly type: 'explain'
  readonly frameworkIds: readonly FrameworkId[]
  /** Only in this role; in all that each has unless given. */
  readonly role?: Role
  readonly replyTo: Ref<ExplanationAnswer>
}

export interface ExplanationAnswer {
  readonly type: 'explanation'
  readonly frameworks: readonly FrameworkExplanation[]
}
