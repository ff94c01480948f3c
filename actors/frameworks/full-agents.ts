/**
 * Full agents: those that have just had no room for a launch although they were offered. Tasks of a framework that
 * has ended may still be dying there, and hold what the master counts as free; so what is offered of such an agent is
 * refused for a moment, all of it: the master withholds only as much as the launch would have taken.
 */
import type { AgentId } from '../protocol/ids.js'
import type { Offer } from '../protocol/scheduler.js'
import type { StatusUpdate } from '../protocol/task.js'
import type { FrameworkContext } from '../scheduler/framework.js'

/** After this long an agent is tried again. */
export const FULL_MS = 1_000

export class FullAgents {
  private readonly untilMs = new Map<AgentId, number>()

  /** Whether the task never ran since there was no room; if so, its agent is full from now on. */
  refused({ reason, agentId }: StatusUpdate, nowMs: number): boolean {
    if (reason !== 'no-room') return false
    for (const [each, untilMs] of this.untilMs) if (untilMs <= nowMs) this.untilMs.delete(each)
    if (agentId !== undefined) this.untilMs.set(agentId, nowMs + FULL_MS)
    return true
  }

  /** Declines what comes of full agents. @returns the other offers */
  pass(offers: readonly Offer[], ctx: FrameworkContext): readonly Offer[] {
    const leftMs = ({ agentId }: Offer): number => (this.untilMs.get(agentId) ?? 0) - ctx.now()
    for (const offer of offers) if (leftMs(offer) > 0) ctx.decline(offer, { refuseMs: leftMs(offer) })
    return offers.filter((offer) => leftMs(offer) <= 0)
  }
}
