/** Agent standing: how an agent stands with the masters, as it told last; for whoever asks whether it is ready. */
import type { AgentOwnerEvent } from '../../actors/agent/state.js'

export class AgentStanding {
  private last: AgentOwnerEvent | undefined
  private sinceMs = Date.now()

  note(event: AgentOwnerEvent): void {
    this.last = event
    this.sinceMs = Date.now()
  }

  get isRegistered(): boolean {
    return this.last?.type === 'registered'
  }

  /** `registered as S1 with 'prod' in epoch 7 since 2026-01-31T12:00:00.000Z` */
  check(): { readonly name: string; readonly ok: boolean; readonly detail: string } {
    return { name: 'agent', ok: this.isRegistered, detail: `${this.words()} since ${this.since()}` }
  }

  private words(): string {
    const { last } = this
    switch (last?.type) {
      case undefined: return 'not yet registered with a master'
      case 'registered': return `registered as ${last.agentId} with '${last.cluster}' in epoch ${last.epoch}`
      case 'seeking': return 'looking for the master that leads'
      case 'refused': return `refused: ${last.problem};`
    }
  }

  private since(): string {
    return new Date(this.sinceMs).toISOString()
  }
}
