/**
 * Cell: one actor's life. It owns the mailbox, the incarnation's state and timers, the children, and
 * carries out what the supervision decides. Whoever gives turns (see turns.ts) knows nothing of it.
 */
import type { Actor, Context } from './actor.js'
import type { Ref } from './address.js'
import type { LogLevel } from './logger.js'
import { Mailbox } from './mailbox.js'
import { judge, recentFailures, RESTART, type Supervision } from './supervision.js'
import type { TraceContext } from './trace.js'
import type { Place } from './turns.js'
import type { Kernel } from './kernel.js'

/** Messages that one turn may take, so that a busy actor cannot starve the others. */
export const TURN_MESSAGES_MAX = 100

export interface Item {
  readonly message: { readonly type: string }
  readonly from: Ref<never> | undefined
  readonly trace: TraceContext
  /** When it was put into the mailbox, in elapsed milliseconds. */
  readonly queuedAt: number
}

type AnyActor = Actor<unknown, { readonly type: string }>
type Status = 'new' | 'running' | 'backing-off' | 'stopping' | 'stopped'

/** What a parent finds in its mailbox when a child's failure escalates. */
const CHILD_FAILED = 'kernel:child-failed'

export class Cell implements Context<{ readonly type: string }> {
  readonly children = new Map<string, Cell>()
  readonly mailbox: Mailbox<Item>
  processed = 0
  restarts = 0
  private readonly place: Place
  private readonly timers = new Map<string, () => void>()
  private readonly watchers = new Map<Cell, Item['message']>()
  private readonly watching = new Set<Ref<never>>()
  private state: unknown
  private status: Status = 'new'
  private awake = false
  private current: Item | undefined
  private failures: number[] = []

  constructor(
    private readonly kernel: Kernel,
    readonly self: Ref<{ readonly type: string }>,
    readonly name: string,
    readonly actor: AnyActor,
    private readonly parent: Cell | undefined,
    private readonly supervision: Supervision = RESTART,
  ) {
    this.mailbox = new Mailbox(actor.mailbox)
    this.place = kernel.turns.open(parent?.place, name, () => this.turn(), (error) => this.fail(error))
    this.wake()
  }

  /** Takes a message in, or says why not. */
  put(item: Item, urgent = false): void {
    if (this.status === 'stopped') return this.kernel.bury('stopped', this.self, item)
    const refused = this.mailbox.put(item, urgent)
    if (refused) this.kernel.bury('mailbox-full', this.self, refused)
    this.wake()
  }

  tell<M>(to: Ref<M>, message: NoInfer<M>): void {
    const { trace } = this.kernel
    const context = this.current ? trace.follow(this.current.trace) : trace.begin()
    this.kernel.deliver(to as Ref<never>, message as Item['message'], this.self, context)
  }

  spawn<S, M>(name: string, actor: Actor<S, M>, supervision?: Supervision): Ref<M> {
    if (this.children.has(name)) throw new Error(`${this.self} already has a child '${name}'`)
    const cell = this.kernel.open(this, name, actor as unknown as AnyActor, supervision)
    this.children.set(name, cell)
    return cell.self as unknown as Ref<M>
  }

  stop(child?: Ref<never>): void {
    if (child === undefined || child === this.self) {
      if (this.status !== 'stopped') this.status = 'stopping'
      return
    }
    for (const cell of this.children.values()) if (cell.self === child) return cell.end()
  }

  watch(ref: Ref<never>, message: { readonly type: string }): void {
    this.watching.add(ref)
    this.kernel.watch(ref, this, message)
  }

  unwatch(ref: Ref<never>): void {
    this.watching.delete(ref)
    this.kernel.unwatch(ref, this)
  }

  after(name: string, delayMs: number, message: { readonly type: string }): void {
    this.cancel(name)
    const cancel = this.kernel.clock.after(delayMs, () => {
      this.timers.delete(name)
      this.put(this.fresh(message), true)
    })
    this.timers.set(name, cancel)
  }

  every(name: string, intervalMs: number, message: { readonly type: string }): void {
    this.cancel(name)
    const beat = () => {
      this.timers.set(name, this.kernel.clock.after(intervalMs, beat))
      this.put(this.fresh(message), true)
    }
    this.timers.set(name, this.kernel.clock.after(intervalMs, beat))
  }

  cancel(name: string): void {
    this.timers.get(name)?.()
    this.timers.delete(name)
  }

  now(): number {
    return this.kernel.clock.now()
  }

  random(): number {
    return this.kernel.random.next()
  }

