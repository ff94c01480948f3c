/**
 * Hop collector: what a master knows of the cluster's hops. It listens only while somebody watches, or
 * asks for a trace; the nodes then tell what they still have of the past.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { HopBatch, HopSource } from './hop-bus.js'
import { filterOf, type HopWish } from './hop-filter.js'
import type { HopRecord } from './hop-record.js'
import { isMeant } from './trace-id.js'

/** Of all nodes together, while somebody watches. */
export const HOPS_KEPT_MAX = 50_000
/** It goes on to listen for so long after the last watcher has left: others often come at once. */
export const LINGER_MS = 5_000

/** Nodes of whom nothing is known yet may be slow: so much later it is looked again. */
export const SECOND_LOOK_MS = 1_000
/** Who listens again so soon may not be noticed, and then is not told the past anew: what was known is kept so long. */
export const REMEMBER_MS = 2_000

export interface HopWatcher {
  hop(hop: HopRecord): void
  /** So many were lost before they came here. */
  gap(missed: number): void
}

export class HopCollector {
  private kept: HopRecord[] = []
  private readonly watchers = new Set<(batch: HopBatch) => void>()
  private stop: (() => void) | undefined
  private lingering: NodeJS.Timeout | undefined
  private forgetting: NodeJS.Timeout | undefined
  private listeningSince = 0

  constructor(private readonly source: HopSource) {}

  /**
   * Tells the newest `backlog` hops that are known and wanted, then each as it comes. The answer ends it.
   */
  watch(wish: HopWish, backlog: number, watcher: HopWatcher): () => void {
    const isWanted = filterOf(wish)
    const sinceMs = Date.now()
    // What comes while the backlog is still gathered waits for it.
    let held: HopBatch[] | undefined = backlog > 0 ? [] : undefined
    const tell = ({ missed, records }: HopBatch) => {
      if (missed > 0) watcher.gap(missed)
      for (const record of records) if (isWanted(record)) watcher.hop(record)
    }
    const hear = (heard: HopBatch) => {
      const batch = heard.isBacklog ? this.newsOf(heard, sinceMs) : heard
      if (!batch) return
      if (held) held.push(batch)
      else tell(batch)
    }
    this.join(hear)
    let isOver = false
    if (held) {
      const live = new Set<HopRecord>()
      void this.gathered().then(() => {
        if (isOver) return
        for (const { records } of held ?? []) for (const record of records) live.add(record)
        const past = inOrder(this.kept.filter((record) => isWanted(record) && !live.has(record)))
        for (const record of past.slice(-backlog)) watcher.hop(record)
        for (const batch of held ?? []) tell(batch)
        held = undefined
      })
    }
    return () => {
      isOver = true
      this.leave(hear)
    }
  }

  /** All hops that are known of the traces whose id begins or ends so, oldest first. */
  async trace(id: string): Promise<readonly HopRecord[]> {
    const hear = () => undefined
    this.join(hear)
    await this.gathered()
    const known = () => this.kept.filter(({ trace }) => isMeant(trace, id))
    if (known().length === 0) await pause(SECOND_LOOK_MS)
    this.leave(hear)
    return inOrder(known())
  }

  close(): void {
    clearTimeout(this.lingering)
    if (!this.stop) return
    this.stop()
    this.stop = undefined
    this.forgetting = setTimeout(() => { this.kept = [] }, REMEMBER_MS)
    this.forgetting.unref()
  }

  private join(hear: (batch: HopBatch) => void): void {
    this.watchers.add(hear)
    clearTimeout(this.lingering)
    if (this.stop) return
    this.listeningSince = performance.now()
    clearTimeout(this.forgetting)
    this.stop = this.source.listen((batch) => this.take(batch))
  }

  private leave(hear: (batch: HopBatch) => void): void {
    this.watchers.delete(hear)
    if (this.watchers.size > 0) return
    this.lingering = setTimeout(() => this.close(), LINGER_MS)
    this.lingering.unref()
  }

  private take(batch: HopBatch): void {
    for (const hear of this.watchers) hear(batch)
    this.kept.push(...batch.records)
    if (this.kept.length > HOPS_KEPT_MAX * 1.2) this.kept = this.kept.slice(-HOPS_KEPT_MAX)
  }

  /**
   * Of a backlog what has happened since somebody watches: a node takes a moment to learn that anybody listens, and one
   * that has just begun has done a lot until then. A node that lost its way here may have told some of it before.
   */
  private newsOf({ records }: HopBatch, sinceMs: number): HopBatch | undefined {
    const late = records.filter(({ atMs }) => atMs >= sinceMs)
    if (late.length === 0) return undefined
    const known = new Set(this.kept.filter(({ atMs }) => atMs >= sinceMs).map(keyOf))
    const news = late.filter((record) => !known.has(keyOf(record)))
    return news.length > 0 ? { isBacklog: true, missed: 0, records: news } : undefined
  }

  /** Resolves when what the nodes have of the past should be here. */
  private async gathered(): Promise<void> {
    const leftMs = this.source.backlogWaitMs - (performance.now() - this.listeningSince)
    await pause(Math.max(leftMs, RELAYED_MS))
  }
}

/** What has just happened is on its way. */
const RELAYED_MS = 60

const keyOf = ({ span, kind, node, to }: HopRecord): string => `${span}${kind}${node}${to}`
/** Each once: a backlog may tell again what is known. */
const inOrder = (records: readonly HopRecord[]): HopRecord[] =>
  [...new Map(records.map((record) => [keyOf(record), record])).values()]
    .sort((left, right) => left.atMs - right.atMs)
