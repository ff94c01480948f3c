/**
 * Remote watchers: which actors of this node are watched from other nodes, and by which.
 *
 * A watching node repeats itself (see remote-watches.ts); one that has fallen silent is forgotten, so
 * that watchers that died without a word do not add up.
 */
import { refOf, type NodeAddress, type Ref } from './address.js'
import type { Resident, Watch } from './neighbourhood.js'
import { WATCH_REPEAT_MS, type Outside } from './remote-watches.js'

/** Watches that other nodes may have here, all together. */
export const REMOTE_WATCHERS_MAX = 200_000
const SILENT_MAX_MS = 3 * WATCH_REPEAT_MS

/** Finds who lives at an address: an actor, or something that ends only with its node. */
type Find = (ref: Ref<never>) => Resident | 'lasting' | undefined

interface Watcher {
  heardAtMs: number
  readonly watches: Map<string, Watch>
}

export class RemoteWatchers {
  private readonly byNode = new Map<NodeAddress, Watcher>()
  private count = 0
  private sweptAtMs = 0

  constructor(
    private readonly self: NodeAddress, private readonly outside: Outside, private readonly find: Find,
  ) {}

  /** `node` watches these actors; it is told at once of those that are not there. */
  watch(node: NodeAddress, paths: readonly string[]): void {
    const now = this.outside.clock.elapsedMs()
    this.forgetSilent(now)
    const watcher = this.byNode.get(node) ?? { heardAtMs: now, watches: new Map<string, Watch>() }
    watcher.heardAtMs = now
    this.byNode.set(node, watcher)
    const absent = paths.filter((path) => !this.has(node, watcher, path))
    if (absent.length > 0) this.outside.tellKernel(node, { type: 'actors-ended', paths: absent })
  }

  unwatch(node: NodeAddress, paths: readonly string[]): void {
    const watcher = this.byNode.get(node)
    for (const path of paths) if (watcher) this.drop(watcher, path)
    if (watcher?.watches.size === 0) this.byNode.delete(node)
  }

  /** A node has ended, and nothing need be told to it. */
  lost(node: NodeAddress): void {
    this.unwatch(node, [...this.byNode.get(node)?.watches.keys() ?? []])
  }

  private has(node: NodeAddress, watcher: Watcher, path: string): boolean {
    if (watcher.watches.has(path)) return true
    const target = refOf<never>(this.self, path)
    const found = this.find(target)
    if (!found || found === 'lasting' || this.count >= REMOTE_WATCHERS_MAX) return found !== undefined
    const terminated = () => {
      this.drop(watcher, path)
      this.outside.tellKernel(node, { type: 'actors-ended', paths: [path] })
    }
    const watch = { target, terminated }
    watcher.watches.set(path, watch)
    this.count++
    found.addWatch(watch)
    return true
  }

  private drop(watcher: Watcher, path: string): void {
    const watch = watcher.watches.get(path)
    if (!watch) return
    watcher.watches.delete(path)
    this.count--
    const resident = this.find(watch.target)
    if (resident && resident !== 'lasting') resident.removeWatch(watch)
  }

  private forgetSilent(now: number): void {
    if (now - this.sweptAtMs < WATCH_REPEAT_MS) return
    this.sweptAtMs = now
    for (const [node, { heardAtMs }] of this.byNode) if (now - heardAtMs > SILENT_MAX_MS) this.lost(node)
  }
}
