/**
 * Deadlines: a binary heap of things that fall due, the next one first.
 *
 * What has been called off is not searched for: it says so itself (`live`), is passed over when its turn
 * comes, and is swept out when such leftovers become the greater part.
 */
export interface Deadline {
  readonly atMs: number
  live: boolean
}

const SWEEP_AT_LEAST = 64

export class Deadlines<Item extends Deadline> {
  private heap: Item[] = []
  private dead = 0

  get size(): number {
    return this.heap.length - this.dead
  }

  add(item: Item): void {
    this.heap.push(item)
    this.rise(this.heap.length - 1)
  }

  /** Calls one off that was added before; doing so twice is harmless. */
  cancel(item: Item): void {
    if (!item.live) return
    item.live = false
    this.dead += 1
    if (this.dead < SWEEP_AT_LEAST || this.dead * 2 < this.heap.length) return
    this.heap = this.heap.filter((each) => each.live)
    this.dead = 0
    for (let index = (this.heap.length >> 1) - 1; index >= 0; index -= 1) this.sink(index)
  }

  /** The next to fall due. */
  next(): Item | undefined {
    for (let first = this.heap[0]; first !== undefined; first = this.heap[0]) {
      if (first.live) return first
      this.dead -= 1
      this.removeFirst()
    }
    return undefined
  }

  /** Takes out the next, if it is due by now. */
  takeDue(nowMs: number): Item | undefined {
    const first = this.next()
    if (first === undefined || first.atMs > nowMs) return undefined
    this.removeFirst()
    first.live = false
    return first
  }

  private removeFirst(): void {
    const last = this.heap.pop()
    if (last === undefined || this.heap.length === 0) return
    this.heap[0] = last
    this.sink(0)
  }

  private rise(from: number): void {
    const item = this.heap[from] as Item
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.heap[above] as Item
      if (parent.atMs <= item.atMs) break
      this.heap[index] = parent
      index = above
    }
    this.heap[index] = item
  }

  private sink(from: number): void {
    const item = this.heap[from] as Item
    let index = from
    for (;;) {
      const left = 2 * index + 1
      if (left >= this.heap.length) break
      const right = left + 1
      const leftAtMs = (this.heap[left] as Item).atMs
      const below = right < this.heap.length && (this.heap[right] as Item).atMs < leftAtMs ? right : left
      const child = this.heap[below] as Item
      if (item.atMs <= child.atMs) break
      this.heap[index] = child
      index = below
    }
    this.heap[index] = item
  }
}
