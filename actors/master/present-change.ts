/** Present change: how what the leading master knows only now (see `present.ts`) changes, step by step. */
import type { Ref } from '../../runtime/address.js'
import type { AgentEvent } from '../protocol/agent.js'
import type { Turn } from '../protocol/allocator.js'
import type { AgentId, FrameworkId, LaunchId, OfferId, Role, UpdateId } from '../protocol/ids.js'
import type { OfferOutcome } from '../protocol/counts.js'
import type { Offer, SchedulerEvent } from '../protocol/scheduler.js'
import { forgetOldest } from './forget-oldest.js'
import type { Kill, AgentAnswer, Asker, Present } from './present.js'

export type PresentChange = AgentChange | SchedulerChange | WorkChange

type AgentChange =
  | {
      readonly type: 'agent-linked'
      readonly agentId: AgentId
      readonly ref: Ref<AgentEvent>
      readonly atMs: number
      readonly life?: number | undefined
      /** The allocator's books of it go on; otherwise it is about to be told of the agent anew. */
      readonly isUnchanged?: boolean
    }
  | { readonly type: 'agent-unlinked'; readonly agentId: AgentId; readonly atMs: number }
  | { readonly type: 'agent-forgotten'; readonly agentId: AgentId }
  | { readonly type: 'drain-told'; readonly agentId: AgentId; readonly isLast: boolean }
  | { readonly type: 'agent-pinged' | 'agent-answered'; readonly agentId: AgentId }

type SchedulerChange =
  | {
      readonly type: 'scheduler-linked'
      readonly frameworkId: FrameworkId
      readonly ref: Ref<SchedulerEvent>
      readonly atMs: number
    }
  | { readonly type: 'scheduler-unlinked'; readonly frameworkId: FrameworkId; readonly atMs: number }
  | { readonly type: 'return-awaited'; readonly untilMs: number }
  | { readonly type: 'scheduler-forgotten'; readonly frameworkId: FrameworkId }
  | { readonly type: 'update-unheard'; readonly frameworkId: FrameworkId; readonly agentId: AgentId }
  | { readonly type: 'roles-suppressed'; readonly frameworkId: FrameworkId; readonly roles: readonly Role[] }

/** Of offers, and of what is under way. */
type WorkChange =
  | { readonly type: 'offer-made'; readonly offer: Offer; readonly atMs: number; readonly turn?: Turn }
  | { readonly type: 'offer-ended'; readonly offerId: OfferId; readonly outcome?: OfferOutcome }
  | { readonly type: 'kill-asked'; readonly launchId: LaunchId; readonly kill: Kill }
  | { readonly type: 'kill-over'; readonly launchId: LaunchId }
  | { readonly type: 'end-acknowledged'; readonly launchId: LaunchId; readonly updateId: UpdateId }
  | { readonly type: 'ends-owed'; readonly frameworkId: FrameworkId; readonly dueMs: number }
  | { readonly type: 'ends-told'; readonly frameworkId: FrameworkId }
  | { readonly type: 'executor-awaited'; readonly executor: string; readonly gone: ReadonlySet<LaunchId> }
  | { readonly type: 'executor-settled'; readonly executor: string }
  | { readonly type: 'read-asked'; readonly readId: string; readonly replyTo: Asker }
  | { readonly type: 'read-answered'; readonly readId: string }

/** Outputs being read at once; the oldest gives way, and its reader asks again. */
export const READERS_MAX = 10_000
/** Kills under way at once; the oldest gives way, and its scheduler must ask again if its agent was away. */
export const KILLS_MAX = 100_000

/** Ends that were acknowledged before they were heard of; beyond it such a task stays until its agent comes back. */
export const SETTLED_MAX = 10_000

export function change(present: Present, by: PresentChange): void {
  switch (by.type) {
    case 'agent-linked': case 'agent-unlinked': case 'agent-forgotten': case 'drain-told':
    case 'agent-pinged': case 'agent-answered':
      return changeAgent(present, by)
    case 'scheduler-linked': case 'scheduler-unlinked': case 'return-awaited': case 'scheduler-forgotten':
    case 'roles-suppressed': case 'update-unheard':
      return changeScheduler(present, by)
    default: return changeWork(present, by)
  }
}

function changeAgent(present: Present, by: AgentChange): void {
  switch (by.type) {
    case 'agent-linked': return linkAgent(present, by)
    case 'agent-unlinked': {
      const { telling = 0, life } = present.agents.get(by.agentId) ?? {}
      unlinkAgent(present, by.agentId)
      present.agents.set(by.agentId, { ref: undefined, life, sinceMs: by.atMs, missed: 0, telling })
      return
    }
    case 'agent-forgotten':
      forgetAwaited(present, by.agentId)
      present.hurried.delete(by.agentId)
      unlinkAgent(present, by.agentId)
      present.agents.delete(by.agentId)
      return
    case 'drain-told':
      if (by.isLast) present.hurried.add(by.agentId)
      else present.hurried.delete(by.agentId)
      return
    case 'agent-pinged':
    case 'agent-answered': {
      const link = present.agents.get(by.agentId)
      if (link) present.agents.set(by.agentId, { ...link, missed: by.type === 'agent-pinged' ? link.missed + 1 : 0 })
      return
    }
  }
}

