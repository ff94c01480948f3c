/**
 * Memory link: carries frames between the nodes of one process.
 *
 * The hub is what a broker is to the others: it knows who lives, keeps each node's inbox in order and
 * tells watchers of deaths. Delivery is always in a later microtask, never within `send`. An inbox holds
 * no more than one turn produced (`post.ts` bounds that), since it is emptied before the next.
 */
import { isGroup, kindOf, type NodeAddress } from '../../runtime/address.js'
import type { TransportVitals, UndeliverableReason } from '../../runtime/transport.js'
import type { Link, LinkListener, OpenLink } from '../link.js'
import { directionOf } from '../routes.js'
import { Standing } from '../standing.js'

export interface MemoryHub {
  readonly open: OpenLink
  /** Ends a node as `kill -9` would: what is under way to it is gone, its watchers are told. */
  kill(node: NodeAddress): void
}

export const memoryHub = (): MemoryHub => new Hub()

class Hub implements MemoryHub {
  private readonly members = new Map<NodeAddress, Member>()

  /** Rejects when a node of that address lives here already. */
  readonly open: OpenLink = async (self, listener) => {
    if (this.members.has(self)) throw new Error(`the node '${self}' is already here: take another name`)
    const member = new Member(self, listener, this)
    this.members.set(self, member)
    return member
  }

  kill(node: NodeAddress): void {
    this.members.get(node)?.end()
  }

  find(node: NodeAddress): Member | undefined {
    return this.members.get(node)
  }

  group(group: NodeAddress): Member[] {
    return [...this.members.values()].filter(({ self }) => kindOf(self) === kindOf(group))
  }

  remove(gone: Member): void {
    this.members.delete(gone.self)
    for (const member of this.members.values()) member.died(gone.self)
  }
}

class Member implements Link {
  private readonly watched = new Set<NodeAddress>()
  private readonly standing = new Standing(() => undefined)
  private inbox: (() => void)[] = []
  private ended = false

  constructor(
    readonly self: NodeAddress, private readonly listener: LinkListener, private readonly hub: Hub,
  ) {}

  send(to: NodeAddress, frame: Uint8Array): void {
    if (this.ended) return this.giveBack(to, frame, 'disconnected')
    if (!directionOf(this.self, to)) return this.giveBack(to, frame, 'no-such-node')
    if (isGroup(to)) {
      for (const member of this.hub.group(to)) member.receive(frame)
      return
    }
    const member = this.hub.find(to)
    if (member) member.receive(frame)
    else this.giveBack(to, frame, 'no-such-node')
  }

  watch(node: NodeAddress): void {
    this.watched.add(node)
    if (!this.hub.find(node) || !directionOf(this.self, node)) this.died(node)
  }

  unwatch(node: NodeAddress): void {
    this.watched.delete(node)
  }

  vitals(): TransportVitals {
    return this.standing.vitals()
  }

  async close(): Promise<void> {
    this.end()
  }

  /** Takes the node away; what it has sent is in its receivers' inboxes already. */
  end(): void {
    if (this.ended) return
    this.ended = true
    this.hub.remove(this)
  }

  died(node: NodeAddress): void {
    if (!this.watched.has(node)) return
    // Asked again when it is told: the watch may have been withdrawn meanwhile.
    this.deliver(() => {
      if (this.watched.delete(node)) this.listener.lost(node)
    })
  }

  private receive(frame: Uint8Array): void {
    this.deliver(() => this.listener.frame(frame))
  }

  private giveBack(to: NodeAddress, frame: Uint8Array, reason: UndeliverableReason): void {
    this.deliver(() => this.listener.undeliverable(to, frame, reason), true)
  }

  private deliver(event: () => void, evenWhenEnded = false): void {
    this.inbox.push(() => {
      if (!this.ended || evenWhenEnded) event()
    })
    if (this.inbox.length === 1) queueMicrotask(() => this.empty())
  }

  private empty(): void {
    const events = this.inbox
    this.inbox = []
    for (const event of events) event()
  }
}
