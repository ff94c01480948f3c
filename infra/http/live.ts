/**
 * Live: tells pages which rows have changed. The master is asked once a second what has happened, however
 * many look on and only while somebody does; lists are read for the rows that changed, not as wholes.
 */
import { VIEWS, type HistoryView, type ViewName } from '../../actors/protocol/operator.js'
import type { EventStream } from './event-stream.js'
import type { Questions } from './questions.js'
import { ratesOf, touchedBy } from './touched.js'

export const PULSE_MS = 1_000
/** Pages that may look on at once. */
export const VIEWERS_MAX = 256

export type LiveName = ViewName | 'overview'
export const LIVE_NAMES: readonly LiveName[] = ['overview', ...VIEWS]

/** What the leader's own node counts. */
export interface OwnFigures {
  readonly deadLetters: number
  readonly connection: string
  readonly reason?: string
}

interface WithId {
  readonly id: string
  readonly launch?: string
}

interface Viewer {
  readonly stream: EventStream
  readonly names: ReadonlySet<LiveName>
}

export class Live {
  private readonly viewers = new Set<Viewer>()
  private timer: NodeJS.Timeout | undefined
  private lifeMs: number | undefined
  private last = 0

  constructor(private readonly questions: Questions, private readonly own: () => OwnFigures) {}

  get size(): number {
    return this.viewers.size
  }

  add(stream: EventStream, names: ReadonlySet<LiveName>): void {
    const viewer = { stream, names }
    this.viewers.add(viewer)
    stream.onClose(() => this.viewers.delete(viewer))
    stream.send('hello', { names: [...names] })
    if (names.has('overview')) {
      this.questions.overview().then((overview) => stream.send('overview', overview), () => stream.close())
    }
    this.timer ??= setTimeout(() => this.pulse(), 0)
  }

  close(): void {
    clearTimeout(this.timer)
    for (const { stream } of this.viewers) stream.close()
  }

  private pulse(): void {
    if (this.viewers.size === 0) {
      this.timer = undefined
      this.lifeMs = undefined
      return
    }
    this.look().catch(() => this.lose()).finally(() => { this.timer = setTimeout(() => this.pulse(), PULSE_MS) })
  }

  /** The first look only says where to begin: who has just come reads the lists afterwards. */
  private async look(): Promise<void> {
    const view = await this.questions.history(this.last, true, this.lifeMs)
    const { lifeMs: before } = this
    this.lifeMs = view.lifeMs
    this.last = view.last
    if (!(await this.questions.leader()).leading) return this.lose()
    if (before === undefined) return
    const isWhole = view.isComplete && view.isAll
    if (!isWhole) return this.tell('reload', {}, () => true)
    if (view.entries.length > 0) await this.tellOf(view)
    this.tell('pulse', { atMs: Date.now(), rates: ratesOf(view.entries), own: this.own() }, () => true)
  }

  private async tellOf({ entries }: HistoryView): Promise<void> {
    if (this.isWanted('overview')) {
      this.tell('overview', await this.questions.overview(), (names) => names.has('overview'))
    }
    for (const [what, ids] of touchedBy(entries)) {
      if (!this.isWanted(what)) continue
      if (ids === 'all' && what !== 'roles') {
        this.tell('stale', { what }, (names) => names.has(what))
        continue
      }
      const listed: readonly object[] = await this.questions.list(what, ids === 'all' ? undefined : ids)
      const rows = listed.filter((row) => !('state' in row && row.state === 'gone')) as readonly WithId[]
      const found = new Set(rows.map(({ id, launch = id }) => launch))
      const gone = ids === 'all' ? [] : [...ids].filter((id) => !found.has(id))
      this.tell('rows', { what, rows, gone, isAll: ids === 'all' }, (names) => names.has(what))
    }
  }

  private isWanted(name: LiveName): boolean {
    return [...this.viewers].some(({ names }) => names.has(name))
  }

  private tell(event: string, data: unknown, wants: (names: ReadonlySet<LiveName>) => boolean): void {
    for (const { stream, names } of this.viewers) if (wants(names)) stream.send(event, data)
  }

  /** Nobody leads here: pages come again, and are sent to who does. */
  private lose(): void {
    for (const { stream } of this.viewers) stream.close()
  }
}
