/** State: what a scheduler is given, what it hears, and what it knows of its framework. */
import type { Ref } from '../../runtime/address.js'
import type { FrameworkId, OfferId, TaskId } from '../protocol/ids.js'
import type { LeadershipEvent } from '../protocol/leadership.js'
import type { SchedulerCall, SchedulerEvent } from '../protocol/scheduler.js'
import type { Acknowledged } from './acknowledged.js'
import type { Losses } from './losses.js'
import type { Standing } from './standing.js'

/** What the process that runs a framework hears of it. */
export type OwnerEvent =
  | { readonly type: 'subscribed'; readonly frameworkId: FrameworkId; readonly cluster: string }
  /** `unheard`: no master was there that could have ended its tasks. */
  | { readonly type: 'finished'; readonly exitCode: number; readonly unheard?: true }
  | { readonly type: 'refused'; readonly problem: string }

export interface SchedulerOptions {
  readonly user: string
  readonly owner: Ref<OwnerEvent>
  /** Resumes a framework of an earlier process. */
  readonly frameworkId?: FrameworkId
  /** Unless the author declares one. */
  readonly failoverTimeoutMs?: number
}

export type SchedulerOrder<Told> =
  | { readonly type: 'told'; readonly told: Told }
  /** Ends the framework from outside; its tasks end with it. */
  | { readonly type: 'end' }
  /** The node is back among the others. */
  | { readonly type: 'reconnected' }

type Private =
  | { readonly type: 'seek' | 'subscribe-again' | 'reconcile-again' | 'check' }
  | { readonly type: 'master-gone'; readonly master: Ref<SchedulerCall> }
  | { readonly type: 'author-timer'; readonly name: string }
export type Message<Told> = SchedulerEvent | LeadershipEvent | SchedulerOrder<Told> | Private

export interface State<Author> {
  phase: 'seeking' | 'subscribing' | 'subscribed' | 'ended'
  author: Author
  master: Ref<SchedulerCall> | undefined
  epoch: number
  /** Of the claim of the leader that was followed last, and of its cluster. */
  nonce: string | undefined
  clusterId: string | undefined
  frameworkId: FrameworkId | undefined
  /** Whether it was subscribed, without a break since: it knows the offers that are out. */
  wasSubscribed: boolean
  attempt: number
  /** Who else may have to do with its master, and comes when that begins to lead. */
  members: number
  readonly acknowledged: Acknowledged
  readonly standing: Standing
  /** Of a framework that wants lost tasks run again. */
  readonly losses: Losses | undefined
  /** Offers that stand and that the author has neither accepted nor declined; a master limits them. */
  readonly offers: Set<OfferId>
  /** Tasks that were asked for at the last subscription and not heard of since. */
  unanswered: Set<TaskId>
}
