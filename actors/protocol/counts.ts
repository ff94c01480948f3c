/** Counts: how often what has happened, as a master tells operators. */
import type { TaskState } from './task.js'

/** How an offer ended. */
export type OfferOutcome = 'accepted' | 'declined' | 'rescinded'

/** In the life of the master that is asked. */
export interface CountsView {
  readonly offersMade: number
  readonly offers: Readonly<Record<OfferOutcome, number>>
  readonly tasksLaunched: number
  /** By the state in which they ended. */
  readonly tasksEnded: Readonly<Partial<Record<TaskState, number>>>
}