  log(level: LogLevel, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.kernel.logger.log(level, text, { actor: this.self, ...fields })
  }

  addWatcher(watcher: Cell, message: Item['message']): void {
    if (this.status === 'stopped') watcher.put(this.fresh(message), true)
    else this.watchers.set(watcher, message)
  }

  removeWatcher(watcher: Cell): void {
    this.watchers.delete(watcher)
  }

  /** A message that begins a trace: from a timer, a watch or the kernel. */
  fresh(message: Item['message']): Item {
    return { message, from: undefined, trace: this.kernel.trace.begin(), queuedAt: this.kernel.clock.elapsedMs() }
  }

  /** Ends this actor: children first, then its timers and watches, then whoever watches it is told. */
  end(): void {
    if (this.status === 'stopped') return
    this.endChildren()
    this.status = 'stopped'
    this.forget()
    for (const item of this.mailbox.drain()) this.kernel.bury('stopped', this.self, item)
    for (const [watcher, message] of this.watchers) watcher.put(watcher.fresh(message), true)
    this.watchers.clear()
    this.parent?.children.delete(this.name)
    this.kernel.close(this)
    this.place.close()
  }

  private wake(): void {
    if (this.awake || this.status === 'stopped' || this.status === 'backing-off') return
    this.awake = true
    this.place.wake()
  }

  private turn(): void {
    this.awake = false
    if (this.status === 'stopped' || this.status === 'backing-off') return
    if (this.status === 'new') {
      this.status = 'running'
      this.state = this.checked(this.actor.initial(this))
    }
    for (let taken = 0; taken < TURN_MESSAGES_MAX && this.status === 'running'; taken++) {
      const item = this.mailbox.take()
      if (!item) break
      this.process(item)
    }
    if (this.stopping()) return this.end()
    if (this.mailbox.size > 0) this.wake()
  }

  private process(item: Item): void {
    if (item.message.type === CHILD_FAILED) throw (item.message as unknown as { error: unknown }).error
    this.current = item
    const { traces, clock } = this.kernel
    const began = traces ? clock.elapsedMs() : 0
    this.state = this.checked(this.actor.receive(this.state, item.message, this))
    this.processed++
    traces?.hop({
      kind: 'processed', atMs: clock.now(), trace: item.trace, from: item.from, to: this.self,
      message: item.message, durationMs: clock.elapsedMs() - began,
    })
    this.current = undefined
  }

  /** An actor that forgets to return its state has a bug; carrying on without one would hide it. */
  private checked(state: unknown): unknown {
    if (state === undefined) throw new Error('the behaviour returned no state')
    return state
  }

  // The status changes inside `receive`, which the compiler cannot see.
  private stopping(): boolean {
    return this.status === 'stopping'
  }

  /** The incarnation is over: bury what broke it, then let the supervision decide. */
  private fail(error: unknown): 'reset' | 'stop' {
    const { clock, random, logger } = this.kernel
    const last = this.current
    this.current = undefined
    if (last) this.kernel.bury('crashed', this.self, last, describe(error))
    if (this.status === 'stopped') return 'stop'
    const now = clock.elapsedMs()
    const verdict = judge(this.supervision, this.failures, now, random.next())
    this.failures = [...recentFailures(this.supervision, this.failures, now), now]
    const fields = { actor: this.self, message: last?.message.type, error: describe(error), decision: verdict.type }
    logger.log('error', 'an actor failed', fields)
    if (verdict.type === 'restart') return this.restart(verdict.delayMs)
    this.end()
    if (verdict.type === 'escalate') this.escalate(error)
    return 'stop'
  }

  private restart(delayMs: number): 'reset' {
    this.endChildren()
    this.forget()
    this.state = undefined
    this.restarts++
    this.status = 'backing-off'
    this.kernel.clock.after(delayMs, () => {
      if (this.status !== 'backing-off') return
      this.status = 'new'
      this.wake()
    })
    return 'reset'
  }

  private escalate(error: unknown): void {
    if (!this.parent) return this.kernel.collapse(this.self, error)
    const cause = new Error(`child '${this.name}' failed: ${describe(error)}`, { cause: error })
    this.parent.put(this.fresh({ type: CHILD_FAILED, error: cause } as Item['message']), true)
  }

  private endChildren(): void {
    for (const child of [...this.children.values()].reverse()) child.end()
  }

  /** Drops what belongs to the incarnation and must not outlive it. */
  private forget(): void {
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
    for (const ref of this.watching) this.kernel.unwatch(ref, this)
    this.watching.clear()
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error))