function changeScheduler(present: Present, by: SchedulerChange): void {
  switch (by.type) {
    case 'scheduler-linked': case 'scheduler-unlinked': return linkScheduler(present, by)
    case 'return-awaited':
      present.returnAwaitedUntilMs = by.untilMs
      return
    case 'scheduler-forgotten':
      forgetAwaited(present, by.frameworkId)
      unlinkScheduler(present, by.frameworkId)
      present.unheard.clear(by.frameworkId)
      present.owed.delete(by.frameworkId)
      present.schedulers.delete(by.frameworkId)
      return
    case 'update-unheard': return present.unheard.put(by.frameworkId, by.agentId, by.agentId)
    case 'roles-suppressed': {
      const link = present.schedulers.get(by.frameworkId)
      if (link) present.schedulers.set(by.frameworkId, { ...link, suppressed: by.roles })
      return
    }
  }
}

function changeWork(present: Present, by: WorkChange): void {
  switch (by.type) {
    case 'offer-made': return makeOffer(present, by)
    case 'offer-ended': return endOffer(present, by.offerId)
    case 'kill-asked':
      present.kills.set(by.launchId, by.kill)
      forgetOldest(present.kills, KILLS_MAX)
      return
    case 'end-acknowledged':
      present.settled.set(by.launchId, by.updateId)
      forgetOldest(present.settled, SETTLED_MAX)
      return
    case 'ends-owed': return void present.owed.set(by.frameworkId, by.dueMs)
    case 'ends-told': return void present.owed.delete(by.frameworkId)
    case 'executor-awaited': return void present.awaited.set(by.executor, by.gone)
    case 'executor-settled': return void present.awaited.delete(by.executor)
    case 'kill-over': return void present.kills.delete(by.launchId)
    case 'read-asked':
      present.nextRead++
      present.readers.set(by.readId, by.replyTo as Ref<AgentAnswer>)
      forgetOldest(present.readers, READERS_MAX)
      return
    case 'read-answered':
      present.readers.delete(by.readId)
      return
    default: {
      const unknown: never = by
      throw new Error(`unknown change ${JSON.stringify(unknown)}`)
    }
  }
}

type Of<T extends PresentChange['type']> = Extract<PresentChange, { type: T }>

function linkAgent(present: Present, { agentId, ref, atMs, life, isUnchanged }: Of<'agent-linked'>): void {
  forgetAwaited(present, agentId)
  present.hurried.delete(agentId)
  const link = present.agents.get(agentId)
  const before = link?.ref
  unlinkAgent(present, agentId)
  present.agentIds.set(ref, agentId)
  const former = before === ref ? undefined : before
  const telling = link && isUnchanged ? link.telling : present.nextTelling++
  present.agents.set(agentId, { ref, life, former, sinceMs: atMs, missed: 0, telling })
}

function linkScheduler(present: Present, by: Of<'scheduler-linked'> | Of<'scheduler-unlinked'>): void {
  const { frameworkId, atMs } = by
  const wasLinked = by.type === 'scheduler-linked' || (present.schedulers.get(frameworkId)?.wasLinked ?? false)
  unlinkScheduler(present, frameworkId)
  const ref = by.type === 'scheduler-linked' ? by.ref : undefined
  present.schedulers.set(frameworkId, { ref, sinceMs: atMs, suppressed: [], wasLinked })
  if (ref === undefined) return
  present.unheard.clear(frameworkId)
  present.frameworkIds.set(ref, frameworkId)
}

function makeOffer(present: Present, { offer, atMs, turn }: Of<'offer-made'>): void {
  present.nextOffer++
  present.offers.set(offer.offerId, { offer, madeMs: atMs, ...(turn ? { turn } : {}) })
  present.offersOf.put(offer.agentId, offer.offerId, offer)
  present.offersTo.put(offer.frameworkId, offer.offerId, offer)
}

function unlinkAgent(present: Present, agentId: AgentId): void {
  const ref = present.agents.get(agentId)?.ref
  if (ref !== undefined && present.agentIds.get(ref) === agentId) present.agentIds.delete(ref)
}

function unlinkScheduler(present: Present, frameworkId: FrameworkId): void {
  const ref = present.schedulers.get(frameworkId)?.ref
  if (ref !== undefined && present.frameworkIds.get(ref) === frameworkId) present.frameworkIds.delete(ref)
}

function endOffer(present: Present, offerId: OfferId): void {
  const ended = present.offers.get(offerId)?.offer
  if (!ended) return
  present.offers.delete(offerId)
  present.offersOf.delete(ended.agentId, offerId)
  present.offersTo.delete(ended.frameworkId, offerId)
}

/** Whoever begins anew, or is gone, says itself which executors run. */
function forgetAwaited(present: Present, of: AgentId | FrameworkId): void {
  for (const executor of present.awaited.keys()) if (executor.split('/').includes(of)) present.awaited.delete(executor)
}
