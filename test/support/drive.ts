/**
 * Drive: runs any actor by hand, without a kernel, and records what it did to the world as data.
 *
 * Its effects go nowhere: what it told was not delivered, whom it spawned does not run, time stands
 * where the test has set it. A timer goes off when the test says so.
 */
import assert from 'node:assert/strict'
import type { Actor, Context } from '../../runtime/actor.js'
import { nodeAddress, nodeOf, refOf, type Ref } from '../../runtime/address.js'
import type { LogLevel } from '../../runtime/logger.js'
import { seededRandom } from '../../runtime/random.js'
import type { Supervision } from '../../runtime/supervision.js'

export interface AnyMessage {
  readonly type: string
}

export interface Told {
  readonly to: Ref<never>
  readonly message: AnyMessage
}

/** A question that is open. */
export interface Asked<Message> {
  readonly to: Ref<never>
  readonly message: AnyMessage
  readonly withinMs: number
  readonly answered: (answer: never) => Message
}

export interface Spawned {
  readonly name: string
  readonly self: Ref<never>
  readonly actor: Actor<unknown, never>
  readonly supervision: Supervision | undefined
}

export interface Timer<Message> {
  /** One of the two is there. */
  readonly delayMs?: number
  readonly everyMs?: number
  readonly message: Message
}

export interface Logged {
  readonly level: LogLevel
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface DriveOptions {
  /** The path of the driven actor in its node. */
  readonly path?: string
  /** Where time stands at first, in wall-clock milliseconds. */
  readonly nowMs?: number
  readonly seed?: number
}

/** Begins the first life of `actor`: its `initial` has run when this answers. */
export function drive<State, Message extends AnyMessage>(
  actor: Actor<State, Message>, options: DriveOptions = {},
): Driven<State, Message> {
  return new Driven(actor, options)
}

export class Driven<State, Message extends AnyMessage> {
  readonly self: Ref<Message>
  /** What it told, oldest first; a test may empty it (`take`). */
  readonly told: Told[] = []
  /** Whom it spawned; those that it stopped again are no longer here. */
  readonly spawned: Spawned[] = []
  /** The children that it stopped. */
  readonly stopped: Ref<never>[] = []
  readonly watched = new Map<Ref<never>, Message>()
  readonly timers = new Map<string, Timer<Message>>()
  /** Its open questions, oldest first. */
  readonly asked: Asked<Message>[] = []
  readonly logs: Logged[] = []
  /** Wall-clock milliseconds; the test moves it. */
  now: number
  state: State
  /** It has stopped itself, and takes no more messages. */
  ended = false
  private readonly ctx: Context<Message>
  private questions = 0

  constructor(private readonly actor: Actor<State, Message>, options: DriveOptions) {
    this.self = refOf<Message>(nodeAddress('master', 'driven', '1'), options.path ?? 'driven')
    this.now = options.nowMs ?? 1_700_000_000_000
    this.ctx = this.context(options.seed ?? 1)
    this.state = this.begin()
  }

  /** Hands it one message; throws what the behaviour throws, and when it returns no state. */
  receive(message: Message): void {
    assert.ok(!this.ended, `it has stopped, and was sent ${message.type}`)
    this.state = present(this.actor.receive(this.state, message, this.ctx))
  }

  /** Lets a timer go off, and the time pass that it was set to. */
  fire(name: string): void {
    const timer = this.timers.get(name) ?? assert.fail(
      `no timer '${name}' is set; set are: ${[...this.timers.keys()].join(', ') || 'none'}`)
    if (timer.delayMs !== undefined) this.timers.delete(name)
    this.now += timer.delayMs ?? timer.everyMs ?? 0
    this.receive(timer.message)
  }

  /** Tells it that whom it watches has terminated. */
  terminate(ref: Ref<never>): void {
    const message = this.watched.get(ref) ?? assert.fail(`it does not watch ${ref}`)
    this.watched.delete(ref)
    this.receive(message)
  }

  /** Ends its oldest open question: with an answer, or (`undefined`) because none came in time. */
  answer(answer: AnyMessage | undefined): void {
    const question = this.asked.shift() ?? assert.fail('it has asked nothing')
    if (!answer) this.now += question.withinMs
    this.receive(question.answered(answer as never))
  }

  /** What it has told one receiver since the last `take`, oldest first. */
  toldTo<M>(ref: Ref<M>): M[] {
    return this.told.filter(({ to }) => to === ref).map(({ message }) => message as M)
  }

  /** What it has told since the last call, oldest first. */
  take(): Told[] {
    return this.told.splice(0)
  }

  /** A new life, as after a crash: the state is forgotten; timers, watches and children are gone. */
  restart(): void {
    this.timers.clear()
    this.watched.clear()
    this.asked.length = 0
    this.spawned.length = 0
    this.ended = false
    this.state = this.begin()
  }

  private begin(): State {
    return present(this.actor.initial(this.ctx))
  }

  private context(seed: number): Context<Message> {
    const random = seededRandom(seed)
    return {
      self: this.self,
      tell: (to, message) => {
        this.told.push({ to: to as Ref<never>, message: message as AnyMessage })
      },
      ask: <M, Answer>(
        to: Ref<M>, question: (replyTo: Ref<Answer>) => M, withinMs: number,
        answered: (answer: Answer | undefined) => Message,
      ) => {
        const message = question(refOf(nodeOf(this.self as Ref<never>), `port.ask-${++this.questions}`)) as AnyMessage
        this.asked.push({ to: to as Ref<never>, message, withinMs, answered })
      },
      spawn: <S, M>(name: string, actor: Actor<S, M>, supervision?: Supervision) =>
        this.spawn(name, actor as Actor<unknown, never>, supervision) as Ref<M>,
      cause: () => undefined,
      because: (_cause, act) => act(),
      stop: (child) => this.stop(child),
      watch: (ref, message) => void this.watched.set(ref, message),
      unwatch: (ref) => void this.watched.delete(ref),
      after: (name, delayMs, message) => void this.timers.set(name, { delayMs, message }),
      every: (name, everyMs, message) => void this.timers.set(name, { everyMs, message }),
      cancel: (name) => void this.timers.delete(name),
      now: () => this.now,
      random: () => random.next(),
      log: (level, text, fields = {}) => void this.logs.push({ level, text, fields }),
    }
  }

  private spawn(name: string, actor: Actor<unknown, never>, supervision?: Supervision): Ref<unknown> {
    const self = `${this.self}/${name}` as Ref<never>
    if (this.spawned.some((child) => child.name === name)) {
      throw new Error(`${this.self} already has a child '${name}'`)
    }
    this.spawned.push({ name, self, actor, supervision })
    return self as Ref<unknown>
  }

  private stop(child?: Ref<never>): void {
    if (child === undefined || child === (this.self as Ref<never>)) {
      this.ended = true
      return
    }
    const index = this.spawned.findIndex(({ self }) => self === child)
    if (index < 0) return
    this.spawned.splice(index, 1)
    this.stopped.push(child)
  }
}

function present<State>(state: State): State {
  assert.notEqual(state, undefined, 'the behaviour returned no state')
  return state
}
