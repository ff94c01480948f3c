/**
 * Neighbourhood: what a cell needs of its node, and what the node knows of a cell. Declared apart from
 * both (`cell.ts`, `kernel.ts`), so that each can be read without the other.
 */
import type { Ref } from './address.js'
import type { Clock } from './clock.js'
import type { DeadLetterReason } from './dead-letters.js'
import type { AnyMessage, Item } from './item.js'
import type { Logger } from './logger.js'
import type { Look } from './look.js'
import type { Protocol } from './protocol.js'
import type { Questions } from './questions.js'
import type { Random } from './random.js'
import type { Meter } from './meter.js'
import type { Hops } from './hops.js'
import type { Crash } from './crash.js'
import type { TraceContext, TraceSource } from './trace.js'
import type { Turns } from './turns.js'

export interface Neighbourhood {
  readonly turns: Turns
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly trace: TraceSource
  /** Undefined when nobody traces: then no hop is made. */
  readonly traces: Hops | undefined
  /** Undefined when nobody measures. */
  readonly meter: Meter | undefined
  readonly questions: Questions
  /** Throws when somebody of that address lives. */
  moveIn(resident: Resident): void
  moveOut(resident: Resident): void
  /**
   * Brings a message to an actor or a port of this node, or to the transport.
   * @param deadlineMs wall-clock milliseconds after which it must not be acted upon
   */
  deliver(
    to: Ref<never>, message: AnyMessage, from: Ref<never> | undefined, trace: TraceContext, deadlineMs?: number,
  ): void
  /** Makes a dead letter. */
  bury(reason: DeadLetterReason, to: Ref<never> | undefined, item?: Item, detail?: string): void
  /** Has `terminated` called once: at once when there is nothing to wait for. */
  watch(watch: Watch): void
  unwatch(watch: Watch): void
  /** An actor has its turn. */
  turning(resident: Resident): void
  /** The top of the tree has failed beyond its intensity. */
  collapse(actor: Resident, error: unknown): void
}

export interface Watch {
  readonly target: Ref<never>
  terminated(): void
}

export interface Resident {
  readonly self: Ref<AnyMessage>
  readonly isTop: boolean
  /** What other nodes may send it. */
  readonly accepts: Protocol | undefined
  /** Takes a message in; what has no room becomes a dead letter. */
  put(item: Item): void
  addWatch(watch: Watch): void
  removeWatch(watch: Watch): void
  /** Ends it now, its children first. */
  end(): void
  vitals(): Vitals
  /** @param waitingMax messages that are listed at most */
  look(waitingMax: number): Look
  /** The last messages that it received, oldest first. */
  recent(): readonly AnyMessage[]
}

/** How one actor is doing. */
export interface Vitals {
  readonly address: Ref<never>
  /** Messages that wait. */
  readonly mailbox: number
  /** How long the next of them has waited, in milliseconds; 0 when none does. */
  readonly oldestMs: number
  readonly processed: number
  readonly restarts: number
  readonly status: string
  readonly onFailure: string
  /** Oldest first. */
  readonly crashes: readonly Crash[]
  /** The types of what it received last, oldest first. */
  readonly recent: readonly string[]
}
