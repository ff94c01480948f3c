/**
 * Sorter: orders clients by how little of the pool they have, each by what it has most of.
 *
 * That is dominant resource fairness: a client's share is the greatest of its allocated scalars over the
 * pool's, divided by its weight. Those with equal shares come in the order of fewer allocations ever
 * made, then by name. Changed clients are taken out of the order and put back when somebody next asks
 * for it, so that a change costs a binary search and a move in one array; only a change of the pool, or
 * of many clients at once, sorts them all.
 */
import { own, type Resources } from '../resources/resources.js'

/** What all clients share, in thousandths; sorters that share one pool also share its changes. */
export class Pool {
  private readonly totals = new Map<string, number>()
  /** Grows with every change, so that sorters know when their shares are void. */
  version = 0

  change(by: Resources, sign: 1 | -1): void {
    accumulate(this.totals, by, sign)
    this.version += 1
  }

  total(name: string): number {
    return this.totals.get(name) ?? 0
  }

  /** The greatest part that `resources` are of any scalar of the pool. */
  dominantPart(resources: Resources): number {
    return Math.max(0, ...Object.keys(resources.scalars).map((name) => {
      const total = this.total(name)
      return total > 0 ? (own(resources.scalars, name) ?? 0) / total : 0
    }))
  }
}

/** A client as others see it. */
export interface Standing<Name extends string> {
  readonly name: Name
  readonly weight: number
  /** Weighted dominant share, as of the last time the order was asked for. */
  readonly share: number
}

interface Client<Name extends string> extends Standing<Name> {
  weight: number
  share: number
  readonly allocated: Map<string, number>
  allocations: number
  active: boolean
  /** Whether it is in `order` now, at the place that its share says. */
  placed: boolean
}

export class Sorter<Name extends string> {
  private readonly clients = new Map<Name, Client<Name>>()
  private order: Client<Name>[] = []
  private changed: Client<Name>[] = []
  private poolVersion = -1

  constructor(private readonly pool: Pool) {}

  add(name: Name, weight = 1): void {
    if (this.clients.has(name)) return
    this.clients.set(name, {
      name, weight, share: 0, allocated: new Map(), allocations: 0, active: false, placed: false,
    })
  }

  remove(name: Name): void {
    const client = this.clients.get(name)
    if (client === undefined) return
    this.setActive(name, false)
    this.clients.delete(name)
  }

  has(name: Name): boolean {
    return this.clients.has(name)
  }

  get size(): number {
    return this.clients.size
  }

  /** Whether any client is listed. */
  get hasActive(): boolean {
    return this.order.length + this.changed.length > 0
  }

  isActive(name: Name): boolean {
    return this.client(name).active
  }

  /** Whether it is listed; its share counts either way. */
  setActive(name: Name, active: boolean): void {
    const client = this.client(name)
    if (client.active === active) return
    if (active) {
      client.active = true
      this.changed.push(client)
    } else {
      this.unplace(client)
      client.active = false
      this.changed = this.changed.filter((each) => each !== client)
    }
  }

  setWeight(name: Name, weight: number): void {
    const client = this.client(name)
    this.unplace(client)
    client.weight = weight
  }

  /** The client has been given `resources`. */
  charge(name: Name, resources: Resources): void {
    const client = this.client(name)
    this.unplace(client)
    accumulate(client.allocated, resources, 1)
    client.allocations += 1
  }

  /** The client has given `resources` back. */
  refund(name: Name, resources: Resources): void {
    const client = this.client(name)
    this.unplace(client)
    accumulate(client.allocated, resources, -1)
  }

  /** Whether the client has no scalars at all. */
  holdsNothing(name: Name): boolean {
    return this.client(name).allocated.size === 0
  }

  /** Weighted dominant share, in [0, 1] for a weight of 1. */
  share(name: Name): number {
    return this.shareOf(this.client(name))
  }

  /**
   * The active clients, the one with the least first. It is the sorter's own list and not a copy: after
   * any call that changes the sorter, ask again.
   */
  ordered(): readonly Standing<Name>[] {
    const poolChanged = this.poolVersion !== this.pool.version
    if (poolChanged) for (const client of this.order) client.share = this.shareOf(client)
    for (const client of this.changed) {
      client.share = this.shareOf(client)
      client.placed = true
    }
    if (poolChanged || this.changed.length * 8 > this.order.length) {
      this.order.push(...this.changed)
      this.order.sort(before)
    } else {
      for (const client of this.changed) this.order.splice(this.placeOf(client), 0, client)
    }
    this.changed = []
    this.poolVersion = this.pool.version
    return this.order
  }

  /** Takes the client out of the order before its share changes, while it can still be found. */
  private unplace(client: Client<Name>): void {
    if (!client.placed) return
    this.order.splice(this.placeOf(client), 1)
    client.placed = false
    this.changed.push(client)
  }

  /** The first place whose client does not come before this one. */
  private placeOf(client: Client<Name>): number {
    let from = 0
    let to = this.order.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (before(this.order[middle] as Client<Name>, client) < 0) from = middle + 1
      else to = middle
    }
    return from
  }

  private shareOf(client: Client<Name>): number {
    let share = 0
    for (const [name, amount] of client.allocated) {
      const total = this.pool.total(name)
      if (total > 0 && amount / total > share) share = amount / total
    }
    return share / client.weight
  }

  private client(name: Name): Client<Name> {
    const client = this.clients.get(name)
    if (client === undefined) throw new RangeError(`the sorter has no client ${name}`)
    return client
  }
}

function before(left: Standing<string> & { allocations: number }, right: typeof left): number {
  if (left.share !== right.share) return left.share - right.share
  if (left.allocations !== right.allocations) return left.allocations - right.allocations
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0
}

function accumulate(amounts: Map<string, number>, by: Resources, sign: 1 | -1): void {
  for (const name in by.scalars) {
    const amount = (amounts.get(name) ?? 0) + sign * (by.scalars[name] as number)
    if (amount > 0) amounts.set(name, amount)
    else amounts.delete(name)
  }
}
