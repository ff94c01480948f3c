/**
 * Actor: what an actor's author writes and what the kernel gives in return.
 *
 * A behaviour is `(state, message, context) => state`: synchronous, deterministic, total. Whatever it
 * does to the world goes through the context, so a test drives it with plain calls, the simulator
 * replays it from a seed, and a trace of it is complete.
 */
import type { Ref } from './address.js'
import type { LogLevel } from './logger.js'
import type { MailboxLimits } from './mailbox.js'
import type { Protocol } from './protocol.js'
import type { Supervision } from './supervision.js'
import type { TraceContext } from './trace.js'

export interface Actor<State, Message> {
  /**
   * The first state of each incarnation. A function, so that nothing mutated survives a restart;
   * with a context, so that a restarted actor can ask for what it forgot.
   */
  initial(ctx: Context<Message>): State
  /** The next state. Throwing is a fault: the supervisor decides. Returning nothing is one, too. */
  receive(state: State, message: Message, ctx: Context<Message>): State
  /** The declared messages that other nodes may send here; all others become dead letters. */
  readonly accepts?: Protocol
  readonly mailbox?: MailboxLimits
}

/** What has brought something about; nothing may be decided by it. */
export type Cause = TraceContext

/** All that an actor may do besides returning its next state. */
export interface Context<Message> {
  readonly self: Ref<Message>
  /**
   * Sends; never waits. What cannot be delivered becomes a counted dead letter. Throws only when a
   * message for another node was never declared, or has not the shape of its declaration.
   */
  tell<M>(to: Ref<M>, message: NoInfer<M>): void
  /**
   * Asks one question. Its end arrives as the message that `answered` makes of the answer, or of
   * `undefined` when none came within `withinMs`; an answer that comes later is a dead letter, and so is
   * a question that would be read later. Passes what waits in the mailbox, as timers do, and dies with
   * the incarnation. Throws as `tell` does, and when 1,000 questions are open.
   */
  ask<M, Answer>(
    to: Ref<M>, question: (replyTo: Ref<Answer>) => NoInfer<M>, withinMs: number,
    answered: (answer: Answer | undefined) => Message,
  ): void
  /** Starts a child. Throws if a child of that name lives. */
  spawn<S, M>(name: string, actor: Actor<S, M>, supervision?: Supervision): Ref<M>
  /** Stops a child, or (without an argument) this actor after the message at hand; leaves first. */
  stop(child?: Ref<never>): void
  /**
   * Sends `message` here once `ref` has terminated; at once when it is not there. An actor of another node
   * has terminated when that node says so, or is gone. Watching again replaces the message.
   */
  watch(ref: Ref<never>, message: Message): void
  unwatch(ref: Ref<never>): void
  /**
   * One timer per name; setting it again replaces it. Timers die with their incarnation. Their messages
   * pass what waits in the mailbox; of a timer that repeats no more than one waits.
   */
  after(name: string, delayMs: number, message: Message): void
  every(name: string, intervalMs: number, message: Message): void
  cancel(name: string): void
  /** The message at hand, as the cause of what is sent later because of it; for traces, and for nothing else. */
  cause(): Cause | undefined
  /** What `act` sends is traced as caused by that, or by nothing, and not by the message at hand. */
  because(cause: Cause | 'nothing' | undefined, act: () => void): void
  /** Wall-clock time in milliseconds since 1970. */
  now(): number
  /** A number in [0, 1). */
  random(): number
  log(level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Closes every switch over messages: the compiler refuses a type that nobody handles. */
export const unhandled = (message: never): never => {
  throw new Unhandled(`unhandled message ${JSON.stringify(message)}`)
}

/** A behaviour was given a message of a type that it does not know. */
export class Unhandled extends Error {}
