/**
 * Cell: one actor's place in its node, from spawn to stop. It owns the mailbox and the children, gives
 * the incarnation its messages, and carries out what the supervision decides when that fails.
 * Whoever gives turns (see turns.ts) knows nothing of it.
 */
import type { About } from './asked.js'
import { refBelow, type NodeAddress, type Ref } from './address.js'
import { describe } from './crash.js'
import { Failures } from './failures.js'
import type { Pace } from './hops.js'
import { Incarnation, type AnyActor, type Host } from './incarnation.js'
import type { AnyMessage, Item, Notice } from './item.js'
import { lookOf, type Look } from './look.js'
import { Mailbox } from './mailbox.js'
import type { Neighbourhood, Resident, Vitals, Watch } from './neighbourhood.js'
import type { Protocol } from './protocol.js'
import { Recent } from './recent.js'
import { RESTART, type Supervision } from './supervision.js'
import type { TraceContext } from './trace.js'
import { receiveWatched, restartTraced } from './watched-receive.js'
import type { Place } from './turns.js'

/** Messages that one turn may take, so that a busy actor cannot starve the others. */
export const TURN_MESSAGES_MAX = 100

type Status = 'new' | 'running' | 'backing-off' | 'stopping' | 'stopped'

export class Cell implements Host, Resident {
  readonly self: Ref<AnyMessage>
  private readonly children = new Map<string, Cell>()
  private readonly mailbox: Mailbox<Item>
  private readonly watches = new Set<Watch>()
  private readonly place: Place
  private readonly received = new Recent()
  private incarnation: Incarnation
  private status: Status = 'new'
  /** A turn has been asked for. */
  private awake = false
  private readonly failures: Failures
  /** A child's failure that has become this actor's own. */
  private inherited: Error | undefined
  private cancelRestart: () => void = () => undefined
  private processed = 0
  private readonly pace: Pace = { beganMs: Number.NaN, endedMs: Number.NaN }
  private restarts = 0

  constructor(
    private readonly neighbourhood: Neighbourhood,
    private readonly parent: Cell | NodeAddress,
    private readonly name: string,
    private readonly actor: AnyActor,
    private readonly supervision: Supervision = RESTART,
    /** Of what it was begun for. */
    birth?: TraceContext,
  ) {
    const above = parent instanceof Cell ? parent : undefined
    this.self = refBelow(above ? above.self as Ref<never> : parent as NodeAddress, name)
    this.mailbox = new Mailbox(actor.mailbox)
    this.failures = new Failures(supervision)
    this.incarnation = new Incarnation(neighbourhood, this, actor, birth)
    neighbourhood.moveIn(this)
    const { turns } = neighbourhood
    this.place = turns.open(above?.place, name, () => this.turn(), (error) => this.fail(error))
    this.wake()
  }

  get isTop(): boolean {
    return !(this.parent instanceof Cell)
  }

  get accepts(): Protocol | undefined {
    return this.actor.accepts
  }

  put(item: Item): void {
    if (this.status === 'stopped') return this.neighbourhood.bury('stopped', this.self as Ref<never>, item)
    this.admit(item, false)
  }

  notify(notice: Notice, about?: About): boolean {
    const { trace: traces, clock } = this.neighbourhood
    const { message, from, trace } = about ?? { message: notice.message, from: undefined, trace: traces.begin() }
    return this.admit({ message, from, trace, queuedAt: clock.elapsedMs(), notice, deadlineMs: undefined }, true)
  }

  spawn(name: string, actor: AnyActor, supervision?: Supervision, birth?: TraceContext): Ref<AnyMessage> {
    const child = new Cell(this.neighbourhood, this, name, actor, supervision, birth)
    this.children.set(name, child)
    return child.self
  }

  endChild(child: Ref<never>): void {
    const cell = this.children.get(child.slice(this.self.length + 1))
    if (cell?.self === child) cell.end()
  }

  stop(): void {
    if (this.status === 'stopped') return
    this.status = 'stopping'
    this.wake()
  }

  end(): void {
    if (this.status === 'stopped') return
    this.endIncarnation()
    this.status = 'stopped'
    for (const item of this.mailbox.drain()) {
      if (!item.notice) this.neighbourhood.bury('stopped', this.self as Ref<never>, item)
    }
    for (const watch of this.watches) watch.terminated()
    this.watches.clear()
    if (this.parent instanceof Cell) this.parent.children.delete(this.name)
    this.neighbourhood.moveOut(this)
    this.place.close()
  }

  addWatch(watch: Watch): void {
    this.watches.add(watch)
  }

  removeWatch(watch: Watch): void {
    this.watches.delete(watch)
  }

