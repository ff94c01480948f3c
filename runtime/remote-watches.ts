/**
 * Remote watches: which actors of other nodes are watched from here. Whoever waits is told when the
 * actor has ended, or its whole node.
 *
 * The transport watches a node once, however many watches there are of its actors; the kernel of that
 * node tells of single ones. What is watched is said again at intervals, because messages can be lost.
 */
import { nodeOf, pathOf, type NodeAddress } from './address.js'
import type { Clock } from './clock.js'
import { WATCHED_ACTORS_MAX, type KernelMessage } from './kernel-protocol.js'
import type { Watch } from './neighbourhood.js'
import type { Transport } from './transport.js'

/** A loss of both the end and its message is noticed within this time. */
export const WATCH_REPEAT_MS = 60_000

/**
 * So long it may wait to be said that an actor is watched no more. Who unwatches has often just lost whom it
 * watched, as all agents have when their master dies, and then has better to do than to write to the dead.
 */
export const UNWATCH_DELAY_MS = 10_000

/** What the watches need of their node. */
export interface Outside {
  readonly clock: Clock
  readonly transport: Transport | undefined
  tellKernel(node: NodeAddress, message: KernelMessage): void
}

export class RemoteWatches {
  private readonly byNode = new Map<NodeAddress, Map<string, Set<Watch>>>()
  private readonly unwatched = new Map<NodeAddress, Set<string>>()
  private cancelRepeat: (() => void) | undefined
  private cancelUnwatch: (() => void) | undefined

  constructor(private readonly outside: Outside) {}

  add(watch: Watch): void {
    const [node, path] = [nodeOf(watch.target), pathOf(watch.target)]
    const known = this.byNode.get(node)
    const paths = known ?? new Map<string, Set<Watch>>()
    const watches = paths.get(path)
    if (watches) {
      watches.add(watch)
      return
    }
    paths.set(path, new Set([watch]))
    this.byNode.set(node, paths)
    this.unwatched.get(node)?.delete(path)
    if (!known) this.outside.transport?.watch(node)
    // The transport may have known at once that the node is gone.
    if (this.byNode.get(node) !== paths) return
    this.outside.tellKernel(node, { type: 'watch-actors', paths: [path] })
    this.cancelRepeat ??= this.outside.clock.after(WATCH_REPEAT_MS, () => this.repeat())
  }

  remove(watch: Watch): void {
    const [node, path] = [nodeOf(watch.target), pathOf(watch.target)]
    const watches = this.byNode.get(node)?.get(path)
    if (!watches?.delete(watch) || watches.size > 0) return
    this.forget(node, path)
    this.unwatched.set(node, (this.unwatched.get(node) ?? new Set()).add(path))
    this.cancelUnwatch ??= this.outside.clock.after(UNWATCH_DELAY_MS, () => this.tellUnwatched())
  }

  /** Single actors of a node have ended: whoever waits for them is told, once. */
  ended(node: NodeAddress, ended: readonly string[]): void {
    for (const path of ended) {
      const watches = this.byNode.get(node)?.get(path)
      if (!watches) continue
      this.forget(node, path)
      for (const watch of watches) watch.terminated()
    }
  }

  /** A node has ended, and all of its actors with it. */
  lost(node: NodeAddress): void {
    this.unwatched.delete(node)
    this.ended(node, [...this.byNode.get(node)?.keys() ?? []])
  }

  /** Says again who is watched: messages may have been lost. */
  repeat(): void {
    this.cancelRepeat?.()
    this.cancelRepeat = undefined
    for (const [node, paths] of this.byNode) {
      this.outside.tellKernel(node, { type: 'watch-actors', paths: [...paths.keys()].slice(0, WATCHED_ACTORS_MAX) })
    }
    if (this.byNode.size > 0) this.cancelRepeat = this.outside.clock.after(WATCH_REPEAT_MS, () => this.repeat())
  }

  /** This node has ended. */
  close(): void {
    this.cancelRepeat?.()
    this.cancelUnwatch?.()
    this.byNode.clear()
  }

  private tellUnwatched(): void {
    this.cancelUnwatch = undefined
    for (const [node, paths] of this.unwatched) {
      // What does not fit is forgotten over there when it is not said again.
      const some = [...paths].slice(0, WATCHED_ACTORS_MAX)
      if (some.length > 0) this.outside.tellKernel(node, { type: 'unwatch-actors', paths: some })
    }
    this.unwatched.clear()
  }

  private forget(node: NodeAddress, path: string): void {
    const paths = this.byNode.get(node)
    if (!paths?.delete(path) || paths.size > 0) return
    this.byNode.delete(node)
    this.outside.transport?.unwatch(node)
    if (this.byNode.size > 0) return
    this.cancelRepeat?.()
    this.cancelRepeat = undefined
  }
}
