/**
 * Remote watches: who waits for the end of which other node. The transport watches a node once,
 * however many actors do.
 */
import { nodeOf, type NodeAddress } from './address.js'
import type { Watch } from './neighbourhood.js'
import type { Transport } from './transport.js'

export class RemoteWatches {
  private readonly byNode = new Map<NodeAddress, Set<Watch>>()

  add(watch: Watch, transport: Transport): void {
    const node = nodeOf(watch.target)
    const watches = this.byNode.get(node)
    if (watches) {
      watches.add(watch)
      return
    }
    this.byNode.set(node, new Set([watch]))
    transport.watch(node)
  }

  remove(watch: Watch, transport: Transport | undefined): void {
    const node = nodeOf(watch.target)
    const watches = this.byNode.get(node)
    if (!watches?.delete(watch) || watches.size > 0) return
    this.byNode.delete(node)
    transport?.unwatch(node)
  }

  /** A node has ended: whoever waits for an actor there is told, once. */
  lost(node: NodeAddress, transport: Transport | undefined): void {
    const watches = this.byNode.get(node)
    if (!watches) return
    this.byNode.delete(node)
    transport?.unwatch(node)
    for (const watch of watches) watch.terminated()
  }
}
