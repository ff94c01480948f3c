/**
 * System: one node. Spawns its top-level actors, lends ports an address, asks questions on behalf of
 * the world outside, and stands between the transport and the mailboxes.
 */
import type { Actor, Cause } from './actor.js'
import { nodeOf, pathOf, refBelow, refOf, type NodeAddress, type Ref } from './address.js'
import { Cell } from './cell.js'
import { replayOf, type DeadLetters } from './dead-letters.js'
import { open, reopen, type Envelope } from './envelope.js'
import type { AnyActor } from './incarnation.js'
import type { AnyMessage, Item } from './item.js'
import type { Look } from './look.js'
import { isKernelMessage } from './kernel-protocol.js'
import { Kernel, type PortHandler, type Ports } from './kernel.js'
import type { Meter } from './meter.js'
import type { Vitals } from './neighbourhood.js'
import type { Supervision } from './supervision.js'
import type {
  Connection, Receiver, Transport, TransportVitals, UndeliverableReason, WireEnvelope,
} from './transport.js'

export type ConnectionListener = (state: Connection, reason?: string) => void

/**
 * By how much the clocks of two machines may differ. A deadline that comes from another node counts only
 * so much later, lest a clock that goes wrong make every question expire.
 */
export const CLOCK_SKEW_MAX_MS = 5_000

export class System {
  private readonly kernel: Kernel
  private readonly connectionListeners = new Set<ConnectionListener>()

  constructor(readonly node: NodeAddress, ports: Ports) {
    this.kernel = new Kernel(node, ports)
  }

  /** Starts a top-level actor; its failure beyond its intensity is the node's. */
  spawn<S, M>(name: string, actor: Actor<S, M>, supervision?: Supervision): Ref<M> {
    const cell = new Cell(this.kernel, this.node, name, actor as unknown as AnyActor, supervision)
    return cell.self as unknown as Ref<M>
  }

  /** Gives a port of the world an address; no other node may write to it. */
  port<M>(name: string, handler: PortHandler<M>): Ref<M> {
    const ref = refBelow<M>(this.node, `port.${name}`)
    this.kernel.handlers.set(ref as Ref<never>, handler as PortHandler<never>)
    return ref
  }

  /**
   * Sends from outside of any actor. Throws as `tell` of a context does.
   * @param cause of what it answers; without one it begins a trace, unless a port has a message now
   */
  tell<M>(to: Ref<M>, message: NoInfer<M>, cause: Cause | undefined = this.kernel.causing): void {
    const { trace } = this.kernel
    const context = cause ? trace.follow(cause) : trace.begin()
    this.kernel.deliver(to as Ref<never>, message as AnyMessage, undefined, context)
  }

  /**
   * Asks one question and waits for one answer; a later one is a dead letter, and so is a question that
   * would be read later.
   * @param question is given the address to answer to
   * @throws Error when `withinMs` has passed without an answer, or this node stops
   */
  ask<M, Answer>(
    to: Ref<M>, question: (replyTo: Ref<Answer>) => NoInfer<M>, withinMs: number,
  ): Promise<Answer> {
    const { kernel } = this
    return new Promise((resolve, reject) => {
      const asked = kernel.questions.ask(withinMs, (outcome) => {
        if (outcome === 'too-late') reject(new Error(`${to} did not answer within ${withinMs} ms`))
        else if (outcome === 'node-stopped') reject(new Error(`${this.node} has stopped`))
        else resolve(outcome.message as Answer)
      })
      const deadlineMs = kernel.clock.now() + withinMs
      try {
        const message = question(asked.replyTo as Ref<Answer>) as AnyMessage
        kernel.deliver(to as Ref<never>, message, undefined, kernel.trace.begin(), deadlineMs)
      } catch (error) {
        asked.close()
        reject(error)
      }
    })
  }

  /** Joins the other nodes; until then everything for them is a dead letter. */
  async join(connect: (receiver: Receiver) => Promise<Transport>): Promise<void> {
    this.kernel.transport = await connect(this.receiver())
  }

  onConnection(listener: ConnectionListener): void {
    this.connectionListeners.add(listener)
  }

  /** How the way to the other nodes fares; undefined before the node has joined them and after it has left. */
  transport(): TransportVitals | undefined {
    return this.kernel.transport?.vitals()
  }

  get deadLetters(): DeadLetters {
    return this.kernel.deadLetters
  }

