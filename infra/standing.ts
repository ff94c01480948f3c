/**
 * Standing: how a link stands with whoever carries its frames, since when and why. What changes it is
 * told once to whoever listens.
 */
import type { Connection, TransportVitals } from '../runtime/transport.js'

type Particulars = Omit<TransportVitals, 'connection' | 'reason' | 'sinceMs' | 'reconnects'>

const NONE: Particulars = {
  via: undefined, waitingBytes: 0, unconfirmedBytes: 0, framesReturned: 0, envelopesMissed: 0,
}

export class Standing {
  private state: Connection = 'connected'
  private reason: string | undefined
  private sinceMs = Date.now()
  private reconnects = 0

  constructor(private readonly told: (state: Connection, reason?: string) => void) {}

  become(state: Connection, reason?: string): void {
    if (state === this.state) return
    if (this.state === 'disconnected') this.reconnects++
    this.state = state
    this.reason = reason
    this.sinceMs = Date.now()
    this.told(state, reason)
  }

  vitals(particulars: Partial<Particulars> = {}): TransportVitals {
    const { state, reason, sinceMs, reconnects } = this
    return { connection: state, reason, sinceMs, reconnects, ...NONE, ...particulars }
  }
}
