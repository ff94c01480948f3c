/**
 * Incarnation: one life of an actor between two restarts, and the context that its behaviour sees.
 *
 * State and notices belong to it and to nothing else, so that a restart forgets them by dropping the
 * incarnation; a context that was kept beyond its life can neither set timers, nor watch, nor spawn.
 */
import type { Actor, Cause, Context } from './actor.js'
import type { Ref } from './address.js'
import { Asked, type About, type Answered } from './asked.js'
import type { AnyMessage, Item, Notice } from './item.js'
import type { LogLevel } from './logger.js'
import type { Neighbourhood } from './neighbourhood.js'
import { Notices } from './notices.js'
import { returnedState } from './returned-state.js'
import type { Supervision } from './supervision.js'
import type { TraceContext } from './trace.js'

/** Of what time and chance gave for one message, so much is traced. */
const GIVEN_MAX = 1_000
const BEHAVIOUR = 'the behaviour'

export type AnyActor = Actor<unknown, AnyMessage>

/** What an incarnation asks of its cell. */
export interface Host {
  readonly self: Ref<AnyMessage>
  spawn(name: string, actor: AnyActor, supervision?: Supervision, birth?: TraceContext): Ref<AnyMessage>
  /** Ends a child. */
  endChild(child: Ref<never>): void
  /** Ends this actor after the message at hand. */
  stop(): void
  /** Puts a notice into the mailbox, with what it is about; false when there is no room for it. */
  notify(notice: Notice, about?: About): boolean
}

export class Incarnation implements Context<AnyMessage> {
  readonly self: Ref<AnyMessage>
  /** The message at hand; when the behaviour threw, the one that broke it. */
  current: Item | undefined
  private readonly notices: Notices
  private readonly asked: Asked
  private state: unknown
  private over = false
  /** What is sent now is caused by that, and not by the message at hand. */
  private causing: TraceContext | 'nothing' | undefined
  /** What was asked of time and chance while it handles the message at hand; kept when it is traced. */
  private given: number[] | undefined

  constructor(
    private readonly neighbourhood: Neighbourhood, private readonly host: Host,
    private readonly actor: AnyActor, birth?: TraceContext,
  ) {
    this.causing = birth
    this.self = host.self
    this.notices = new Notices(neighbourhood, (notice) => host.notify(notice))
    this.asked = new Asked(
      neighbourhood.questions, () => neighbourhood.trace.begin(), (notice, about) => host.notify(notice, about),
    )
  }

  /** Its state as the last message left it; undefined before it has begun. */
  get held(): unknown {
    return this.state
  }

  begin(): void {
    this.state = returnedState(this.actor.initial(this), BEHAVIOUR)
    this.causing = undefined
  }

  /** Lets the behaviour have a message; false when it was a notice that has been withdrawn meanwhile. */
  receive(item: Item): boolean {
    const { notice } = item
    if (notice) {
      if (!notice.live) return false
      notice.taken()
    }
    this.current = item
    const next = this.actor.receive(this.state, notice ? notice.message : item.message, this)
    this.state = returnedState(next, BEHAVIOUR)
    this.current = undefined
    return true
  }

  /** Withdraws all that must not outlive it. */
  end(): void {
    this.over = true
    this.notices.withdrawAll()
    this.asked.closeAll()
  }

  tell<M>(to: Ref<M>, message: NoInfer<M>): void {
    this.send(to as Ref<never>, message as AnyMessage, undefined)
  }

  ask<M, Answer>(
    to: Ref<M>, question: (replyTo: Ref<Answer>) => NoInfer<M>, withinMs: number,
    answered: (answer: Answer | undefined) => AnyMessage,
  ): void {
    if (this.over) return
    const replyTo = this.asked.ask(withinMs, answered as Answered)
    const deadlineMs = this.neighbourhood.clock.now() + withinMs
    this.send(to as Ref<never>, question(replyTo as Ref<Answer>) as AnyMessage, deadlineMs)
  }

  spawn<S, M>(name: string, actor: Actor<S, M>, supervision?: Supervision): Ref<M> {
    if (this.over) throw new Error(`this life of ${this.self} has ended, so it cannot spawn '${name}'`)
    return this.host.spawn(name, actor as unknown as AnyActor, supervision, this.cause()) as unknown as Ref<M>
  }

  cause(): Cause | undefined {
    return this.causing === 'nothing' ? undefined : this.causing ?? this.current?.trace
  }

  because(cause: Cause | 'nothing' | undefined, act: () => void): void {
    const before = this.causing
    this.causing = cause ?? before
    try {
      act()
    } finally {
      this.causing = before
    }
  }

  stop(child?: Ref<never>): void {
    if (child !== undefined && child !== this.self) this.host.endChild(child)
    else if (!this.over) this.host.stop()
  }

  watch(ref: Ref<never>, message: AnyMessage): void {
    if (!this.over) this.notices.watch(ref, message)
  }

  unwatch(ref: Ref<never>): void {
    this.notices.unwatch(ref)
  }

  after(name: string, delayMs: number, message: AnyMessage): void {
    if (!this.over) this.notices.after(name, delayMs, message)
  }

  every(name: string, intervalMs: number, message: AnyMessage): void {
    if (!this.over) this.notices.every(name, intervalMs, message)
  }

  cancel(name: string): void {
    this.notices.cancel(name)
  }

  now(): number {
    return this.gives(this.neighbourhood.clock.now())
  }

  random(): number {
    return this.gives(this.neighbourhood.random.next())
  }

  /** Once for each message. */
  takeGiven(): readonly number[] | undefined {
    const { given } = this
    this.given = undefined
    return given
  }

  log(level: LogLevel, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.neighbourhood.logger.log(level, text, { actor: this.self, ...fields })
  }

  private gives(number: number): number {
    if (this.neighbourhood.traces) {
      this.given ??= []
      if (this.given.length < GIVEN_MAX) this.given.push(number)
    }
    return number
  }

  private send(to: Ref<never>, message: AnyMessage, deadlineMs: number | undefined): void {
    const { trace } = this.neighbourhood
    const cause = this.cause()
    const context = cause ? trace.follow(cause) : trace.begin()
    this.neighbourhood.deliver(to, message, this.self as Ref<never>, context, deadlineMs)
  }
}
