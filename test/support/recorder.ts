/** Recorder: a receiver that keeps what a transport tells it, and lets a test await it. */
import type { NodeAddress } from '../../runtime/address.js'
import type { Connection, Receiver, UndeliverableReason, WireEnvelope } from '../../runtime/transport.js'

export interface Returned {
  readonly to: NodeAddress
  readonly envelopes: readonly WireEnvelope[]
  readonly reason: UndeliverableReason
}

export class Recorder implements Receiver {
  readonly envelopes: unknown[] = []
  readonly refusals: string[] = []
  readonly forgeries: string[] = []
  readonly returned: Returned[] = []
  readonly dead: NodeAddress[] = []
  readonly states: Connection[] = []
  private waiting: (() => void)[] = []

  received(envelope: unknown): void {
    this.envelopes.push(envelope)
    this.look()
  }

  malformed(reason: string): void {
    this.refusals.push(reason)
    this.look()
  }

  forged(reason: string): void {
    this.forgeries.push(reason)
    this.look()
  }

  undeliverable(to: NodeAddress, envelopes: readonly WireEnvelope[], reason: UndeliverableReason): void {
    this.returned.push({ to, envelopes, reason })
    this.look()
  }

  lost(node: NodeAddress): void {
    this.dead.push(node)
    this.look()
  }

  connection(state: Connection): void {
    this.states.push(state)
    this.look()
  }

  /** Resolves once `met` holds; it is asked after every event. The test's own timeout bounds it. */
  async until(met: (recorder: this) => boolean): Promise<void> {
    while (!met(this)) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  private look(): void {
    const { waiting } = this
    this.waiting = []
    for (const wake of waiting) wake()
  }
}
