/** Inbox: where answers of a port arrive in a test, so that it can wait for them without a clock. */
import type { Ref } from '../../../runtime/address.js'

export class Inbox<Message> {
  readonly ref = 'test@1/inbox' as Ref<Message>
  readonly #messages: Message[] = []
  readonly #waiting: ((message: Message) => void)[] = []

  /** Give this to the port. */
  readonly tell = (_to: Ref<Message>, message: Message): void => {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#messages.push(message)
    else waiting(message)
  }

  /** The messages, each once, in the order in which they arrived. */
  next(): Promise<Message> {
    const message = this.#messages.shift()
    return message === undefined
      ? new Promise((resolve) => { this.#waiting.push(resolve) })
      : Promise.resolve(message)
  }

  /** What has arrived and was not taken. */
  get pending(): readonly Message[] {
    return this.#messages
  }
}
