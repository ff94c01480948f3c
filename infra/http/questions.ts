/** Questions: what the interface asks of the master's actor; when that is silent, it is a `Refusal`. */
import type { Ref } from '../../runtime/address.js'
import type { System } from '../../runtime/system.js'
import type {
  AgentView, ClusterView, FrameworkView, LeaderView, OfferView, OperatorAnswer, OperatorCall,
  HistoryView, OverviewView, RoleView, TaskView, ViewName,
} from '../../actors/protocol/operator.js'
import type { CountsView } from '../../actors/protocol/counts.js'
import type { FrameworkExplanation } from '../../actors/protocol/explanation.js'
import type { OperatorLook, OperatorRead } from '../../actors/protocol/look.js'
import type { AgentId, FrameworkId, Role } from '../../actors/protocol/ids.js'
import { Refusal } from './refusal.js'

/** How long the master may take; it answers from memory, so silence means that it does not lead. */
export const ANSWER_TIMEOUT_MS = 5_000

export interface ViewOf {
  readonly agents: AgentView
  readonly frameworks: FrameworkView
  readonly tasks: TaskView
  readonly offers: OfferView
  readonly roles: RoleView
}

export interface ReadWish {
  readonly task: TaskView
  readonly stream: 'stdout' | 'stderr'
  readonly offset: number
  readonly bytesMax: number
  readonly follow: boolean
}

type Maintenance = Extract<OperatorCall, {
  type: 'operator-activate' | 'operator-deactivate' | 'operator-drain' | 'operator-gone'
}>
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** What an operator wants of an agent. */
export type MaintenanceWish = Without<Maintenance, 'agentId' | 'replyTo'>

/** What somebody hears who has asked that. */
type AnswerOf<L extends OperatorLook> = L['replyTo'] extends Ref<infer Answer> ? Answer : never

export class Questions {
  constructor(private readonly system: System, private readonly master: Ref<OperatorCall>) {}

  /** @param ids only these; of tasks, their launches */
  async list<N extends ViewName>(what: N, ids?: ReadonlySet<string>): Promise<readonly ViewOf[N][]> {
    const answer = await this.ask((replyTo) => ({ type: 'list', what, ...(ids ? { ids } : {}), replyTo }))
    if (answer.type !== 'views') throw unexpected(answer)
    return answer.views as readonly ViewOf[N][]
  }

  async cluster(timeoutMs = ANSWER_TIMEOUT_MS): Promise<ClusterView> {
    const answer = await this.ask((replyTo) => ({ type: 'describe-cluster', replyTo }), timeoutMs)
    if (answer.type !== 'cluster') throw unexpected(answer)
    return answer.view
  }

  /** Who leads, as this master knows. */
  async leader(timeoutMs = ANSWER_TIMEOUT_MS): Promise<LeaderView> {
    const answer = await this.ask((replyTo) => ({ type: 'describe-leader', replyTo }), timeoutMs)
    if (answer.type !== 'leader-view') throw unexpected(answer)
    return answer.view
  }

  async overview(): Promise<OverviewView> {
    const answer = await this.ask((replyTo) => ({ type: 'describe-overview', replyTo }))
    if (answer.type !== 'overview') throw unexpected(answer)
    return answer.view
  }

  /** How often what has happened since this master began. */
  async counts(): Promise<CountsView> {
    const answer = await this.ask((replyTo) => ({ type: 'read-counts', replyTo }))
    if (answer.type !== 'counts') throw unexpected(answer)
    return answer.view
  }

  /** What happened after the entry `since` of one life of the master. */
  async history(since: number, offers: boolean, lifeMs?: number): Promise<HistoryView> {
    const life = lifeMs === undefined ? {} : { lifeMs }
    const answer = await this.ask((replyTo) => ({ type: 'read-history', since, offers, ...life, replyTo }))
    if (answer.type !== 'history') throw unexpected(answer)
    return answer.view
  }

  /** Why agents are not offered to these frameworks. @param role only in this one */
  async explain(frameworkIds: readonly FrameworkId[], role?: Role): Promise<readonly FrameworkExplanation[]> {
    const only = role === undefined ? {} : { role }
    const answer = await this.ask((replyTo) => ({ type: 'explain', frameworkIds, ...only, replyTo }))
    if (answer.type !== 'explanation') throw unexpected(answer)
    return answer.frameworks
  }

  /** The nodes of agents and frameworks that are connected. */
  async nodes(): Promise<readonly string[]> {
    const answer = await this.ask((replyTo) => ({ type: 'list-nodes', replyTo }))
    if (answer.type !== 'nodes') throw unexpected(answer)
    return answer.nodes
  }

  /** False when the task has ended meanwhile. */
  async kill({ framework: frameworkId, id: taskId }: TaskView): Promise<boolean> {
    const answer = await this.ask((replyTo) => ({ type: 'operator-kill', frameworkId, taskId, replyTo }))
    return answer.type === 'done'
  }

  /** Whether it changed anything. */
  async maintain(agentId: AgentId, wish: MaintenanceWish): Promise<boolean> {
    const answer = await this.ask((replyTo) => ({ ...wish, agentId, replyTo }))
    if (answer.type === 'not-found') throw new Refusal('not-found', answer.problem, { noun: 'agent' })
    if (answer.type !== 'done') throw unexpected(answer)
    return answer.changed !== false
  }

  /** Ends a framework and its tasks; whether it had not ended before. */
  async teardown(frameworkId: FrameworkId): Promise<boolean> {
    const answer = await this.ask((replyTo) => ({ type: 'operator-teardown', frameworkId, replyTo }))
    if (answer.type === 'not-found') throw new Refusal('not-found', answer.problem, { noun: 'framework' })
    if (answer.type !== 'done') throw unexpected(answer)
    return answer.changed !== false
  }

  /** Undefined when nobody answered in time: the agent has gone, or came back and forgot the question. */
  async read({ task, ...wish }: ReadWish, timeoutMs: number): Promise<OperatorRead | undefined> {
    const { framework: frameworkId, id: taskId } = task
    const question = (replyTo: Ref<OperatorRead>): OperatorCall =>
      ({ type: 'operator-read', frameworkId, taskId, ...wish, replyTo })
    const answer = this.system.ask<OperatorCall, OperatorRead>(this.master, question, timeoutMs)
    return answer.catch(() => undefined)
  }

  /** Undefined when nobody answered in time. */
  look<L extends OperatorLook>(look: Without<L, 'replyTo'>, timeoutMs: number): Promise<AnswerOf<L> | undefined> {
    const question = (replyTo: Ref<AnswerOf<L>>) => ({ ...look, replyTo }) as unknown as OperatorCall
    return this.system.ask<OperatorCall, AnswerOf<L>>(this.master, question, timeoutMs).catch(() => undefined)
  }

  private async ask(
    question: (replyTo: Ref<OperatorAnswer>) => OperatorCall, timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<OperatorAnswer> {
    try {
      return await this.system.ask<OperatorCall, OperatorAnswer>(this.master, question, timeoutMs)
    } catch {
      const seconds = timeoutMs / 1_000
      throw new Refusal('unavailable', `the master did not answer within ${seconds} s: it does not lead yet`)
    }
  }
}

const unexpected = (answer: OperatorAnswer): Refusal =>
  new Refusal('failed', `the master answered '${answer.type}'`)
