/** Roll: knows when everybody has come who was expected, and at what times. Wall-clock milliseconds. */

export interface Presence {
  readonly firstMs: number
  readonly lastMs: number
}

export class Roll {
  /** Resolves when everybody has come since `begin`. */
  complete: Promise<Presence> = Promise.resolve({ firstMs: NaN, lastMs: NaN })
  private readonly here = new Set<string>()
  private firstMs = NaN
  private conclude: (presence: Presence) => void = () => undefined

  constructor(private readonly expected: number) {
    this.begin()
  }

  begin(): void {
    this.here.clear()
    this.complete = new Promise((resolve) => {
      this.conclude = resolve
    })
  }

  /** Who comes twice is counted once. */
  present(name: string): void {
    if (this.here.has(name)) return
    const now = Date.now()
    if (this.here.size === 0) this.firstMs = now
    this.here.add(name)
    if (this.here.size === this.expected) this.conclude({ firstMs: this.firstMs, lastMs: now })
  }
}
