/**
 * Kernel: the part of a node that its cells share: who lives where, the ports, and how a message finds
 * its way. What a node offers to the outside is in `system.ts`.
 */
import { nodeOf, type NodeAddress, type Ref } from './address.js'
import type { Clock } from './clock.js'
import { DeadLetters, type DeadLetterReason } from './dead-letters.js'
import { seal } from './envelope.js'
import type { AnyMessage, Item } from './item.js'
import type { Logger } from './logger.js'
import type { Neighbourhood, Resident, Watch } from './neighbourhood.js'
import type { Registry } from './protocol.js'
import { Questions } from './questions.js'
import type { Random } from './random.js'
import { RemoteWatches } from './remote-watches.js'
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

export class Kernel implements Neighbourhood {
  readonly turns: Turns
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly registry: Registry
  readonly traces: TraceSink | undefined
  readonly trace: TraceSource
  readonly deadLetters = new DeadLetters()
  readonly residents = new Map<Ref<never>, Resident>()
  readonly handlers = new Map<Ref<never>, PortHandler<never>>()
  readonly questions: Questions
  readonly remoteWatches = new RemoteWatches()
  transport: Transport | undefined
  private stampedBeat = -1
  private stampedMs = 0

  constructor(readonly node: NodeAddress, private readonly ports: Ports) {
    this.turns = ports.turns
    this.clock = ports.clock
    this.random = ports.random
    this.logger = ports.logger
    this.registry = ports.registry
    this.traces = ports.traces
    this.trace = new TraceSource(ports.random)
    this.questions = new Questions(node, ports.clock)
  }

  moveIn(resident: Resident): void {
    const address = resident.self as Ref<never>
    if (this.residents.has(address)) throw new Error(`${address} is already there`)
    this.residents.set(address, resident)
  }

  moveOut(resident: Resident): void {
    this.residents.delete(resident.self as Ref<never>)
  }

  deliver(to: Ref<never>, message: AnyMessage, from: Ref<never> | undefined, trace: TraceContext): void {
    if (this.traces) this.hop('sent', to, message, from, trace)
    const item = { message, from, trace, queuedAt: this.stamp(), notice: undefined }
    const resident = this.residents.get(to)
    if (resident) return this.hand(resident, item)
    if (nodeOf(to) === this.node) return this.deliverToPort(to, item)
    if (!this.transport) return this.bury('disconnected', to, item)
    this.transport.send(nodeOf(to), seal({ to, from, trace, message }, this.registry))
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
    if (this.traces) this.hop('delivered', resident.self as Ref<never>, item.message, item.from, item.trace)
    resident.put(item)
  }

  /** Hands an item to the open question of that address; false when there is none. */
  answer(to: Ref<never>, { message, from, trace }: Item): boolean {
    const answered = this.questions.answer(to, message)
    if (answered && this.traces) this.hop('delivered', to, message, from, trace)
    return answered
  }

  bury(reason: DeadLetterReason, to: Ref<never> | undefined, item?: Item, detail?: string): void {
    const { from, message } = item ?? { from: undefined, message: undefined }
    this.deadLetters.add({ reason, atMs: this.clock.now(), to, from, message, ...(detail ? { detail } : {}) })
    if (this.traces && to && item) this.hop('dropped', to, item.message, item.from, item.trace, reason)
    this.logger.log('debug', 'dead letter', { reason, to, message: message?.type, detail })
  }

  watch(watch: Watch): void {
    const isLocal = nodeOf(watch.target) === this.node
    const resident = isLocal ? this.residents.get(watch.target) : undefined
    if (resident) resident.addWatch(watch)
    else if (isLocal || !this.transport) watch.terminated()
    else this.remoteWatches.add(watch, this.transport)
  }

  unwatch(watch: Watch): void {
    if (nodeOf(watch.target) === this.node) this.residents.get(watch.target)?.removeWatch(watch)
    else this.remoteWatches.remove(watch, this.transport)
  }

  collapse(actor: Ref<never>, error: unknown): void {
    this.ports.collapsed(actor, error)
  }

  private deliverToPort(to: Ref<never>, item: Item): void {
    const handler = this.handlers.get(to)
    if (!handler) {
      if (!this.answer(to, item)) this.bury('no-such-actor', to, item)
      return
    }
    const { message, from, trace } = item
    if (this.traces) this.hop('delivered', to, message, from, trace)
    try {
      handler(message as never, from)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      this.logger.log('error', 'a port failed', { port: to, message: message.type, error: detail })
      this.bury('port-failed', to, item, detail)
    }
  }

  private hop(
    kind: Hop['kind'], to: Ref<never>, message: AnyMessage, from: Ref<never> | undefined, trace: TraceContext,
    reason?: string,
  ): void {
    const atMs = this.clock.now()
    this.traces?.hop({ kind, atMs, trace, from, to, message, ...(reason ? { reason } : {}) })
  }
}
