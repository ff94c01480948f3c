/** Offering: makes offers of what the allocator granted, and takes them back. Decisions only. */
import type { AllocatorCall, ToldGrant, Turn } from '../protocol/allocator.js'
import type { AgentId, FrameworkId, OfferId } from '../protocol/ids.js'
import type { OfferOutcome } from '../protocol/counts.js'
import { REFUSE_DEFAULT_MS, REFUSE_MAX_MS, type Offer, type SchedulerCall } from '../protocol/scheduler.js'
import { isOffered } from './agent-record.js'
import { newId } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Knowledge } from './decision.js'
import type { OfferOut } from './present.js'

/** An offer that nobody answers goes back after this long. */
export const OFFER_TIMEOUT_MS = 30_000

/** Grants become offers, one event per framework; what nobody can take any more goes straight back. */
export function onAllocated({ cluster, present, now }: Knowledge, grants: readonly ToldGrant[]): Decision {
  const offers = new Map<FrameworkId, Offer[]>()
  const turns = new Map<OfferId, Turn>()
  const returned: AllocatorCall[] = []
  let number = present.nextOffer
  for (const { telling, turn, ...grant } of grants) {
    const { frameworkId, agentId, role } = grant
    const link = present.agents.get(agentId)
    // Granted before the agent was last told of: the allocator does not count it any more.
    if (link === undefined || link.telling !== telling) continue
    const agent = cluster.agents.get(agentId)
    const takes = present.schedulers.get(frameworkId)?.ref !== undefined
      && cluster.frameworks.get(frameworkId)?.info.roles.includes(role)
    if (!agent || !isOffered(agent) || !link.ref || !takes) {
      returned.push({ type: 'recover', ...grant, refuseMs: 0 })
      continue
    }
    const offerId = newId(cluster, `O${cluster.epoch}.${number++}`) as OfferId
    const { hostname, attributes } = agent.info
    const offer = { offerId, ...grant, hostname, attributes }
    if (turn) turns.set(offerId, turn)
    const others = offers.get(frameworkId)
    if (others) others.push(offer)
    else offers.set(frameworkId, [offer])
  }
  const made = [...offers.values()].flat()
  return decision({
    changes: made.map((offer) => {
      const turn = turns.get(offer.offerId)
      return { type: 'offer-made', offer, atMs: now, ...(turn ? { turn } : {}) }
    }),
    allocator: returned,
    effects: [...offers].flatMap(([frameworkId, of]) =>
      tell(present.schedulers.get(frameworkId)?.ref, { type: 'offers', offers: of })),
  })
}

export function onDecline({ present }: Knowledge, call: Extract<SchedulerCall, { type: 'decline' }>): Decision {
  const declined = new Set(call.offerIds)
  const own = [...declined].map((offerId) => present.offers.get(offerId))
    .filter((out): out is OfferOut => out?.offer.frameworkId === call.frameworkId)
  return combine([NOTHING, ...own.map((out) => giveBack(out.offer, refusal(call.refuseMs), 'declined'))])
}

/** Offers that have waited too long are taken back; the order of the book is the order of their age. */
export function onSweep({ present, now }: Knowledge): Decision {
  const expired: Decision[] = [NOTHING]
  for (const { offer, madeMs } of present.offers.values()) {
    if (now - madeMs < OFFER_TIMEOUT_MS) break
    expired.push(rescind({ present }, offer, REFUSE_DEFAULT_MS))
  }
  return combine(expired)
}

export const rescindOfAgent = (knowledge: Knowledge, agentId: AgentId): Decision =>
  rescindAll(knowledge, knowledge.present.offersOf.of(agentId))

export const rescindOfFramework = (knowledge: Knowledge, frameworkId: FrameworkId): Decision =>
  rescindAll(knowledge, knowledge.present.offersTo.of(frameworkId))

/** Ends an offer; its resources are free again. */
export function giveBack(offer: Offer, refuseMs: number, outcome?: OfferOutcome): Decision {
  const { frameworkId, role, agentId, resources, offerId } = offer
  return decision({
    changes: [{ type: 'offer-ended', offerId, ...(outcome ? { outcome } : {}) }],
    allocator: [{
      type: 'recover', frameworkId, role, agentId, resources, refuseMs, ...(refuseMs > 0 ? { offerId } : {}),
    }],
  })
}

/**
 * A refusal stands at least this long: resources are offered at once when they are free, so a scheduler
 * that refuses for no time would get the same offer back as fast as messages travel.
 */
export const REFUSE_MIN_MS = 100

/** How long what was refused is withheld, from what the scheduler said. */
export const refusal = (refuseMs: number | undefined): number =>
  Math.max(REFUSE_MIN_MS, Math.min(refuseMs ?? REFUSE_DEFAULT_MS, REFUSE_MAX_MS))

const rescindAll = (knowledge: Knowledge, offers: Iterable<Offer>): Decision =>
  combine([NOTHING, ...[...offers].map((offer) => rescind(knowledge, offer, 0))])

function rescind({ present }: Pick<Knowledge, 'present'>, offer: Offer, refuseMs: number): Decision {
  return {
    ...giveBack(offer, refuseMs),
    effects: tell(present.schedulers.get(offer.frameworkId)?.ref, { type: 'rescind', offerId: offer.offerId }),
  }
}