  vitals(): Vitals {
    const { self, processed, restarts, status, supervision: { onFailure } } = this
    const next = this.mailbox.next()
    const oldestMs = next ? this.neighbourhood.clock.elapsedMs() - next.queuedAt : 0
    const recent = this.recent().map(({ type }) => type)
    const address = self as Ref<never>
    const [mailbox, crashes] = [this.mailbox.size, this.failures.list()]
    return { address, mailbox, oldestMs, processed, restarts, status, onFailure, crashes, recent }
  }

  look(waitingMax: number): Look {
    return lookOf(this.mailbox.list(), this.incarnation.held, this.neighbourhood.clock.elapsedMs(), waitingMax)
  }

  recent(): readonly AnyMessage[] {
    return this.received.list()
  }

  private admit(item: Item, urgent: boolean): boolean {
    const displaced = this.mailbox.put(item, urgent)
    if (displaced !== item) this.neighbourhood.traces?.hop('enqueued', item, this.self as Ref<never>)
    if (displaced) this.neighbourhood.bury('mailbox-full', this.self as Ref<never>, displaced)
    this.wake()
    return displaced !== item
  }

  private wake(): void {
    if (this.awake || this.status === 'stopped' || this.status === 'backing-off') return
    this.awake = true
    this.place.wake()
  }

  private turn(): void {
    this.awake = false
    if (this.status === 'stopped' || this.status === 'backing-off') return
    this.neighbourhood.turning(this)
    if (this.inherited) throw this.inherited
    if (this.status === 'new') {
      this.status = 'running'
      this.incarnation.begin()
    }
    this.pace.endedMs = Number.NaN
    for (let taken = 0; taken < TURN_MESSAGES_MAX && this.status === 'running'; taken++) {
      const item = this.mailbox.take()
      if (!item) break
      this.process(item)
    }
    if (this.isStopping()) this.end()
    else if (this.mailbox.size > 0) this.wake()
  }

  private process(item: Item): void {
    const { meter, clock } = this.neighbourhood
    if (item.deadlineMs !== undefined && item.deadlineMs < clock.now()) {
      return this.neighbourhood.bury('expired', this.self as Ref<never>, item)
    }
    this.received.add(item.message)
    const { incarnation } = this
    const isWatched = this.neighbourhood.traces !== undefined || meter !== undefined
    if (isWatched ? receiveWatched(this.neighbourhood, incarnation, item, this.pace) : incarnation.receive(item)) {
      this.processed++
    }
  }

  // The status changes inside `receive`, which the compiler cannot see.
  private isStopping(): boolean {
    return this.status === 'stopping'
  }

  /** The incarnation has failed. What throws here would be lost, so it ends the node. */
  private fail(error: unknown): 'reset' | 'stop' {
    try {
      return this.supervise(error)
    } catch (second) {
      this.end()
      const both = new AggregateError([error, second], `the supervision of ${this.self} failed`)
      this.neighbourhood.collapse(this, both)
      return 'stop'
    }
  }

  /** Buries what broke it, then lets the supervision decide. */
  private supervise(error: unknown): 'reset' | 'stop' {
    const last = this.incarnation.current
    this.inherited = undefined
    if (last) this.neighbourhood.bury('crashed', this.self as Ref<never>, last, describe(error))
    if (this.status === 'stopped') return 'stop'
    const wasEnding = this.isStopping()
    const { verdict, crash } = this.failures.judge(error, last?.message.type, this.neighbourhood)
    const { atMs: _, ...failed } = crash
    this.neighbourhood.logger.log('error', 'an actor failed', { actor: this.self, ...failed })
    // Who asked to stop and then failed gets what it asked for.
    if (verdict.type === 'restart' && !wasEnding) {
      restartTraced(this.neighbourhood, this.self as Ref<never>, last, describe(error))
      return this.restart(verdict.delayMs)
    }
    this.end()
    if (verdict.type === 'escalate') this.escalate(error)
    return 'stop'
  }

  private restart(delayMs: number): 'reset' {
    this.endIncarnation()
    this.incarnation = new Incarnation(this.neighbourhood, this, this.actor)
    this.restarts++
    this.status = 'backing-off'
    this.cancelRestart = this.neighbourhood.clock.after(delayMs, () => {
      this.status = 'new'
      this.wake()
    })
    return 'reset'
  }

  private escalate(error: unknown): void {
    if (!(this.parent instanceof Cell)) return this.neighbourhood.collapse(this, error)
    this.parent.inherited ??= new Error(`child '${this.name}' failed: ${describe(error)}`, { cause: error })
    this.parent.wake()
  }

  private endIncarnation(): void {
    this.cancelRestart()
    this.incarnation.end()
    for (const child of [...this.children.values()].reverse()) child.end()
  }
}
