/**
 * Kernel: the part of a node that its cells share: who lives where, the ports, and how a message finds
 * its way. What a node offers to the outside is in `system.ts`.
 */
import { nodeOf, pathOf, refOf, type NodeAddress, type Ref } from './address.js'
import type { Cause } from './actor.js'
import type { Clock } from './clock.js'
import { DeadLetters, type DeadLetterReason } from './dead-letters.js'
import { seal } from './envelope.js'
import type { AnyMessage, Item } from './item.js'
import { isKernelMessage, KERNEL_PATH, type KernelMessage } from './kernel-protocol.js'
import type { Logger } from './logger.js'
import type { Meter } from './meter.js'
import type { Neighbourhood, Resident, Watch } from './neighbourhood.js'
import type { Registry } from './registry.js'
import { Questions } from './questions.js'
import type { Random } from './random.js'
import { RemoteWatchers } from './remote-watchers.js'
import { RemoteWatches, type Outside } from './remote-watches.js'
import type { HopRecorder, TraceSink } from './hop.js'
import { Hops } from './hops.js'
import { TraceSource, type TraceContext } from './trace.js'
import type { Transport } from './transport.js'
import type { Turns } from './turns.js'

/** What a node needs of the world. */
export interface Ports {
  readonly turns: Turns
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly registry: Registry
  readonly traces?: TraceSink | HopRecorder
  /** The last resort: the top of the tree has failed, and the node must end. */
  readonly collapsed: (actor: Ref<never>, error: unknown, lastMessages: readonly AnyMessage[]) => void
}

/**
 * A port's side of an address: called at once, answers by `tell`, must not throw. What it tells before it returns is
 * caused by the message; what it tells later is if it says so.
 */
export type PortHandler<M> = (message: M, from: Ref<never> | undefined, cause: Cause) => void

export class Kernel implements Neighbourhood, Outside {
  readonly turns: Turns
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly registry: Registry
  readonly traces: Hops | undefined
  meter: Meter | undefined
  readonly trace: TraceSource
  readonly deadLetters = new DeadLetters()
  readonly residents = new Map<Ref<never>, Resident>()
  readonly handlers = new Map<Ref<never>, PortHandler<never>>()
  readonly questions: Questions
  readonly remoteWatches: RemoteWatches
  readonly remoteWatchers: RemoteWatchers
  transport: Transport | undefined
  /** Of the message that a port has now. */
  causing: Cause | undefined
  /** Who had the last turn. */
  lastTurn: Resident | undefined
  private stampedBeat = -1
  private stampedMs = 0

  constructor(readonly node: NodeAddress, private readonly ports: Ports) {
    this.turns = ports.turns
    this.clock = ports.clock
    this.random = ports.random
    this.logger = ports.logger
    this.registry = ports.registry
    this.traces = ports.traces && new Hops(ports.traces, ports.clock)
    this.trace = new TraceSource(ports.random)
    this.questions = new Questions(node, ports.clock)
    this.remoteWatches = new RemoteWatches(this)
    this.remoteWatchers = new RemoteWatchers(node, this, (ref) => this.find(ref))
  }

  moveIn(resident: Resident): void {
    const address = resident.self as Ref<never>
    if (address === this.ownRef) throw new Error(`the path '${KERNEL_PATH}' is the kernel's own`)
    if (this.residents.has(address)) throw new Error(`${address} is already there`)
    this.residents.set(address, resident)
  }

  moveOut(resident: Resident): void {
    this.residents.delete(resident.self as Ref<never>)
  }

  deliver(
    to: Ref<never>, message: AnyMessage, from: Ref<never> | undefined, trace: TraceContext, deadlineMs?: number,
  ): void {
    const item = { message, from, trace, queuedAt: this.stamp(), notice: undefined, deadlineMs }
    const resident = this.residents.get(to)
    this.traces?.sent(item, to, resident !== undefined)
    if (resident) return this.hand(resident, item)
    if (nodeOf(to) === this.node) return this.deliverToPort(to, item)
    if (!this.transport) return this.bury('disconnected', to, item)
    const envelope = { to, from, trace, message, ...(deadlineMs === undefined ? {} : { deadlineMs }) }
    this.transport.send(nodeOf(to), seal(envelope, this.registry))
  }

