/** Operator: what the HTTP interface asks of the master. Within one node, so nothing is declared. */
import type { Ref } from '../../runtime/address.js'
import type { Amounts } from '../resources/amounts.js'
import type { CountsView, OfferOutcome } from './counts.js'
import type { ExplainCall, ExplanationAnswer } from './explanation.js'
import type { AgentId, FrameworkId, LaunchId, OfferId, Role, TaskId } from './ids.js'
import type { LogRecord } from './log.js'
import type { OperatorLook, OperatorRead } from './look.js'
import type { Offer } from './scheduler.js'
import type { TaskState } from './task.js'

export interface AgentView {
  readonly id: AgentId
  /** Of its node; what `--name` said. */
  readonly name?: string
  readonly hostname: string
  /** What an operator wants of it; else how it is connected. */
  readonly state: AgentState
  readonly connection: AgentConnection
  readonly resources: Amounts
  readonly used: Amounts
  readonly offered: Amounts
  readonly attributes: string
  readonly tasks: number
  /** Not of one that is gone. */
  readonly admittedAt?: string
  /** While it drains: from then on tasks are ended at once. */
  readonly deadline?: string
  /** Of one that is gone. */
  readonly goneAt?: string
}

export const AGENT_STATES = [
  'active', 'deactivated', 'draining', 'drained', 'disconnected', 'unreachable', 'gone',
] as const
export type AgentState = (typeof AGENT_STATES)[number]
/** `disconnected` is away for a moment, `unreachable` for so long that its frameworks were told. */
export type AgentConnection = 'connected' | 'disconnected' | 'unreachable'

export interface FrameworkView {
  readonly id: FrameworkId
  readonly name: string
  readonly state: 'active' | 'disconnected'
  readonly roles: readonly Role[]
  readonly suppressed: readonly Role[]
  /** What it has said that it needs; it is offered nothing less. */
  readonly needs?: Amounts
  readonly used: Amounts
  readonly tasks: number
  readonly subscribedAt: string
}

export interface TaskView {
  readonly id: TaskId
  readonly name: string
  readonly framework: FrameworkId
  readonly agent: AgentId
  readonly launch: LaunchId
  readonly role: Role
  readonly state: TaskState
  readonly resources: Amounts
  readonly command: string
  readonly exitCode?: number
  readonly signal?: string
  readonly message?: string
  readonly launchedAt: string
  readonly changedAt: string
}

export interface OfferView {
  readonly id: OfferId
  readonly framework: FrameworkId
  readonly agent: AgentId
  readonly role: Role
  readonly resources: Amounts
  readonly offeredAt: string
}

export interface ClusterView {
  readonly cluster: string
  readonly epoch: number
  /** The master that holds the epoch, by its name. */
  readonly leader: string
  /** Whether that is the one who answers. */
  readonly leading: boolean
  readonly agents: number
  readonly frameworks: number
  readonly tasks: number
  readonly offers: number
}

/** What one framework has in a role. */
export interface RoleMember {
  readonly framework: FrameworkId
  readonly name: string
  readonly used: Amounts
  readonly share: number
  readonly tasks: number
}

export interface RoleView {
  readonly id: Role
  readonly used: Amounts
  readonly offered: Amounts
  /** Of the resource of which it has most, its part of the cluster; weights left aside. */
  readonly share: number
  readonly dominant: string
  readonly tasks: number
  readonly members: readonly RoleMember[]
}

/** All at a glance. */
export interface OverviewView extends LeaderView {
  readonly resources: { readonly total: Amounts; readonly used: Amounts; readonly offered: Amounts }
  readonly agents: Readonly<Record<string, number>>
  readonly frameworks: Readonly<Record<string, number>>
  readonly tasks: Readonly<Record<string, number>>
  readonly offers: number
  /** The oldest of those that are away, unreachable or disconnected; a few of each. */
  readonly away: readonly { readonly noun: 'agent' | 'framework'; readonly id: string; readonly name: string
    readonly state: string }[]
}

export type View = AgentView | FrameworkView | TaskView | OfferView | RoleView

export const VIEWS = ['agents', 'frameworks', 'tasks', 'offers', 'roles'] as const
export type ViewName = (typeof VIEWS)[number]

