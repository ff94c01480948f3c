/**
 * Node: one process of a simulated world. Its actors are the real ones on the real kernel; its turns, its
 * clock and its way to others are simulated, so that it can be frozen, be told a wrong time, or die.
 */
import { registry } from '../../../actors/protocol/registry.js'
import type { NodeAddress, Ref } from '../../../runtime/address.js'
import { steady } from '../../../infra/clock.js'
import type { Clock } from '../../../runtime/clock.js'
import { seededRandom, type Random } from '../../../runtime/random.js'
import { System } from '../../../runtime/system.js'
import type { TraceSink } from '../../../runtime/hop.js'
import type { Place, Turns } from '../../../runtime/turns.js'
import type { Event, Events, Owner } from './events.js'

/** When a world begins, in wall-clock milliseconds. */
export const WALL_BEGIN_MS = 1_700_000_000_000
/** How long an actor that has mail may wait for its turn. */
const TURN_DELAY_MS = 0.3

const FAULTS = new Set(['an actor failed', 'a port failed'])

export interface NodeOptions {
  readonly events: Events
  readonly seed: number
  readonly traces: TraceSink | undefined
  /** An actor failed, or the whole node. */
  readonly failed: (problem: string) => void
}

export class SimulatedNode implements Owner {
  state: Owner['state'] = 'running'
  /** By how much its wall clock is wrong. */
  skewMs = 0
  readonly system: System
  readonly random: Random
  private parked: Event[] = []

  constructor(readonly address: NodeAddress, private readonly options: NodeOptions) {
    this.random = seededRandom(options.seed)
    this.system = new System(address, {
      turns: new NodeTurns(this, options.events), clock: this.clock(), random: this.random, registry,
      ...(options.traces ? { traces: options.traces } : {}),
      logger: { log: (level, text, fields) => {
        // Other errors are said to people, and are no fault of an actor.
        if (level === 'error' && FAULTS.has(text)) options.failed(`${address} ${text} ${JSON.stringify(fields)}`)
      } },
      collapsed: (actor, error) => {
        options.failed(`${actor} collapsed: ${String(error)}`)
        this.die()
      },
    })
  }

  /** As SIGSTOP does: whatever falls due waits for `thaw`. */
  freeze(): void {
    if (this.state === 'running') this.state = 'frozen'
  }

  /** As SIGCONT does: all that has waited happens now, in its order. */
  thaw(): void {
    if (this.state !== 'frozen') return
    this.state = 'running'
    const parked = this.parked
    this.parked = []
    for (const event of parked) {
      if (event.action) this.after(0, () => event.action?.())
    }
  }

  /** As SIGKILL does. */
  die(): void {
    this.state = 'dead'
    this.parked = []
  }

  park(event: Event): void {
    this.parked.push(event)
  }

  /** Something that this node does later, if it still can. */
  after(delayMs: number, action: () => void): Event {
    return this.options.events.after(delayMs, action, this)
  }

  tell<M>(to: Ref<M>, message: M): void {
    this.system.tell(to, message as never)
  }

  private clock(): Clock {
    const { events } = this.options
    return {
      now: steady(() => WALL_BEGIN_MS + events.nowMs + this.skewMs, () => events.nowMs),
      elapsedMs: () => Math.floor(events.nowMs),
      after: (delayMs, action) => {
        const event = events.after(delayMs, action, this)
        return () => {
          event.action = undefined
        }
      },
    }
  }
}

/** The turns of one node: each of its actors that is awake runs soon, and chance says which first. */
class NodeTurns implements Turns {
  constructor(private readonly node: SimulatedNode, private readonly events: Events) {}

  get beat(): number {
    return this.events.count
  }

  open(
    _parent: Place | undefined, _name: string, turn: () => void, failed: (error: unknown) => 'reset' | 'stop',
  ): Place {
    let open = true
    const run = (): void => {
      if (!open) return
      try {
        turn()
      } catch (error) {
        if (failed(error) === 'stop') open = false
      }
    }
    return {
      wake: () => void this.node.after(this.node.random.next() * TURN_DELAY_MS, run),
      close: () => {
        open = false
      },
    }
  }

  close(): void {
    this.node.die()
  }
}
