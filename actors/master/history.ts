/**
 * History: what was decided and what came and went, numbered, for operators who look on. It is told, never
 * decided by: a master that begins anew has of it what the log has, and offers and connections from then on.
 *
 * Records enter when they are committed. Offers have a ring of their own: a busy cluster makes so many that
 * they would push everything else out.
 */
import type { Happening, HistoryEntry, HistoryView } from '../protocol/operator.js'
import type { LogRecord } from '../protocol/log.js'
import type { Cluster } from './cluster.js'
import { Counts } from './counts.js'
import type { PresentChange } from './present-change.js'
import type { Present } from './present.js'

/** Decisions and connections that stay readable. */
export const EVENTS_MAX = 10_000
/** Beginnings and ends of offers that stay readable. */
export const OFFER_EVENTS_MAX = 10_000
/** So many entries are told at once. */
export const HISTORY_TOLD_MAX = 5_000

type Entry = Omit<HistoryEntry, 'number'>

export class History {
  readonly counts = new Counts()
  private readonly events = new Ring(EVENTS_MAX)
  private readonly offers = new Ring(OFFER_EVENTS_MAX)
  private open: Entry[] = []
  private waiting: { readonly token: number; readonly entries: readonly Entry[] }[] = []
  private last = 0
  /** Tells this history from the one before. */
  private lifeMs = Number.NaN
  private lastMs = Number.NaN

  /** To be called with the time of each message: that of the first, which a replay knows, is where it begins. */
  begin(nowMs: number): void {
    if (Number.isNaN(this.lifeMs)) this.lastMs = this.lifeMs = nowMs
  }

  /** This was committed, by whoever led. To be called before it is applied. */
  fold(record: LogRecord, cluster: Cluster): void {
    this.add(entryOf(record, cluster, this.lastMs))
  }

  /** This has been decided, and waits for the next `seal`. To be called before it is applied. */
  decided(record: LogRecord, cluster: Cluster, nowMs: number): void {
    this.open.push(entryOf(record, cluster, nowMs))
  }

  /** What has been decided since the last seal waits for the commit of `token`. */
  seal(token: number): void {
    this.waiting.push({ token, entries: this.open })
    this.open = []
  }

  /** This master leads since just now: its claim says no time of its own. */
  led(nowMs: number): void {
    this.events.restamp('leadership-claimed', nowMs)
  }

  commit(token: number): void {
    while (this.waiting[0] && this.waiting[0].token <= token) this.waiting.shift()?.entries.forEach(this.add)
  }

  /** To be called before the change is made: it tells of the offer that ends. */
  note(change: PresentChange, present: Present, nowMs: number): void {
    const happening = happeningOf(change, present)
    if (happening) this.add({ atMs: nowMs, happening })
  }

  /** What came after `since`, oldest first; what is not told at once is to be asked for again. */
  tell(since: number, offers: boolean, lifeMs?: number): HistoryView {
    const isSame = (lifeMs ?? this.lifeMs) === this.lifeMs && since <= this.last
    const from = isSame ? since : 0
    const rings = offers ? [this.events, this.offers] : [this.events]
    const entries = rings.flatMap((ring) => ring.after(from)).sort((left, right) => left.number - right.number)
    const told = entries.slice(0, HISTORY_TOLD_MAX)
    const isAll = told.length === entries.length
    return {
      lifeMs: this.lifeMs, last: isAll ? this.last : told.at(-1)?.number ?? this.last, entries: told,
      isComplete: isSame && rings.every((ring) => ring.forgotten <= from), isAll,
    }
  }

  private readonly add = (entry: Entry): void => {
    this.lastMs = entry.atMs
    this.counts.add(entry.happening)
    const ring = entry.happening.type.startsWith('offer-') ? this.offers : this.events
    ring.add({ number: ++this.last, ...entry })
  }
}

function entryOf(record: LogRecord, cluster: Cluster, nowMs: number): Entry {
  const atMs = 'atMs' in record ? record.atMs : nowMs
  if (record.type !== 'task-changed' && record.type !== 'task-removed') return { atMs, happening: record }
  const task = cluster.frameworks.get(record.frameworkId)?.tasks.get(record.taskId)
  return { atMs, happening: record, ...(task ? { launchId: task.launchId, agentId: task.agentId } : {}) }
}

/**
 * What of the present is worth telling: who came and went, and the life of offers. That a framework went is decided,
 * and told by its record.
 */
function happeningOf(change: PresentChange, { agents, offers }: Present): Happening | undefined {
  switch (change.type) {
    case 'agent-linked': return { type: 'agent-connected', agentId: change.agentId }
    case 'agent-unlinked':
      return agents.get(change.agentId)?.ref && { type: 'agent-disconnected', agentId: change.agentId }
    case 'scheduler-linked': return { type: 'framework-connected', frameworkId: change.frameworkId }
    case 'roles-suppressed': return { type: 'roles-suppressed', frameworkId: change.frameworkId, roles: change.roles }
    case 'offer-made': return { type: 'offer-made', offer: change.offer }
    case 'offer-ended': {
      const offer = offers.get(change.offerId)?.offer
      return offer && { type: 'offer-ended', offer, outcome: change.outcome ?? 'rescinded' }
    }
    default: return undefined
  }
}

/** The last so many, by their numbers. */
class Ring {
  private readonly kept: HistoryEntry[] = []
  private next = 0
  /** The highest number that is no longer kept. */
  forgotten = 0

  constructor(private readonly entriesMax: number) {}

  add(entry: HistoryEntry): void {
    const before = this.kept[this.next]
    if (before) this.forgotten = before.number
    this.kept[this.next] = entry
    this.next = (this.next + 1) % this.entriesMax
  }

  /** Gives the last of a kind its true time. */
  restamp(type: Happening['type'], atMs: number): void {
    const index = this.kept.findLastIndex(({ happening }) => happening.type === type)
    const entry = this.kept[index]
    if (entry) this.kept[index] = { ...entry, atMs }
  }

  /** Newest first until `since`, so that who asks often pays for what is new only. */
  after(since: number): HistoryEntry[] {
    const found: HistoryEntry[] = []
    for (let back = 1; back <= this.kept.length; back++) {
      const entry = this.kept[(this.next - back + this.entriesMax) % this.entriesMax]
      if (!entry || entry.number <= since) break
      found.push(entry)
    }
    return found.reverse()
  }
}
