/** Actor look view: what the interface answers of one actor, for whoever asks it. */
import type { ActorLook } from '../../actors/protocol/vitals.js'
import type { Shown } from '../snapshot/tree.js'

export interface ActorLookAnswer {
  readonly schemaVersion: number
  readonly node: string
  readonly path: string
  /** As they will be received. */
  readonly waiting: readonly WaitingView[]
  /** With those that are not listed. */
  readonly waitingTotal: number
  /** Absent while the actor has none. */
  readonly state?: Shown
}

export type WaitingView = Omit<ActorLook['waiting'][number], 'body'> & { readonly body: Shown }
