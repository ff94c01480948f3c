/**
 * Patience: while a framework has been offered nothing that suits it, finds out why, and whether waiting
 * can help at all. Told once for each reason, since it may take hours.
 */
import type { FrameworkContext, FrameworkEvent } from '../scheduler/framework.js'
import type { Resources } from '../resources/resources.js'

/** Shorter waits are not worth a word. */
export const SILENCE_MS = 1_000
/** Nobody has led for so long: it is no change of masters, the cluster is not there. */
export const NO_MASTER_MS = 60_000
/** A new master knows by then which agents come back. */
export const SURE_MS = 80_000
const ASK_AGAIN_MS = 5_000
const TIMER = 'patience'

export type Waiting = 'a master' | 'an agent' | 'room on an agent'

type Fit = Extract<FrameworkEvent<never>, { type: 'fit' }>

export class Patience {
  private told: Waiting | undefined
  private agents: number | undefined
  private silent = true
  private begunMs = 0
  /** Nothing is wanted yet, or something has come. */
  private isOver = true

  constructor(private readonly wanted: Resources) {}

  begin(ctx: FrameworkContext): void {
    this.begunMs = ctx.now()
    this.isOver = false
    ctx.after(TIMER, SILENCE_MS)
    this.subscribed(ctx)
  }

  /** What came was of no use: the wait is the same as before. */
  resume(ctx: FrameworkContext): void {
    const waitedMs = ctx.now() - this.begunMs
    this.isOver = false
    this.silent &&= waitedMs < SILENCE_MS
    ctx.after(TIMER, this.silent ? SILENCE_MS - waitedMs : ASK_AGAIN_MS)
    this.subscribed(ctx)
  }

  subscribed(ctx: FrameworkContext): void {
    if (!this.isOver && ctx.frameworkId !== undefined) ctx.checkFit(TIMER, this.wanted)
  }

  /** What is worth saying now, if anything. */
  timer(name: string, ctx: FrameworkContext): Waiting | undefined {
    if (name !== TIMER || this.isOver) return undefined
    this.silent = false
    ctx.after(TIMER, ASK_AGAIN_MS)
    this.subscribed(ctx)
    return this.say()
  }

  /** Why waiting is in vain; else what is worth saying now, if anything. */
  fit({ requestId, agents, problem }: Fit): { readonly problem?: string; readonly waiting?: Waiting } {
    if (requestId !== TIMER || this.isOver) return {}
    if (problem !== undefined) return { problem }
    this.agents = agents
    const waiting = this.silent ? undefined : this.say()
    return waiting ? { waiting } : {}
  }

  /** Something came. */
  end(ctx: FrameworkContext): void {
    this.isOver = true
    ctx.cancel(TIMER)
  }

  private say(): Waiting | undefined {
    const reason = this.agents === undefined ? 'a master'
      : this.agents === 0 ? 'an agent' : 'room on an agent'
    if (reason === this.told) return undefined
    this.told = reason
    return reason
  }
}
