/**
 * World: one node for a test of the kernel, with a clock that the test moves and everything else
 * recorded.
 */
import { VirtualClock } from '../../infra/memory/clock.js'
import type { Actor, Context } from '../../runtime/actor.js'
import { nodeAddress, type NodeKind, type Ref } from '../../runtime/address.js'
import type { DeadLetterReason } from '../../runtime/dead-letters.js'
import type { Logger } from '../../runtime/logger.js'
import { Registry } from '../../runtime/registry.js'
import { seededRandom } from '../../runtime/random.js'
import { System } from '../../runtime/system.js'
import type { Hop } from '../../runtime/hop.js'
import type { Pace } from './pace.js'

export interface WorldOptions {
  readonly kind?: NodeKind
  readonly name?: string
  readonly registry?: Registry
  readonly logger?: Logger
  readonly clock?: VirtualClock
  readonly seed?: number
}

interface Logged {
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

export class World {
  readonly clock: VirtualClock
  readonly hops: Hop[] = []
  readonly logs: Logged[] = []
  readonly collapsed: { readonly actor: Ref<never>; readonly error: unknown; readonly last: readonly unknown[] }[] = []
  readonly system: System

  constructor(private readonly pace: Pace, options: WorldOptions = {}) {
    this.clock = options.clock ?? new VirtualClock()
    const node = nodeAddress(options.kind ?? 'agent', options.name ?? 'one', 'life1')
    this.system = new System(node, {
      turns: pace.turns,
      clock: this.clock,
      random: seededRandom(options.seed ?? 7),
      logger: options.logger ?? { log: (_level, text, fields) => void this.logs.push({ text, fields }) },
      registry: options.registry ?? new Registry(),
      traces: { hop: (hop) => void this.hops.push(hop) },
      collapsed: (actor, error, last) => void this.collapsed.push({ actor, error, last }),
    })
  }

  settle(): Promise<void> {
    return this.pace.settle()
  }

  /** Lets time pass; every alarm on the way runs at its time, and what it woke comes to rest. */
  async advance(byMs: number): Promise<void> {
    const until = this.clock.now() + byMs
    await this.settle()
    while (this.clock.step(until)) await this.settle()
    this.clock.moveTo(until)
  }

  buried(reason: DeadLetterReason): number {
    return this.system.deadLetters.count(reason)
  }

  vitals(ref: Ref<never>) {
    return this.system.vitals().find(({ address }) => address === ref)
  }
}

/** An actor of a few lines: `receive` may leave out the state, which is then none. */
export function doing<M>(
  receive: (message: M, ctx: Context<M>) => void, initial: (ctx: Context<M>) => void = () => undefined,
): Actor<null, M> {
  return {
    initial(ctx) {
      initial(ctx)
      return null
    },
    receive(state, message, ctx) {
      receive(message, ctx)
      return state
    },
  }
}

/** An actor that keeps what it hears where the test can see it. */
export function listening<M>(): { readonly actor: Actor<null, M>; readonly heard: M[] } {
  const heard: M[] = []
  return { heard, actor: doing((message) => void heard.push(message)) }
}
