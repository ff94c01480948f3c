/**
 * Publisher: hands frames to a channel as fast as the broker takes them, bounds what waits, and knows of
 * each frame whether the broker has it.
 *
 * amqplib buffers without limit and says so only with `false`; a broker that is slow to confirm buffers
 * as well. While either is full, frames wait here, counted in bytes.
 */
import type { ConfirmChannel, Message } from 'amqplib'
import type { NodeAddress } from '../../runtime/address.js'
import type { Numbered } from './tally.js'

/** What may wait for the broker; beyond it frames are refused. */
export const OUTBOX_BYTES_MAX = 67_108_864
/** What a waiting frame costs besides its bytes: many small ones must not take more than few large. */
export const PARCEL_BYTES = 256
/** What the broker may owe us a confirmation for. */
export const UNCONFIRMED_BYTES_MAX = 16_777_216
/** How many pieces amqplib may buffer; a frame is one, and one more for each 128 KiB of it. */
export const CHANNEL_PIECES_MAX = 128

export interface Parcel {
  readonly to: NodeAddress
  readonly exchange: string
  readonly key: string
  readonly frame: Uint8Array
  /** Its place among what goes to the same node; a frame without envelopes has none. */
  readonly numbered: Partial<Numbered>
  /** Comes back when no queue takes it. */
  readonly mandatory: boolean
}

/** What a publisher still had when it ended. */
export interface Remainder {
  /** The broker never had these. */
  readonly unsent: readonly Parcel[]
  /** The broker may or may not have had these. */
  readonly unconfirmed: readonly Parcel[]
}

export interface PublisherListener {
  /** No queue took this frame. */
  returned(key: string, frame: Uint8Array): void
  /** The broker says that it may have lost this frame. */
  refused(parcel: Parcel): void
  /** The broker has this frame. */
  confirmed?(parcel: Parcel): void
}

export class Publisher {
  private waiting: Parcel[] = []
  /** How many of `waiting` have left it already. */
  private head = 0
  private readonly unconfirmed = new Set<Parcel>()
  private bytes = { waiting: 0, unconfirmed: 0 }
  private channelFull = false
  private onEmpty: (() => void)[] = []

  private readonly proof: { readonly userId?: string }

  /** @param userId ours, which the broker checks and passes on; without it nothing is said of who we are */
  constructor(
    private readonly channel: ConfirmChannel, private readonly listener: PublisherListener, userId?: string,
  ) {
    this.proof = userId === undefined ? {} : { userId }
    channel.on('drain', () => {
      this.channelFull = false
      this.pump()
    })
    channel.on('return', ({ fields, content }: Message) => listener.returned(fields.routingKey, content))
  }

  get waitingBytes(): number {
    return this.bytes.waiting
  }

  get unconfirmedBytes(): number {
    return this.bytes.unconfirmed
  }

  /** False when the outbox is full. Throws when the channel is closed. */
  publish(parcel: Parcel): boolean {
    if (this.hasRoom()) this.write(parcel)
    else if (this.bytes.waiting + sizeOf(parcel) > OUTBOX_BYTES_MAX) return false
    else {
      this.waiting.push(parcel)
      this.bytes.waiting += sizeOf(parcel)
    }
    return true
  }

  /** Takes away what the broker is not known to have. */
  takeRemainder(): Remainder {
    const remainder = { unsent: this.waiting.slice(this.head), unconfirmed: [...this.unconfirmed] }
    this.waiting = []
    this.head = 0
    this.unconfirmed.clear()
    this.bytes = { waiting: 0, unconfirmed: 0 }
    return remainder
  }

  /** Resolves once the broker has confirmed everything. */
  async emptied(): Promise<void> {
    if (!this.isEmpty()) await new Promise<void>((resolve) => this.onEmpty.push(resolve))
  }

  private pump(): void {
    const { waiting } = this
    while (this.head < waiting.length && this.hasRoom()) {
      const parcel = waiting[this.head] as Parcel
      this.head++
      this.bytes.waiting -= sizeOf(parcel)
      this.write(parcel)
    }
    // Rarely, and by at least half: however much waits, a frame is moved twice at most.
    if (this.head * 2 >= waiting.length) {
      waiting.splice(0, this.head)
      this.head = 0
    }
    if (this.isEmpty()) for (const resolve of this.onEmpty.splice(0)) resolve()
  }

  private write(parcel: Parcel): void {
    const { exchange, key, frame, numbered, mandatory } = parcel
    const content = Buffer.isBuffer(frame) ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
    const settled = (error: unknown): void => this.settled(parcel, error)
    const properties = { ...this.proof, ...numbered, mandatory }
    this.channelFull = !this.channel.publish(exchange, key, content, properties, settled)
    this.unconfirmed.add(parcel)
    this.bytes.unconfirmed += sizeOf(parcel)
  }

  /** With an error when the broker refused it, or the channel has closed. */
  private settled(parcel: Parcel, error: unknown): void {
    if (!this.unconfirmed.delete(parcel)) return
    this.bytes.unconfirmed -= sizeOf(parcel)
    if (error) return this.listener.refused(parcel)
    this.listener.confirmed?.(parcel)
    if (this.waiting.length > 0 || this.onEmpty.length > 0) this.pump()
  }

  private hasRoom(): boolean {
    return !this.channelFull && this.bytes.unconfirmed < UNCONFIRMED_BYTES_MAX
  }

  private isEmpty(): boolean {
    return this.waiting.length === 0 && this.unconfirmed.size === 0
  }
}

const sizeOf = ({ frame }: Parcel): number => frame.length + PARCEL_BYTES
