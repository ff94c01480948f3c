/**
 * Presence: learns that a watched node has ended.
 *
 * A node's queue goes when its connection does, so whatever is sent to it then comes back; each watched
 * node is asked so at intervals. After an interruption of our own the others may still be on their way
 * back: for a while nobody is condemned.
 */
import type { NodeAddress } from '../../runtime/address.js'

export const PROBE_INTERVAL_MS = 5_000
/** How long after our own return a node may take to return as well. */
export const RETURN_GRACE_MS = 15_000

export interface PresenceOptions {
  readonly probeIntervalMs: number
  readonly returnGraceMs: number
}

export class Presence {
  private readonly watched = new Set<NodeAddress>()
  private readonly timer: NodeJS.Timeout
  private grace: NodeJS.Timeout | undefined

  constructor(
    private readonly options: PresenceOptions, private readonly probe: (node: NodeAddress) => void,
    private readonly lost: (node: NodeAddress) => void,
  ) {
    this.timer = setInterval(() => this.probeAll(), options.probeIntervalMs).unref()
  }

  watch(node: NodeAddress): void {
    this.watched.add(node)
    this.probe(node)
  }

  unwatch(node: NodeAddress): void {
    this.watched.delete(node)
  }

  /** Something sent to `node` came back. */
  returned(node: NodeAddress): void {
    if (!this.grace && this.watched.delete(node)) this.lost(node)
  }

  /** We were away, and are back. */
  resume(): void {
    clearTimeout(this.grace)
    this.grace = setTimeout(() => {
      this.grace = undefined
      this.probeAll()
    }, this.options.returnGraceMs).unref()
  }

  stop(): void {
    clearInterval(this.timer)
    clearTimeout(this.grace)
  }

  private probeAll(): void {
    for (const node of this.watched) this.probe(node)
  }
}
