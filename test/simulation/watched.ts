/**
 * Watched: behaviours with an eye on them. Each wraps a real one, passes everything on unchanged and writes
 * down what the ledger must know: what a master counts on, what an agent obeys, how each stands.
 */
import type { State as AgentState } from '../../actors/agent/state.js'
import type { Cluster } from '../../actors/master/cluster.js'
import type { Present } from '../../actors/master/present.js'
import type { LogRecord } from '../../actors/protocol/log.js'
import type { Actor, Context } from '../../runtime/actor.js'
import { Folded } from './reference.js'

/** As much of a master's state as is looked at. */
export interface MasterState {
  readonly cluster: Cluster
  readonly present: Present
  readonly leading: boolean
  readonly replay: number
}

interface Said {
  readonly type: string
}

/** What the master and its registrar tell each other. */
interface Told {
  readonly records: readonly LogRecord[]
  readonly token: number
  readonly replay: number
}

export class MasterEye {
  readonly folded = new Folded()
  state: MasterState | undefined
  private readonly appended = new Map<number, readonly LogRecord[]>()

  master<S, M extends Said>(real: Actor<S, M>): Actor<S, M> {
    const see = (state: S): S => {
      const before = this.state?.cluster
      this.state = state as unknown as MasterState
      // It has begun anew; its registrar hears of that later.
      if (this.state.cluster !== before) this.folded.restart()
      return state
    }
    return {
      ...real,
      initial: (ctx) => see(real.initial(ctx)),
      receive: (state, message, ctx) => {
        const { type, records, token, replay } = message as Said & Partial<Told>
        // What is left of another means nothing to the master.
        const isHeard = replay === this.state?.replay
        if (type === 'folded' && isHeard) this.folded.take(records ?? [])
        if (type === 'committed' && isHeard && token !== undefined) {
          this.folded.take(this.appended.get(token) ?? [])
          this.appended.delete(token)
        }
        return see(real.receive(state, message, ctx))
      },
    }
  }

  registrar<S, M extends Said>(real: Actor<S, M>): Actor<S, M> {
    return {
      ...real,
      receive: (state, message, ctx) => {
        const { type, records, token } = message as Said & Partial<Told>
        if (type === 'append' && token !== undefined) this.appended.set(token, records ?? [])
        if (type === 'replay') {
          this.folded.restart()
          this.appended.clear()
        }
        return real.receive(state, message, ctx)
      },
    }
  }
}

export class AgentEye {
  state: AgentState | undefined

  /** @param heard is told of each message that has an epoch, and whether it made the agent do something */
  agent<S, M extends Said>(real: Actor<S, M>, heard: (epoch: number, acted: string | undefined) => void): Actor<S, M> {
    let did = 0
    const counting = new Wrapped<M>((ctx, wrapped) => {
      wrapped.tell = (to, message) => {
        // To say whom it obeys instead is no obedience.
        if ((message as Said).type !== 'epoch-obeyed') did++
        ctx.tell(to, message)
      }
    })
    const see = (state: S): S => {
      this.state = state as unknown as AgentState
      return state
    }
    return {
      ...real,
      initial: (ctx) => see(real.initial(ctx)),
      receive: (state, message, ctx) => {
        if (!('epoch' in message)) return see(real.receive(state, message, ctx))
        const before = did
        const next = real.receive(state, message, counting.of(ctx))
        // To remember whom it has refused is no obedience either.
        const refused = [state, next].map((each) => (each as unknown as AgentState).refused)
        const acted = did > before || (next !== state && refused[0] === refused[1])
        heard(message.epoch as number, acted ? message.type : undefined)
        return see(next)
      },
    }
  }
}

/** The state of any other actor. */
export class Eye<Seen> {
  state: Seen | undefined

  on<S, M>(real: Actor<S, M>): Actor<S, M> {
    const see = (state: S): S => {
      this.state = state as unknown as Seen
      return state
    }
    return {
      ...real,
      initial: (ctx) => see(real.initial(ctx)),
      receive: (state, message, ctx) => see(real.receive(state, message, ctx)),
    }
  }
}

/** Contexts in which some calls do something else; one for each that there is. */
export class Wrapped<M> {
  private readonly known = new WeakMap<Context<M>, Context<M>>()

  constructor(private readonly change: (ctx: Context<M>, wrapped: Writable<Context<M>>) => void) {}

  of(ctx: Context<M>): Context<M> {
    const known = this.known.get(ctx)
    if (known) return known
    const wrapped = Object.create(ctx) as Writable<Context<M>>
    this.change(ctx, wrapped)
    this.known.set(ctx, wrapped)
    return wrapped
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
