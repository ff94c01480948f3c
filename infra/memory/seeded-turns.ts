/**
 * Seeded turns: the twin of nact that a simulation uses. Whoever is awake may run next, and a seeded
 * generator chooses; the same seed gives the same run.
 */
import type { Random } from '../../runtime/random.js'
import type { Place, Turns } from '../../runtime/turns.js'

export class SeededTurns implements Turns {
  beat = 0
  private readonly awake: SeededPlace[] = []

  constructor(private readonly random: Random) {}

  open(
    _parent: Place | undefined, _name: string, turn: () => void, failed: (error: unknown) => 'reset' | 'stop',
  ): Place {
    return new SeededPlace(turn, failed, this.awake)
  }

  close(): void {
    this.awake.length = 0
  }

  /** Gives one turn to one actor that is awake; false when all are at rest. */
  step(): boolean {
    this.beat++
    if (this.awake.length === 0) return false
    const [place] = this.awake.splice(Math.floor(this.random.next() * this.awake.length), 1)
    place?.run()
    return true
  }
}

class SeededPlace implements Place {
  private closed = false

  constructor(
    private readonly turn: () => void,
    private readonly failed: (error: unknown) => 'reset' | 'stop',
    private readonly awake: SeededPlace[],
  ) {}

  wake(): void {
    this.awake.push(this)
  }

  close(): void {
    this.closed = true
  }

  run(): void {
    if (this.closed) return
    try {
      this.turn()
    } catch (error) {
      if (this.failed(error) === 'stop') this.closed = true
    }
  }
}
