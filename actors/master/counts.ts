/** Counts: how often what has happened in this master's life, for metrics. It only grows. */
import type { CountsView, OfferOutcome } from '../protocol/counts.js'
import type { Happening } from '../protocol/operator.js'
import { isTerminal, type TaskState } from '../protocol/task.js'

export class Counts {
  private offersMade = 0
  private readonly offers: Record<OfferOutcome, number> = { accepted: 0, declined: 0, rescinded: 0 }
  private tasksLaunched = 0
  private readonly tasksEnded: Partial<Record<TaskState, number>> = {}

  add(happening: Happening): void {
    switch (happening.type) {
      case 'offer-made': this.offersMade++; break
      case 'offer-ended': this.offers[happening.outcome]++; break
      case 'task-launched': this.tasksLaunched++; break
      case 'task-changed': {
        const { state } = happening
        if (isTerminal(state)) this.tasksEnded[state] = (this.tasksEnded[state] ?? 0) + 1
      }
    }
  }

  view(): CountsView {
    const { offersMade, offers, tasksLaunched, tasksEnded } = this
    return { offersMade, offers: { ...offers }, tasksLaunched, tasksEnded: { ...tasksEnded } }
  }
}
