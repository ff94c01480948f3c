/**
 * Journal: an agent's disk in a simulated world. An append takes a moment; one that is under way when the
 * agent dies is there afterwards, or not. A full disk refuses.
 */
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { Ref } from '../../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../../runtime/log.js'
import type { Random } from '../../../runtime/random.js'
import type { SimulatedNode } from './node.js'

const LATENCY_MS = 2
/** How long a hasty journal takes to keep what it has answered for. */
const HASTE_MS = 3_000

type Append = Extract<LogRequest<JournalEntry>, { type: 'append' }>

export class SimulatedJournal {
  isFull = false
  /** Answers before it keeps: the rule that it breaks is that of every journal. */
  isHasty = false
  readonly entries: JournalEntry[] = []
  /** On their way to the disk. */
  private underWay: Append[] = []
  private dueMs = 0

  constructor(private readonly random: Random, private readonly kept: (entry: JournalEntry) => void) {}

  port(node: SimulatedNode, nowMs: () => number): (request: LogRequest<JournalEntry>) => void {
    const tell = (to: Ref<LogEvent<JournalEntry>>, event: LogEvent<JournalEntry>): void => node.tell(to, event)
    return (request) => {
      this.dueMs = Math.max(this.dueMs, nowMs() + this.random.next() * LATENCY_MS)
      const delayMs = this.dueMs - nowMs()
      if (request.type === 'replay') {
        return void node.after(delayMs, () => tell(request.replyTo, { type: 'replayed', records: [...this.entries] }))
      }
      const { token, replyTo } = request
      if (this.isFull) {
        const refusal = { type: 'append-failed', token, reason: 'no space is left on the disk' } as const
        return void node.after(delayMs, () => tell(replyTo, refusal))
      }
      this.underWay.push(request)
      if (this.isHasty) tell(replyTo, { type: 'committed', token })
      // A hasty one keeps what it has promised when there is nothing else to do.
      node.after(this.isHasty ? delayMs + HASTE_MS : delayMs, () => {
        this.underWay.shift()
        this.keep(request)
        if (!this.isHasty) tell(replyTo, { type: 'committed', token })
      })
    }
  }

  /** The agent has died: what was under way is there, up to some point. */
  crash(): void {
    const count = this.isHasty ? 0 : Math.floor(this.random.next() * (this.underWay.length + 1))
    for (const append of this.underWay.slice(0, count)) this.keep(append)
    this.underWay = []
    this.dueMs = 0
  }

  private keep({ records }: Append): void {
    this.entries.push(...records)
    for (const entry of records) this.kept(entry)
  }
}
