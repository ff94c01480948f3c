/**
 * Kernel: the part of a node that its cells share: who lives where, the ports, and how a message finds
 * its way. What a node offers to the outside is in `system.ts`.
 */
import type { Actor } from './actor.js'
import type { NodeAddress, Ref } from './address.js'
import { nodeOf, refOf } from './address.js'
import { Cell, type Item } from './cell.js'
import type { Clock } from './clock.js'
import type { DeadLetterReason } from './dead-letters.js'
import { DeadLetters } from './dead-letters.js'
import { seal } from './envelope.js'
import type { Logger } from './logger.js'
import type { Registry } from './protocol.js'
import type { Random } from './random.js'
import type { Supervision } from './supervision.js'
import { TraceSource, type Hop, type TraceContext, type TraceSink } from './trace.js'
import type { Transport } from './transport.js'
import type { Turns } from './turns.js'

/** What a node needs of the world. */
export interface Ports {
  readonly turns: Turns
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly registry: Registry
  readonly traces?: TraceSink
  /** The last resort: the top of the tree has failed, and the node must end. */
  readonly collapsed: (actor: Ref<never>, error: unknown) => void
}

/** A port's side of an address: called at once, answers by `tell`, must not throw. */
export type PortHandler<M> = (message: M, from: Ref<never> | undefined) => void

export class Kernel {
  readonly turns: Turns
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly registry: Registry
  readonly traces: TraceSink | undefined
  readonly trace: TraceSource
  readonly deadLetters = new DeadLetters()
  readonly cells = new Map<string, Cell>()
  readonly handlers = new Map<string, PortHandler<never>>()
  /** The ports that other nodes may answer to; all others are this node's own business. */
  readonly questions = new Set<string>()
  transport: Transport | undefined
  /** Who waits for the end of which foreign node. */
  private readonly remoteWatches = new Map<NodeAddress, Map<Cell, Map<Ref<never>, Item['message']>>>()

  constructor(readonly node: NodeAddress, private readonly ports: Ports) {
    this.turns = ports.turns
    this.clock = ports.clock
    this.random = ports.random
    this.logger = ports.logger
    this.registry = ports.registry
    this.traces = ports.traces
    this.trace = new TraceSource(ports.random)
  }

  open(parent: Cell | undefined, name: string, actor: Actor<unknown, { type: string }>, supervision?: Supervision): Cell {
    if (!/^[A-Za-z0-9_.-]{1,255}$/.test(name)) throw new Error(`'${name}' is no actor name: use letters, digits, '.', '_', '-'`)
    const self = parent ? `${parent.self}/${name}` as Ref<{ type: string }> : refOf<{ type: string }>(this.node, name)
    if (this.cells.has(self)) throw new Error(`${self} is already there`)
    const cell = new Cell(this, self, name, actor, parent, supervision)
    this.cells.set(self, cell)
    return cell
  }

  close(cell: Cell): void {
    this.cells.delete(cell.self)
  }

  /** Brings a message to a local cell, a port, or the transport. */
  deliver(to: Ref<never>, message: Item['message'], from: Ref<never> | undefined, trace: TraceContext): void {
    if (this.traces) this.hop('sent', to, message, from, trace)
    const cell = this.cells.get(to)
    if (cell) {
      if (this.traces) this.hop('delivered', to, message, from, trace)
      return cell.put({ message, from, trace, queuedAt: this.clock.elapsedMs() })
    }
    const handler = this.handlers.get(to)
    if (handler) return this.handle(handler, to, message, from, trace)
    const node = nodeOf(to)
    const item = { message, from, trace, queuedAt: 0 }
    if (node === this.node) return this.bury('no-such-actor', to, item)
    if (!this.transport) return this.bury('disconnected', to, item)
    this.transport.send(node, seal({ to, from, trace, message }, this.registry))
  }

  bury(reason: DeadLetterReason, to: Ref<never> | undefined, item?: Item, detail?: string): void {
    this.deadLetters.add({
      reason, atMs: this.clock.now(), to, from: item?.from, message: item?.message, ...(detail ? { detail } : {}),
    })
    if (this.traces && to && item) this.hop('dropped', to, item.message, item.from, item.trace, reason)
    this.logger.log('debug', 'dead letter', { reason, to, message: item?.message.type, detail })
  }

  watch(ref: Ref<never>, watcher: Cell, message: Item['message']): void {
    const node = nodeOf(ref)
    if (node === this.node) {
      const cell = this.cells.get(ref)
      return cell ? cell.addWatcher(watcher, message) : watcher.put(watcher.fresh(message), true)
    }
    if (!this.transport) return watcher.put(watcher.fresh(message), true)
    const watches = this.remoteWatches.get(node) ?? new Map<Cell, Map<Ref<never>, Item['message']>>()
    if (watches.size === 0) this.transport.watch(node)
    this.remoteWatches.set(node, watches.set(watcher, (watches.get(watcher) ?? new Map()).set(ref, message)))
  }

  unwatch(ref: Ref<never>, watcher: Cell): void {
    const node = nodeOf(ref)
    if (node === this.node) return this.cells.get(ref)?.removeWatcher(watcher)
    const watches = this.remoteWatches.get(node)
    const ofWatcher = watches?.get(watcher)
    ofWatcher?.delete(ref)
    if (ofWatcher?.size === 0) watches?.delete(watcher)
    if (watches?.size !== 0) return
    this.remoteWatches.delete(node)
    this.transport?.unwatch(node)
  }

  /** A foreign node has ended: whoever watched an actor there is told, once. */
  lost(node: NodeAddress): void {
    const watches = this.remoteWatches.get(node)
    if (!watches) return
    this.remoteWatches.delete(node)
    this.transport?.unwatch(node)
    for (const [watcher, messages] of watches) {
      for (const message of messages.values()) watcher.put(watcher.fresh(message), true)
    }
  }

  collapse(actor: Ref<never>, error: unknown): void {
    this.ports.collapsed(actor, error)
  }

  hop(
    kind: Hop['kind'], to: Ref<never>, message: Item['message'], from: Ref<never> | undefined, trace: TraceContext,
    reason?: string,
  ): void {
    this.traces?.hop({ kind, atMs: this.clock.now(), trace, from, to, message, ...(reason ? { reason } : {}) })
  }

  private handle(
    handler: PortHandler<never>, to: Ref<never>, message: Item['message'], from: Ref<never> | undefined, trace: TraceContext,
  ): void {
    try {
      handler(message as never, from)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      this.logger.log('error', 'a port failed', { port: to, message: message.type, error: detail })
      this.bury('port-failed', to, { message, from, trace, queuedAt: 0 }, detail)
    }
  }
}
