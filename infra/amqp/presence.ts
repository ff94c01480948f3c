/**
 * Presence: learns that a watched node has ended.
 *
 * A node's queue goes when its connection does, so whatever is sent to it then comes back; each watched
 * node is asked so at intervals. But a node also loses its queue when its broker dies or its connection
 * breaks, and is back within seconds, alive: so one that is missed is asked again, a while later, and
 * only then condemned. After an interruption of our own many may still be on their way back: for a
 * while nobody is even missed.
 */
import type { NodeAddress } from '../../runtime/address.js'

export const PROBE_INTERVAL_MS = 5_000
/** How long after our own return a node may take to return as well. */
export const RETURN_GRACE_MS = 15_000
/** How long a node may take to come back to a broker of which we have not lost sight. */
export const ABSENCE_MAX_MS = 5_000

export interface PresenceOptions {
  readonly probeIntervalMs: number
  readonly returnGraceMs: number
  readonly absenceMaxMs: number
}

/** First a node is missed; when it has been for long enough it is asked for the last time. */
interface Absence {
  isLastChance: boolean
  timer: NodeJS.Timeout
}

export class Presence {
  private readonly watched = new Set<NodeAddress>()
  private readonly absent = new Map<NodeAddress, Absence>()
  private readonly timer: NodeJS.Timeout
  private grace: NodeJS.Timeout | undefined

  constructor(
    private readonly options: PresenceOptions, private readonly probe: (node: NodeAddress) => void,
    private readonly lost: (node: NodeAddress) => void,
  ) {
    this.timer = setInterval(() => this.probeAll(), options.probeIntervalMs).unref()
  }

  /** Whoever watches has something to say to the node at once, and that comes back if it is gone. */
  watch(node: NodeAddress): void {
    this.watched.add(node)
  }

  unwatch(node: NodeAddress): void {
    this.watched.delete(node)
    this.forgive(node)
  }

  /** Something sent to `node` came back. */
  returned(node: NodeAddress): void {
    if (this.grace || !this.watched.has(node)) return
    const absence = this.absent.get(node)
    if (!absence) return this.miss(node)
    if (!absence.isLastChance) return
    this.unwatch(node)
    this.lost(node)
  }

  /** We were away, and are back. */
  resume(): void {
    clearTimeout(this.grace)
    for (const node of this.absent.keys()) this.forgive(node)
    this.grace = setTimeout(() => {
      this.grace = undefined
      this.probeAll()
    }, this.options.returnGraceMs).unref()
  }

  stop(): void {
    clearInterval(this.timer)
    clearTimeout(this.grace)
    for (const node of this.absent.keys()) this.forgive(node)
  }

  private miss(node: NodeAddress): void {
    const { absenceMaxMs } = this.options
    const absence: Absence = { isLastChance: false, timer: setTimeout(() => {
      absence.isLastChance = true
      // Who does not answer for as long again is there: only absence has an answer.
      absence.timer = setTimeout(() => this.forgive(node), absenceMaxMs).unref()
      this.probe(node)
    }, absenceMaxMs).unref() }
    this.absent.set(node, absence)
  }

  private forgive(node: NodeAddress): void {
    clearTimeout(this.absent.get(node)?.timer)
    this.absent.delete(node)
  }

  private probeAll(): void {
    for (const node of this.watched) this.probe(node)
  }
}
