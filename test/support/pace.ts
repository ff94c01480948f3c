/**
 * Pace: turns that a test can wait for: nact's, or those of the seeded scheduler.
 */
import { SeededTurns } from '../../infra/memory/seeded-turns.js'
import { nactTurns } from '../../runtime/nact.js'
import { seededRandom } from '../../runtime/random.js'
import type { Place, Turns } from '../../runtime/turns.js'

export interface Pace {
  readonly turns: Turns
  /** Resolves when every actor is at rest. */
  settle(): Promise<void>
}

export function seededPace(seed: number): Pace {
  const turns = new SeededTurns(seededRandom(seed))
  return {
    turns,
    async settle() {
      while (turns.step());
    },
  }
}

let systems = 0

export function nactPace(): Pace {
  const counted = new CountedTurns(nactTurns(`test-${++systems}`))
  return { turns: counted, settle: () => counted.settled() }
}

/** Knows how many turns were asked for and not yet given. */
class CountedTurns implements Turns {
  private outstanding = 0
  private waiting: (() => void)[] = []

  constructor(private readonly inner: Turns) {}

  get beat(): number {
    return this.inner.beat
  }

  open(
    parent: Place | undefined, name: string, turn: () => void, failed: (error: unknown) => 'reset' | 'stop',
  ): Place {
    let asked = 0
    const take = () => {
      asked--
      try {
        turn()
      } finally {
        this.count(-1)
      }
    }
    const above = parent instanceof CountedPlace ? parent.inner : undefined
    const place = this.inner.open(above, name, take, failed)
    return new CountedPlace(place, (change) => {
      const by = change === 'asked' ? 1 : -asked
      asked += by
      this.count(by)
    })
  }

  close(): void {
    this.inner.close()
  }

  async settled(): Promise<void> {
    do {
      while (this.outstanding > 0) await new Promise<void>((resolve) => this.waiting.push(resolve))
      // What follows a turn (a restart, a batch that leaves) may ask for further ones.
      await new Promise(setImmediate)
    } while (this.outstanding > 0)
  }

  private count(by: number): void {
    this.outstanding += by
    if (this.outstanding > 0) return
    const { waiting } = this
    this.waiting = []
    for (const wake of waiting) wake()
  }
}

class CountedPlace implements Place {
  constructor(readonly inner: Place, private readonly changed: (change: 'asked' | 'closed') => void) {}

  wake(): void {
    this.changed('asked')
    this.inner.wake()
  }

  close(): void {
    this.changed('closed')
    this.inner.close()
  }
}
