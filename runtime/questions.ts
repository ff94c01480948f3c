/**
 * Questions: what was asked and not yet answered. Each has an address of its own for as long as it is
 * open, by which its answer is known; an answer that comes later finds nobody there.
 */
import { refBelow, type NodeAddress, type Ref } from './address.js'
import type { Clock } from './clock.js'
import type { Item } from './item.js'

export interface Question {
  /** Where to answer. */
  readonly replyTo: Ref<never>
  /** Nobody waits for the answer any more. */
  close(): void
}

/** What became of a question: its answer, or why there will be none. */
export type Outcome = Item | 'too-late' | 'node-stopped'

export class Questions {
  private readonly open = new Map<Ref<never>, (outcome: Outcome) => void>()
  private asked = 0

  constructor(private readonly node: NodeAddress, private readonly clock: Clock) {}

  /** Opens a question for `withinMs`; `settled` is called once, unless it is closed before. */
  ask(withinMs: number, settled: (outcome: Outcome) => void): Question {
    const replyTo = refBelow<never>(this.node, `port.ask-${++this.asked}`)
    const close = () => {
      cancel()
      this.open.delete(replyTo)
    }
    const settle = (outcome: Outcome) => {
      close()
      settled(outcome)
    }
    const cancel = this.clock.after(withinMs, () => settle('too-late'))
    this.open.set(replyTo, settle)
    return { replyTo, close }
  }

  isOpen(address: Ref<never>): boolean {
    return this.open.has(address)
  }

  /** Answers an open question; false when there is none at that address. */
  answer(to: Ref<never>, answer: Item): boolean {
    const settle = this.open.get(to)
    settle?.(answer)
    return settle !== undefined
  }

  /** Nobody will answer any more. */
  close(): void {
    for (const settle of [...this.open.values()]) settle('node-stopped')
  }
}
