/**
 * Deafness: notices that a node speaks and hears nothing, although its connection stands.
 *
 * After a partition a broker may serve its nodes on and yet be alone: what they say comes back, or goes nowhere, and
 * nobody else knows of their queues; no connection breaks. Whoever looks for a leader says so every second or two,
 * and is answered as soon as there is one. So a node that has spoken all the time and heard nothing, not even that
 * somebody asks whether it is there, should try another broker, and soon the next if that is no better. If no master
 * is there at all it tries all of them in vain, and ever less often.
 */
import type { Random } from '../../runtime/random.js'

/** Time is looked at in spells: in each the node has spoken, or not. */
export const SPELL_MS = 3_000
/** So many spells on end, and a random part of as many again: else all nodes of a broker would leave it together. */
export const SPELLS_MIN = 5
/** Who has just come to a broker and asks is answered at once, or not at all. */
const NEXT_SPELLS = 2
/** Beyond it the patience that doubles each time grows no more. */
const DOUBLINGS_MAX = 5

export class Deafness {
  private readonly timer: NodeJS.Timeout
  private hasSpoken = false
  private spells = 0
  private left = 0
  private patience: number

  /**
   * @param brokers how many there are
   * @param deaf told that the broker should be left for another
   */
  constructor(
    spellMs: number, private readonly brokers: number, private readonly random: Random,
    private readonly deaf: () => void,
  ) {
    this.patience = this.draw()
    this.timer = setInterval(() => this.endSpell(), spellMs).unref()
  }

  spoken(): void {
    this.hasSpoken = true
  }

  heard(): void {
    if (this.left > 0) this.patience = this.draw()
    this.left = 0
    this.spells = 0
    this.hasSpoken = false
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private endSpell(): void {
    // Who says something only now and then may not be waiting for an answer.
    this.spells = this.hasSpoken ? this.spells + 1 : 0
    this.hasSpoken = false
    if (this.spells < this.patience) return
    this.spells = 0
    this.left++
    const rounds = Math.floor(this.left / this.brokers)
    this.patience = this.left % this.brokers > 0 ? NEXT_SPELLS : this.draw() * 2 ** Math.min(rounds, DOUBLINGS_MAX)
    this.deaf()
  }

  private draw(): number {
    return SPELLS_MIN + Math.floor(this.random.next() * SPELLS_MIN)
  }
}