/** Who leads, as the master knows that is asked. */
export interface LeaderView {
  readonly cluster: string
  readonly epoch: number
  /** Whether it is the one who is asked. */
  readonly leading: boolean
  /** Empty before anybody has led. */
  readonly leader: string
  /** Where the leader's interface answers. */
  readonly url?: string | undefined
}

/** What may have happened: a decision that was committed, or somebody who came or went. */
export type Happening =
  | LogRecord
  | { readonly type: 'agent-connected' | 'agent-disconnected'; readonly agentId: AgentId }
  | { readonly type: 'framework-connected' | 'framework-disconnected'; readonly frameworkId: FrameworkId }
  | { readonly type: 'roles-suppressed'; readonly frameworkId: FrameworkId; readonly roles: readonly Role[] }
  | { readonly type: 'offer-made'; readonly offer: Offer }
  | { readonly type: 'offer-ended'; readonly offer: Offer; readonly outcome: OfferOutcome }

export interface HistoryEntry {
  readonly number: number
  readonly atMs: number
  readonly happening: Happening
  /** Of a task's record that does not name them. */
  readonly launchId?: LaunchId
  readonly agentId?: AgentId
}

export interface HistoryView {
  /** Tells one life of the master from the next, whose numbers begin anew. */
  readonly lifeMs: number
  /** The number to go on from. */
  readonly last: number
  readonly entries: readonly HistoryEntry[]
  /** False when something after `since` is no longer kept. */
  readonly isComplete: boolean
  /** False when there is more to be asked for now. */
  readonly isAll: boolean
}

export type OperatorAnswer =
  | { readonly type: 'leader-view'; readonly view: LeaderView }
  | { readonly type: 'views'; readonly views: readonly View[] }
  | { readonly type: 'cluster'; readonly view: ClusterView }
  | { readonly type: 'overview'; readonly view: OverviewView }
  | { readonly type: 'history'; readonly view: HistoryView }
  | { readonly type: 'counts'; readonly view: CountsView }
  | { readonly type: 'nodes'; readonly nodes: readonly string[] }
  | ExplanationAnswer
  /** `changed` is false when it was so before. */
  | { readonly type: 'done'; readonly changed?: boolean }
  | { readonly type: 'not-found'; readonly problem: string }

export type OperatorCall =
  | ExplainCall
  /** @param ids only these; of tasks, their launches */
  | {
      readonly type: 'list'
      readonly what: ViewName
      readonly ids?: ReadonlySet<string>
      readonly replyTo: Ref<OperatorAnswer>
    }
  /** What came after the entry of number `since`; of another life of the master, all that there is. */
  | {
      readonly type: 'read-history'
      readonly since: number
      readonly lifeMs?: number
      readonly offers: boolean
      readonly replyTo: Ref<OperatorAnswer>
    }
  | {
      readonly type: 'describe-cluster' | 'describe-leader' | 'describe-overview' | 'list-nodes'
      readonly replyTo: Ref<OperatorAnswer>
    }
  | { readonly type: 'read-counts'; readonly replyTo: Ref<OperatorAnswer> }
  | {
      readonly type: 'operator-kill'
      readonly frameworkId: FrameworkId
      readonly taskId: TaskId
      readonly replyTo: Ref<OperatorAnswer>
    }
  | {
      readonly type: 'operator-activate' | 'operator-deactivate' | 'operator-gone'
      readonly agentId: AgentId
      readonly replyTo: Ref<OperatorAnswer>
    }
  | {
      readonly type: 'operator-drain'
      readonly agentId: AgentId
      /** For each task; its own grace unless given. */
      readonly graceMs?: number
      /** From now; then tasks are ended at once. */
      readonly deadlineMs?: number
      /** Once it is drained, it is gone. */
      readonly gone?: boolean
      readonly replyTo: Ref<OperatorAnswer>
    }
  | {
      readonly type: 'operator-teardown'
      readonly frameworkId: FrameworkId
      readonly replyTo: Ref<OperatorAnswer>
    }
  | {
      readonly type: 'operator-read'
      readonly frameworkId: FrameworkId
      readonly taskId: TaskId
      readonly stream: 'stdout' | 'stderr'
      readonly offset: number
      readonly bytesMax: number
      readonly follow: boolean
      readonly replyTo: Ref<OperatorRead>
    }

  | OperatorLook
