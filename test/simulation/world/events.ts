/**
 * Events: what is going to happen in a simulated world, in the order of virtual time. A heap, because a run
 * has tens of thousands of them. Time is a fraction of milliseconds here, so that hardly two things happen
 * at once; what behaviours see of it is whole.
 */

export interface Event {
  readonly atMs: number
  readonly order: number
  /** Undefined once it was withdrawn. */
  action: (() => void) | undefined
  /** Whose it is: a node that is frozen does nothing, and one that is dead never will. */
  readonly owner: Owner | undefined
}

export interface Owner {
  readonly state: 'running' | 'frozen' | 'dead'
  /** Keeps an event that came while it was frozen. */
  park(event: Event): void
}

export class Events {
  nowMs = 0
  /** How many have happened. */
  count = 0
  private readonly heap: Event[] = []
  private order = 0
  private isPaused = false

  after(delayMs: number, action: () => void, owner?: Owner): Event {
    const event: Event = { atMs: this.nowMs + Math.max(0, delayMs), order: this.order++, action, owner }
    this.push(event)
    return event
  }

  /** Stands still after the event at hand, until it is run again. */
  pause(): void {
    this.isPaused = true
  }

  /** Lets time pass until there is nothing more to do before `untilMs`, or it is paused. */
  run(untilMs: number): void {
    this.isPaused = false
    for (let event = this.heap[0]; event && event.atMs <= untilMs; event = this.heap[0]) {
      this.pop()
      const { action, owner } = event
      if (!action || owner?.state === 'dead') continue
      this.nowMs = event.atMs
      if (owner?.state === 'frozen') {
        owner.park(event)
        continue
      }
      this.count++
      action()
      if (this.isPaused) return
    }
    this.nowMs = untilMs
  }

  private push(event: Event): void {
    const { heap } = this
    let at = heap.push(event) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = heap[above] as Event
      if (isBefore(other, event)) break
      heap[at] = other
      at = above
    }
    heap[at] = event
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()
    const length = heap.length
    if (!last || length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= length) break
      if (below + 1 < length && isBefore(heap[below + 1] as Event, heap[below] as Event)) below++
      const other = heap[below] as Event
      if (isBefore(last, other)) break
      heap[at] = other
      at = below
    }
    heap[at] = last
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
