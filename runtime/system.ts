/**
 * System: one node. Spawns its top-level actors, lends ports an address, asks questions on behalf of
 * the world outside, and stands between the transport and the mailboxes.
 */
import type { Actor } from './actor.js'
import { nodeOf, refOf, type NodeAddress, type Ref } from './address.js'
import type { Cell } from './cell.js'
import type { DeadLetters } from './dead-letters.js'
import { open } from './envelope.js'
import { Kernel, type PortHandler, type Ports } from './kernel.js'
import type { Supervision } from './supervision.js'
import type { Connection, Receiver, Transport, UndeliverableReason, WireEnvelope } from './transport.js'

/** How one actor is doing. */
export interface Vitals {
  readonly address: Ref<never>
  readonly mailbox: number
  readonly processed: number
  readonly restarts: number
}

export class System {
  private readonly kernel: Kernel
  private readonly tops: Cell[] = []
  private readonly connectionListeners = new Set<(state: Connection) => void>()
  private asked = 0

  constructor(readonly node: NodeAddress, ports: Ports) {
    this.kernel = new Kernel(node, ports)
  }

  /** Starts a top-level actor; its failure beyond its intensity is the node's. */
  spawn<S, M>(name: string, actor: Actor<S, M>, supervision?: Supervision): Ref<M> {
    const cell = this.kernel.open(undefined, name, actor as unknown as Actor<unknown, { type: string }>, supervision)
    this.tops.push(cell)
    return cell.self as unknown as Ref<M>
  }

  /** Gives a port of the world an address. */
  port<M>(name: string, handler: PortHandler<M>): Ref<M> {
    const ref = refOf<M>(this.node, `port.${name}`)
    this.kernel.handlers.set(ref, handler as PortHandler<never>)
    return ref
  }

  /** Sends from outside of any actor; begins a trace. */
  tell<M>(to: Ref<M>, message: NoInfer<M>): void {
    this.kernel.deliver(to as Ref<never>, message as { type: string }, undefined, this.kernel.trace.begin())
  }

  /**
   * Asks one question and waits for one answer.
   * @param question is given the address to answer to
   * @throws Error when `deadlineMs` has passed without an answer
   */
  ask<M, Answer>(to: Ref<M>, question: (replyTo: Ref<Answer>) => NoInfer<M>, deadlineMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const replyTo = refOf<Answer>(this.node, `port.ask-${++this.asked}`)
      const close = () => {
        this.kernel.handlers.delete(replyTo)
        this.kernel.questions.delete(replyTo)
      }
      const cancel = this.kernel.clock.after(deadlineMs, () => {
        close()
        reject(new Error(`${to} did not answer within ${deadlineMs} ms`))
      })
      this.kernel.questions.add(replyTo)
      this.kernel.handlers.set(replyTo, ((answer: Answer) => {
        cancel()
        close()
        resolve(answer)
      }) as PortHandler<never>)
      this.tell(to, question(replyTo))
    })
  }

  /** Joins the other nodes; until then everything for them is a dead letter. */
  async join(connect: (receiver: Receiver) => Promise<Transport>): Promise<void> {
    this.kernel.transport = await connect(this.receiver())
  }

  onConnection(listener: (state: Connection) => void): void {
    this.connectionListeners.add(listener)
  }

  get deadLetters(): DeadLetters {
    return this.kernel.deadLetters
  }

  vitals(): Vitals[] {
    return [...this.kernel.cells.values()].map((cell) => ({
      address: cell.self as Ref<never>, mailbox: cell.mailbox.size, processed: cell.processed, restarts: cell.restarts,
    }))
  }

  /** Stops every actor, leaves first, last started first; then leaves the other nodes. */
  async stop(): Promise<void> {
    for (const cell of [...this.tops].reverse()) cell.end()
    await this.kernel.transport?.close()
    this.kernel.transport = undefined
  }

  private receiver(): Receiver {
    return {
      received: (raw) => this.received(raw),
      malformed: (reason) => this.kernel.bury('malformed', undefined, undefined, reason),
      undeliverable: (to, envelopes, reason) => this.undeliverable(to, envelopes, reason),
      lost: (node) => this.kernel.lost(node),
      connection: (state) => {
        for (const listener of this.connectionListeners) listener(state)
      },
    }
  }

  private received(raw: unknown): void {
    const { kernel } = this
    const opened = open(raw, this.node, kernel.registry, kernel.clock.now())
    if (!opened.ok) return kernel.bury(opened.reason, undefined, undefined, opened.detail)
    const { to, from, message, trace } = opened.envelope
    // A message to the group of this node's kind is for the actor of that path in this life of it.
    const local = nodeOf(to) === this.node ? to : refOf<never>(this.node, to.slice(to.indexOf('/') + 1))
    const item = { message, from, trace, queuedAt: kernel.clock.elapsedMs() }
    if (kernel.questions.has(local)) return kernel.deliver(local, message, from, trace)
    const cell = kernel.cells.get(local)
    if (!cell) return kernel.bury(kernel.handlers.has(local) ? 'not-accepted' : 'no-such-actor', to, item)
    if (!(cell.actor.accepts && Object.hasOwn(cell.actor.accepts, message.type))) return kernel.bury('not-accepted', to, item)
    if (kernel.traces) kernel.hop('delivered', local, message, from, trace)
    cell.put(item)
  }

  private undeliverable(to: NodeAddress, envelopes: readonly WireEnvelope[], reason: UndeliverableReason): void {
    for (const envelope of envelopes) {
      const entry = this.kernel.registry.byTag(envelope[1] as number)
      this.kernel.bury(reason, to as unknown as Ref<never>, undefined, entry?.type ?? 'unknown')
    }
  }
}

