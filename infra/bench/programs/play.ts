/** Play: what every program of a bench does with the orders that it gets over IPC, and its clock. */

export interface Order {
  readonly id: number
  readonly part: string
  readonly argument: unknown
}

export interface Outcome {
  readonly id: number
  readonly answer?: unknown
  readonly problem?: string
}

export type Parts = Readonly<Record<string, (argument: never) => unknown>>

/** Obeys until the bench hangs up, however that happens; then the process ends. */
export function play(parts: Parts): void {
  process.on('message', (order: Order) => void obey(parts, order))
  process.once('disconnect', () => process.exit(0))
}

async function obey(parts: Parts, { id, part, argument }: Order): Promise<void> {
  try {
    const answer = await parts[part]?.(argument as never)
    process.send?.({ id, answer } satisfies Outcome)
  } catch (error) {
    process.send?.({ id, problem: error instanceof Error ? error.message : String(error) } satisfies Outcome)
  }
}

/** Milliseconds of the machine's monotonic clock, which all of its processes share. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** Counts what arrives, and knows when the last of it did. */
export class Arrivals {
  /** Resolves with the time at which the last arrived. */
  ended = Promise.resolve(NaN)
  private left = 0
  private conclude: (atMs: number) => void = () => undefined

  arm(count: number): void {
    this.left = count
    this.ended = new Promise((resolve) => {
      this.conclude = resolve
    })
  }

  arrived(): void {
    if (--this.left === 0) this.conclude(machineMs())
  }
}
