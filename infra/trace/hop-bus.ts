/**
 * Hop bus: how hops get from the nodes where they happen to whoever watches. Best effort: it never makes a
 * node wait, and what has no room is counted and gone. This one is for the nodes of one process.
 */
import type { NodeAddress } from '../../runtime/address.js'
import type { HopRecord } from './hop-record.js'

/** What a node tells at once. */
export interface HopBatch {
  /** From before somebody listened. */
  readonly isBacklog: boolean
  /** How many hops went missing before these. */
  readonly missed: number
  readonly records: readonly HopRecord[]
}

/** A node's end. */
export interface HopOutlet {
  /** False when there was no room, and it is gone. Never waits, never throws. */
  publish(batch: HopBatch): boolean
  /** Tells as soon as it knows, and with each change, whether anybody listens: nothing else need be published. */
  watchListeners(tell: (isListenedTo: boolean) => void): void
  /** Resolves when it can publish, or will not be able to soon. Of one that always can there is none. */
  opened?(): Promise<void>
  close(): Promise<void>
}

export type OpenHopOutlet = (node: NodeAddress) => HopOutlet

/** The end of whoever watches. */
export interface HopSource {
  /** How long it may take until those who were asked have told their backlog. */
  readonly backlogWaitMs: number
  /** The answer ends it. */
  listen(hear: (batch: HopBatch) => void): () => void
}

export class MemoryHopBus implements HopSource {
  readonly backlogWaitMs = 50
  private readonly listeners = new Set<(batch: HopBatch) => void>()
  private readonly tellers = new Set<(isListenedTo: boolean) => void>()

  listen(hear: (batch: HopBatch) => void): () => void {
    this.listeners.add(hear)
    if (this.listeners.size === 1) this.tell(true)
    return () => {
      if (this.listeners.delete(hear) && this.listeners.size === 0) this.tell(false)
    }
  }

  readonly open: OpenHopOutlet = () => {
    let teller: ((isListenedTo: boolean) => void) | undefined
    return {
      publish: (batch) => this.publish(batch),
      watchListeners: (tell) => {
        teller = tell
        this.tellers.add(tell)
        tell(this.listeners.size > 0)
      },
      close: async () => {
        if (teller) this.tellers.delete(teller)
      },
    }
  }

  publish(batch: HopBatch): boolean {
    for (const hear of this.listeners) hear(batch)
    return true
  }

  private tell(isListenedTo: boolean): void {
    for (const tell of this.tellers) tell(isListenedTo)
  }
}
