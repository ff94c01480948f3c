/**
 * Questions: what the world outside of the actors has asked and not yet been told. Each has an address
 * of its own for as long as it is open; an answer that comes later finds nobody there.
 */
import { refBelow, type NodeAddress, type Ref } from './address.js'
import type { Clock } from './clock.js'
import type { AnyMessage } from './item.js'

interface Question {
  answer(message: AnyMessage): void
  fail(error: Error): void
}

export class Questions {
  private readonly open = new Map<Ref<never>, Question>()
  private asked = 0

  constructor(private readonly node: NodeAddress, private readonly clock: Clock) {}

  /**
   * @param send sends the question; is given the address to answer to
   * @returns the first answer; rejects when `deadlineMs` has passed without one
   */
  ask<Answer>(to: Ref<never>, send: (replyTo: Ref<Answer>) => void, deadlineMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const replyTo = refBelow<Answer>(this.node, `port.ask-${++this.asked}`)
      const close = () => {
        cancel()
        this.open.delete(replyTo as Ref<never>)
      }
      const fail = (error: unknown) => {
        close()
        reject(error)
      }
      const cancel = this.clock.after(deadlineMs, () => {
        fail(new Error(`${to} did not answer within ${deadlineMs} ms`))
      })
      const answer = (message: AnyMessage) => {
        close()
        resolve(message as Answer)
      }
      this.open.set(replyTo as Ref<never>, { answer, fail })
      try {
        send(replyTo)
      } catch (error) {
        fail(error)
      }
    })
  }

  /** Answers an open question; false when there is none at that address. */
  answer(to: Ref<never>, message: AnyMessage): boolean {
    const question = this.open.get(to)
    question?.answer(message)
    return question !== undefined
  }

  /** Nobody will answer any more. */
  close(): void {
    for (const question of [...this.open.values()]) question.fail(new Error(`${this.node} has stopped`))
  }
}
