/**
 * Publisher: hands frames to a channel as fast as the broker takes them, and bounds what waits.
 *
 * amqplib buffers without limit and says so only with `false`. From then on frames wait here, counted in
 * bytes, until the channel has drained.
 */
import type { Channel, Message } from 'amqplib'

/** What may wait for the broker; beyond it frames are refused. */
export const OUTBOX_BYTES_MAX = 67_108_864
/** How many pieces amqplib may buffer; a frame is one, and one more for each 128 KiB of it. */
export const CHANNEL_PIECES_MAX = 128

export interface Parcel {
  readonly exchange: string
  readonly key: string
  readonly frame: Uint8Array
  /** Comes back when no queue takes it. */
  readonly mandatory: boolean
}

export class Publisher {
  private waiting: Parcel[] = []
  private waitingBytes = 0
  private full = false
  private readonly proof: { readonly userId?: string }
  private onEmpty: (() => void)[] = []

  /** @param userId ours, which the broker checks and passes on; without it nothing is said of who we are */
  constructor(
    private readonly channel: Channel, onReturn: (key: string, frame: Uint8Array) => void,
    userId?: string,
  ) {
    this.proof = userId === undefined ? {} : { userId }
    channel.on('drain', () => this.drain())
    channel.on('return', ({ fields, content }: Message) => onReturn(fields.routingKey, content))
  }

  /** False when the outbox is full. Throws when the channel is closed. */
  publish(parcel: Parcel): boolean {
    if (!this.full) this.write(parcel)
    else if (this.waitingBytes + parcel.frame.length > OUTBOX_BYTES_MAX) return false
    else {
      this.waiting.push(parcel)
      this.waitingBytes += parcel.frame.length
    }
    return true
  }

  /** Takes away what amqplib never got. */
  takeWaiting(): readonly Parcel[] {
    const { waiting } = this
    this.waiting = []
    this.waitingBytes = 0
    return waiting
  }

  /** Resolves once amqplib has taken everything. */
  async emptied(): Promise<void> {
    if (this.waiting.length > 0) await new Promise<void>((resolve) => this.onEmpty.push(resolve))
  }

  private drain(): void {
    this.full = false
    const { waiting } = this
    let sent = 0
    for (; sent < waiting.length && !this.full; sent++) {
      const parcel = waiting[sent] as Parcel
      this.waitingBytes -= parcel.frame.length
      this.write(parcel)
    }
    this.waiting = waiting.slice(sent)
    if (this.waiting.length > 0) return
    for (const resolve of this.onEmpty.splice(0)) resolve()
  }

  private write({ exchange, key, frame, mandatory }: Parcel): void {
    const content = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
    this.full = !this.channel.publish(exchange, key, content, { ...this.proof, mandatory })
  }
}
