/**
 * Reference: the one true fold of the shared log, to which every master's is compared. A master's records
 * are mostly the very objects that stand in the log, so that comparing them costs next to nothing; what they
 * add up to is compared now and then.
 */
import { apply, newCluster, type Cluster } from '../../actors/master/cluster.js'
import { judge, newFence, type Fence } from '../../actors/master/fence.js'
import type { LogRecord } from '../../actors/protocol/log.js'
import type { LogEntry } from '../../actors/protocol/log-entry.js'

export class Reference {
  cluster: Cluster = newCluster()
  private fence: Fence = newFence
  records: LogRecord[] = []
  private readonly lost = new Set<string>()

  add(entry: LogEntry): void {
    const [fence, verdict] = judge(this.fence, entry)
    this.fence = fence
    if (!verdict.counts) return
    for (const record of verdict.records) {
      this.records.push(record)
      apply(this.cluster, record)
    }
  }

  /** Another log stands in its place; what only the former held is lost. */
  rewrite(entries: readonly LogEntry[]): void {
    const former = this.records
    Object.assign(this, { cluster: newCluster(), fence: newFence, records: [] })
    for (const entry of entries) this.add(entry)
    for (const record of former.slice(sharedBy(former, this.records))) this.lost.add(JSON.stringify(record))
  }

  wasLost(record: string): boolean {
    return this.lost.has(record)
  }

  get length(): number {
    return this.records.length
  }

  at(place: number): LogRecord | undefined {
    return this.records[place]
  }
}

/** What one master has folded: its place in the reference, and what it counts on beyond it. */
export class Folded {
  private place = 0
  /** The records of the log that it has folded up to its place. */
  private of: readonly LogRecord[] = []
  private ahead: LogRecord[] = []
  /** It holds what the log has lost, which it has to find out by itself, and then begins anew. */
  private isOutdated = false

  restart(): void {
    this.place = 0
    this.ahead = []
    this.isOutdated = false
  }

  /** Another log stands in its place, or again what stood there when it folded: even lost entries may come back. */
  rewritten({ records }: Reference): void {
    this.isOutdated = this.place > sharedBy(this.of, records)
    if (!this.isOutdated) this.of = records
  }

  /** These count for the master. */
  take(records: readonly LogRecord[]): void {
    this.ahead.push(...records)
  }

  /** Where it differs from the reference; undefined as long as it does not. */
  difference(reference: Reference): string | undefined {
    const { ahead } = this
    if (this.isOutdated) this.rewritten(reference)
    if (this.isOutdated) return undefined
    let done = 0
    this.of = reference.records
    for (; done < ahead.length && this.place < reference.length; done++, this.place++) {
      const [own, true_] = [ahead[done], reference.at(this.place)]
      if (own === true_) continue
      const [here, there] = [JSON.stringify(own), JSON.stringify(true_)]
      if (here === there) continue
      if (!reference.wasLost(here)) return `record ${this.place} is ${here} here and ${there} in the log`
      this.isOutdated = true
      break
    }
    ahead.splice(0, done)
    return undefined
  }

  /** It has folded all that the log holds. */
  isWhole(reference: Reference): boolean {
    return !this.isOutdated && this.place === reference.length && this.ahead.length === 0
  }
}

function sharedBy(some: readonly LogRecord[], others: readonly LogRecord[]): number {
  const first = some.findIndex((record, place) =>
    record !== others[place] && JSON.stringify(record) !== JSON.stringify(others[place]))
  return first < 0 ? some.length : first
}

/** All that a cluster holds, as one text. */
export const textOf = (cluster: Cluster): string => JSON.stringify(cluster, (_key, value: unknown) =>
  value instanceof Map ? [...value] : value)
