/**
 * Tally: keeps what goes from one node to another in order, and counts what never came.
 *
 * A sender numbers the envelopes that it sends to each node, and says with each frame how many went
 * before. So the receiver sees how many are missing; and it sees what comes late: when a sender has
 * connected anew, the broker may still find its last words on the old connection. By then they have been
 * counted as missing, and newer ones are here: they are not taken any more.
 *
 * What goes to a group is numbered apart; who has just joined one does not miss what was said before.
 */
import type { NodeAddress } from '../../runtime/address.js'

/** Other nodes (in one life each) that are remembered; beyond it the oldest is forgotten. */
export const PEERS_MAX = 100_000

/** What a sender says of a frame, in the properties of the message. */
export interface Numbered {
  readonly appId: string
  /** How many envelopes went before; 0 begins anew, should a sender have forgotten. */
  readonly messageId: string
}

export class Departures {
  private readonly sent = new Map<NodeAddress, number>()

  constructor(private readonly self: NodeAddress) {}

  number(to: NodeAddress, envelopes: number): Numbered {
    const before = this.sent.get(to) ?? 0
    remember(this.sent, to, before + envelopes)
    return { appId: this.self, messageId: `${before}` }
  }

  /** The life of `node` has ended. */
  forget(node: NodeAddress): void {
    this.sent.delete(node)
  }
}

export class Arrivals {
  private readonly expected = new Map<string, number>()
  private missing = 0

  /** How many envelopes were sent here and never came, as far as later ones tell. */
  get missed(): number {
    return this.missing
  }

  /** Whether a frame may be taken: false when it comes late. What is not numbered always may. */
  take({ appId, messageId }: Partial<Numbered>, to: 'me' | 'group', envelopes: number): boolean {
    const before = Number(messageId)
    if (appId === undefined || !Number.isSafeInteger(before) || before < 0) return true
    const stream = to === 'group' ? `${appId} to all` : appId
    const expected = this.expected.get(stream) ?? (to === 'group' ? before : 0)
    if (before < expected && before > 0) return false
    this.missing += Math.max(0, before - expected)
    remember(this.expected, stream, before + envelopes)
    return true
  }
}

function remember<K>(counts: Map<K, number>, key: K, count: number): void {
  counts.set(key, count)
  if (counts.size <= PEERS_MAX) return
  const [oldest] = counts.keys()
  counts.delete(oldest as K)
}
