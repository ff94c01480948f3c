/** Ledger: the life of each offer, from those that stand and from what happened. Pure. */
import type { EventView } from '../../http/event-words.js'

export interface OfferLife {
  readonly id: string
  readonly framework: string
  readonly agent: string
  readonly what: string
  /** 0 when its beginning is no longer kept. */
  readonly madeMs: number
  readonly endedMs: number | undefined
  readonly outcome: string
}

export function ledgerOf(open: readonly OfferLife[], events: readonly EventView[]): readonly OfferLife[] {
  const lives = new Map<string, OfferLife>()
  for (const { type, at, text, offer, framework = '', agent = '' } of events) {
    if (offer === undefined) continue
    const atMs = Date.parse(at)
    const before = lives.get(offer)
    if (type === 'offer-made') {
      lives.set(offer, {
        id: offer,
        framework,
        agent,
        what: text.replace(/ of .*/, ''),
        madeMs: atMs,
        endedMs: undefined,
        outcome: 'open',
      })
    } else if (type === 'offer-ended') {
      const outcome = text.split(' ').at(-1) ?? 'ended'
      lives.set(offer, { id: offer, framework, agent, what: '', madeMs: 0, ...before, endedMs: atMs, outcome })
    }
  }
  for (const offer of open) if (!lives.has(offer.id)) lives.set(offer.id, offer)
  return [...lives.values()]
}