  /**
   * Sends a dead letter again to whom it was for, and keeps it no longer.
   * @returns undefined when it is on its way, else why it cannot be
   */
  replay(number: number): string | undefined {
    const { kernel } = this
    const replay = replayOf(this.deadLetters.find(number), number)
    if (typeof replay === 'string') return replay
    this.deadLetters.remove(number)
    kernel.deliver(replay.to, replay.message, replay.from, kernel.trace.begin())
    return undefined
  }

  /** Who had the last turn, and what it received last, oldest first: for the words of a node that ends. */
  lastTurn(): { readonly actor: Ref<never>; readonly messages: readonly AnyMessage[] } | undefined {
    const { lastTurn } = this.kernel
    return lastTurn && { actor: lastTurn.self as Ref<never>, messages: lastTurn.recent() }
  }

  /** From now on this one is told how long behaviours take; undefined: nobody is. */
  measure(meter: Meter | undefined): void {
    this.kernel.meter = meter
  }

  vitals(): Vitals[] {
    return [...this.kernel.residents.values()].map((resident) => resident.vitals())
  }

  /** What waits for one of its actors, and what that holds; undefined when there is nobody of that path. */
  look(path: string, waitingMax: number): Look | undefined {
    return this.kernel.residents.get(refOf<never>(this.node, path))?.look(waitingMax)
  }

  /** Stops every actor, leaves first, last started first; then leaves the other nodes. */
  async stop(): Promise<void> {
    const { kernel } = this
    for (const resident of [...kernel.residents.values()].reverse()) if (resident.isTop) resident.end()
    kernel.questions.close()
    kernel.remoteWatches.close()
    await kernel.transport?.close()
    kernel.transport = undefined
    kernel.turns.close()
  }

  private receiver(): Receiver {
    const { kernel } = this
    return {
      received: (raw) => this.received(raw),
      malformed: (reason) => kernel.bury('malformed', undefined, undefined, reason),
      forged: (reason) => kernel.bury('forged', undefined, undefined, reason),
      undeliverable: (to, envelopes, reason) => this.undeliverable(to, envelopes, reason),
      ...(kernel.traces ? { acknowledged: (envelopes: readonly WireEnvelope[]) => this.acknowledged(envelopes) } : {}),
      lost: (node) => kernel.lost(node),
      connection: (state, reason) => {
        if (state === 'connected') kernel.connected()
        for (const listener of this.connectionListeners) listener(state, reason)
      },
    }
  }

  private received(raw: unknown): void {
    const { kernel } = this
    const opened = open(raw, this.node, kernel.registry, kernel.clock.now() - CLOCK_SKEW_MAX_MS)
    if (!opened.ok) return kernel.bury(opened.reason, undefined, undefined, opened.detail)
    const { to, message } = opened.envelope
    // A message to the group of this node's kind is for the actor of that path in this life of it.
    const local = nodeOf(to) === this.node ? to : `${this.node}/${pathOf(to)}` as Ref<never>
    const item = itemOf(opened.envelope, kernel.clock.elapsedMs())
    const resident = kernel.residents.get(local)
    if (resident) {
      const isAccepted = resident.accepts !== undefined && Object.hasOwn(resident.accepts, message.type)
      return isAccepted ? kernel.hand(resident, item) : kernel.bury('not-accepted', to, item)
    }
    if (kernel.hear(local, item)) return
    if (kernel.handlers.has(local)) return kernel.bury('not-accepted', to, item)
    if (!kernel.answer(local, item)) kernel.bury('no-such-actor', to, item)
  }

  private acknowledged(envelopes: readonly WireEnvelope[]): void {
    for (const sealed of envelopes) {
      const envelope = reopen(sealed, this.kernel.registry)
      if (envelope) this.kernel.traces?.hop('acknowledged', envelope, envelope.to)
    }
  }

  private undeliverable(
    node: NodeAddress, envelopes: readonly WireEnvelope[], reason: UndeliverableReason,
  ): void {
    const { kernel } = this
    for (const sealed of envelopes) {
      const envelope = reopen(sealed, kernel.registry)
      // What kernels say to each other is repeated, so nothing is lost with it.
      if (envelope && isKernelMessage(envelope.message)) continue
      if (envelope) kernel.bury(reason, envelope.to, itemOf(envelope, 0))
      else kernel.bury(reason, node as unknown as Ref<never>)
    }
  }
}

function itemOf({ message, from, trace, deadlineMs }: Envelope, queuedAt: number): Item {
  const latestMs = deadlineMs === undefined ? undefined : deadlineMs + CLOCK_SKEW_MAX_MS
  return { message, from, trace, queuedAt, notice: undefined, deadlineMs: latestMs }
}