  /** The time, in elapsed milliseconds; asked of the clock once for all that happens at once. */
  stamp(): number {
    if (this.stampedBeat !== this.turns.beat) {
      this.stampedBeat = this.turns.beat
      this.stampedMs = this.clock.elapsedMs()
    }
    return this.stampedMs
  }

  /** Puts an item into a mailbox of this node. */
  hand(resident: Resident, item: Item): void {
    resident.put(item)
  }

  /** Hands an item to the open question of that address; false when there is none. */
  answer(to: Ref<never>, item: Item): boolean {
    if (this.traces && this.questions.isOpen(to)) this.traces.hop('replied', item, to)
    return this.questions.answer(to, item)
  }

  tellKernel(node: NodeAddress, message: KernelMessage): void {
    if (this.transport) this.deliver(refOf(node, KERNEL_PATH), message, this.ownRef, this.trace.begin())
  }

  /** Takes what the kernel of another node says; false when it is nothing of the kind. */
  hear(to: Ref<never>, { message, from }: Item): boolean {
    if (to !== this.ownRef || !isKernelMessage(message)) return false
    if (from === undefined || pathOf(from) !== KERNEL_PATH) return false
    const node = nodeOf(from)
    switch (message.type) {
      case 'watch-actors': this.remoteWatchers.watch(node, message.paths); break
      case 'unwatch-actors': this.remoteWatchers.unwatch(node, message.paths); break
      case 'actors-ended': this.remoteWatches.ended(node, message.paths)
    }
    return true
  }

  /** This node can be reached again, or for the first time. */
  connected(): void {
    this.remoteWatches.repeat()
  }

  lost(node: NodeAddress): void {
    this.remoteWatches.lost(node)
    this.remoteWatchers.lost(node)
  }

  bury(reason: DeadLetterReason, to: Ref<never> | undefined, item?: Item, detail?: string): void {
    const { from, message } = item ?? { from: undefined, message: undefined }
    this.deadLetters.add({ reason, atMs: this.clock.now(), to, from, message, ...(detail ? { detail } : {}) })
    if (to && item) this.traces?.hop('dropped', item, to, detail ? `${reason}: ${detail}` : reason)
    this.logger.log('debug', 'dead letter', { reason, to, message: message?.type, detail })
  }

  watch(watch: Watch): void {
    const isLocal = nodeOf(watch.target) === this.node
    const resident = isLocal ? this.residents.get(watch.target) : undefined
    if (resident) resident.addWatch(watch)
    else if (isLocal || !this.transport) watch.terminated()
    else this.remoteWatches.add(watch)
  }

  unwatch(watch: Watch): void {
    if (nodeOf(watch.target) === this.node) this.residents.get(watch.target)?.removeWatch(watch)
    else this.remoteWatches.remove(watch)
  }

  turning(resident: Resident): void {
    this.lastTurn = resident
  }

  collapse(actor: Resident, error: unknown): void {
    this.ports.collapsed(actor.self as Ref<never>, error, actor.recent())
  }

  private get ownRef(): Ref<never> {
    return refOf<never>(this.node, KERNEL_PATH)
  }

  /** Who lives at an address of this node; ports and open questions end only with it. */
  private find(ref: Ref<never>): Resident | 'lasting' | undefined {
    const lasts = this.handlers.has(ref) || this.questions.isOpen(ref)
    return this.residents.get(ref) ?? (lasts ? 'lasting' : undefined)
  }

  private deliverToPort(to: Ref<never>, item: Item): void {
    const handler = this.handlers.get(to)
    if (!handler) {
      if (!this.answer(to, item)) this.bury('no-such-actor', to, item)
      return
    }
    const { message, from, trace } = item
    this.traces?.hop('delivered', item, to)
    const { causing } = this
    this.causing = trace
    try {
      handler(message as never, from, trace)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      this.logger.log('error', 'a port failed', { port: to, message: message.type, error: detail })
      this.bury('port-failed', to, item, detail)
    } finally {
      this.causing = causing
    }
  }
}
