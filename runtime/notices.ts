/**
 * Notices: what one actor has asked to be told later, its timers and its watches. They end with the
 * incarnation that asked for them.
 *
 * A notice that waits in the mailbox can still be withdrawn: who cancels a timer never hears of it
 * again. Of a timer that repeats no more than one notice waits, so that a slow actor is not buried
 * under its own heartbeat.
 */
import type { Ref } from './address.js'
import type { Clock } from './clock.js'
import type { AnyMessage, Notice } from './item.js'
import type { Neighbourhood, Watch } from './neighbourhood.js'

/** A shorter interval would let a repeating timer fill all time there is. */
export const INTERVAL_MIN_MS = 1

/** Puts a notice into its actor's mailbox; false when there is no room for it. */
type Arrive = (notice: Notice) => boolean

export class Notices {
  private readonly timers = new Map<string, Timer>()
  private readonly watches = new Map<Ref<never>, WatchNotice>()

  constructor(private readonly neighbourhood: Neighbourhood, private readonly arrive: Arrive) {}

  after(name: string, delayMs: number, message: AnyMessage): void {
    this.start(name, delayMs, message, false)
  }

  every(name: string, intervalMs: number, message: AnyMessage): void {
    this.start(name, Math.max(INTERVAL_MIN_MS, intervalMs), message, true)
  }

  cancel(name: string): void {
    this.timers.get(name)?.withdraw()
    this.timers.delete(name)
  }

  watch(target: Ref<never>, message: AnyMessage): void {
    this.unwatch(target)
    const watch = new WatchNotice(target, message, this.arrive, () => this.watches.delete(target))
    this.watches.set(target, watch)
    this.neighbourhood.watch(watch)
  }

  unwatch(target: Ref<never>): void {
    const watch = this.watches.get(target)
    if (!watch) return
    watch.live = false
    this.watches.delete(target)
    this.neighbourhood.unwatch(watch)
  }

  /** The incarnation is over. */
  withdrawAll(): void {
    for (const timer of this.timers.values()) timer.withdraw()
    this.timers.clear()
    for (const target of [...this.watches.keys()]) this.unwatch(target)
  }

  private start(name: string, delayMs: number, message: AnyMessage, repeats: boolean): void {
    this.cancel(name)
    const { clock } = this.neighbourhood
    const over = () => this.timers.delete(name)
    this.timers.set(name, new Timer(message, delayMs, repeats, clock, this.arrive, over))
  }
}

class Timer implements Notice {
  live = true
  private waits = false
  private stop: () => void

  constructor(
    readonly message: AnyMessage, private readonly delayMs: number, private readonly repeats: boolean,
    private readonly clock: Clock, private readonly arrive: Arrive, private readonly over: () => void,
  ) {
    this.stop = clock.after(delayMs, this.goOff)
  }

  withdraw(): void {
    this.live = false
    this.stop()
  }

  taken(): void {
    this.waits = false
    if (this.repeats) return
    this.live = false
    this.over()
  }

  private readonly goOff = (): void => {
    if (this.repeats) this.stop = this.clock.after(this.delayMs, this.goOff)
    if (!this.waits) this.waits = this.arrive(this)
  }
}

class WatchNotice implements Notice, Watch {
  live = true

  constructor(
    readonly target: Ref<never>, readonly message: AnyMessage,
    private readonly arrive: Arrive, private readonly over: () => void,
  ) {}

  terminated(): void {
    this.arrive(this)
  }

  taken(): void {
    this.live = false
    this.over()
  }
}
