/**
 * Mailbox: a bounded queue with two lanes. The control lane (liveness, supervision) passes the bulk;
 * each lane keeps its own order.
 */
export interface MailboxLimits {
  readonly messagesMax: number
  /** What gives way when the bulk lane is full. */
  readonly whenFull: 'refuse-new' | 'drop-oldest'
}

export const MAILBOX: MailboxLimits = { messagesMax: 100_000, whenFull: 'refuse-new' }

/** The control lane is the kernel's own and small; one that fills means a wedged actor. */
export const CONTROL_MESSAGES_MAX = 10_000

export class Mailbox<Item> {
  private readonly bulk = new Queue<Item>()
  private readonly control = new Queue<Item>()

  constructor(private readonly limits: MailboxLimits = MAILBOX) {}

  get size(): number {
    return this.bulk.size + this.control.size
  }

  /** Takes `item` in. The answer is what had to give way, if anything: `item` itself or an older one. */
  put(item: Item, urgent = false): Item | undefined {
    if (urgent) return this.control.size < CONTROL_MESSAGES_MAX ? this.control.push(item) : item
    if (this.bulk.size < this.limits.messagesMax) return this.bulk.push(item)
    if (this.limits.whenFull === 'refuse-new') return item
    const oldest = this.bulk.shift()
    this.bulk.push(item)
    return oldest
  }

  take(): Item | undefined {
    return this.control.shift() ?? this.bulk.shift()
  }

  /** What `take` would answer. */
  next(): Item | undefined {
    return this.control.first() ?? this.bulk.first()
  }

  /** All that waits, as `take` would answer it. */
  list(): Item[] {
    return [...this.control.list(), ...this.bulk.list()]
  }

  /** Empties the mailbox, control lane first. */
  drain(): Item[] {
    const items: Item[] = []
    for (let item = this.take(); item !== undefined; item = this.take()) items.push(item)
    return items
  }
}

/** A first-in-first-out queue whose shift does not move the rest. */
class Queue<Item> {
  private items: (Item | undefined)[] = []
  private head = 0

  get size(): number {
    return this.items.length - this.head
  }

  push(item: Item): undefined {
    this.items.push(item)
  }

  first(): Item | undefined {
    return this.items[this.head]
  }

  list(): Item[] {
    return this.items.slice(this.head) as Item[]
  }

  shift(): Item | undefined {
    if (this.head === this.items.length) return undefined
    const item = this.items[this.head]
    this.items[this.head++] = undefined
    if (this.head === this.items.length) {
      this.items = []
      this.head = 0
    } else if (this.head > 1_024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }
}
