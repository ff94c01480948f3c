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
  private records: LogRecord[] = []

  add(entry: LogEntry): void {
    const [fence, verdict] = judge(this.fence, entry)
    this.fence = fence
    if (!verdict.counts) return
    for (const record of verdict.records) {
      this.records.push(record)
      apply(this.cluster, record)
    }
  }

  rewrite(entries: readonly LogEntry[]): void {
    Object.assign(this, { cluster: newCluster(), fence: newFence, records: [] })
    for (const entry of entries) this.add(entry)
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
  private ahead: LogRecord[] = []

  restart(): void {
    this.place = 0
    this.ahead = []
  }

  /** These count for the master. */
  take(records: readonly LogRecord[]): void {
    this.ahead.push(...records)
  }

  /** Where it differs from the reference; undefined as long as it does not. */
  difference(reference: Reference): string | undefined {
    const { ahead } = this
    let done = 0
    for (; done < ahead.length && this.place < reference.length; done++, this.place++) {
      const [own, true_] = [ahead[done], reference.at(this.place)]
      if (own === true_) continue
      const [here, there] = [JSON.stringify(own), JSON.stringify(true_)]
      if (here !== there) return `record ${this.place} is ${here} here and ${there} in the log`
    }
    ahead.splice(0, done)
    return undefined
  }

  /** It has folded all that the log holds. */
  isWhole(reference: Reference): boolean {
    return this.place === reference.length && this.ahead.length === 0
  }
}

/** All that a cluster holds, as one text. */
export const textOf = (cluster: Cluster): string => JSON.stringify(cluster, (_key, value: unknown) =>
  value instanceof Map ? [...value] : value)
