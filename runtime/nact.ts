/**
 * Turns by nact: the only file that knows nact.
 *
 * nact beats: one actor of it, `beat`, runs all places that are ready, one after the other, so that a
 * message between two of our actors does not pay for a message of nact's. What nact also gives is the
 * decision after a crash: each place has an actor of its own, to which its faults are brought and which
 * answers them with `reset` or `stop`. Of nact's supervision nothing else is ever answered: the rest can
 * run handlers concurrently or wedge a child. Mailboxes, messages, timers and the tree are the kernel's,
 * and all places lie side by side below the root: nact copies an actor's children for each of its turns.
 */
import nact from 'nact'
import type { Place, Turns } from './turns.js'

/** Turns of one beat; whoever is ready then waits for the next, behind what the world has to say. */
const BEAT_TURNS_MAX = 1_000

type NactRef = nact.Ref<unknown>

export function nactTurns(name: string): Turns {
  return new NactTurns(name)
}

class NactTurns implements Turns {
  beat = 0
  readonly system: NactRef
  private readonly pulse: NactRef
  private ready: NactPlace[] = []
  private beating = false
  private closed = false

  constructor(name: string) {
    // nact ignores a name given as a string; its typings do not know the object that it reads.
    this.system = nact.start({ name } as never) as unknown as NactRef
    const receive = () => {
      this.run()
      return null
    }
    this.pulse = nact.spawn(this.system, receive, 'beat', { initialState: null }) as NactRef
  }

  open(
    parent: Place | undefined, name: string, turn: () => void, failed: (error: unknown) => 'reset' | 'stop',
  ): Place {
    return new NactPlace(parent, name, turn, failed, this)
  }

  close(): void {
    this.closed = true
    this.ready = []
    nact.stop(this.pulse)
    nact.stop(this.system)
  }

  enqueue(place: NactPlace): void {
    this.ready.push(place)
    if (this.beating || this.closed) return
    this.beating = true
    nact.dispatch(this.pulse, null)
  }

  private run(): void {
    this.beat++
    let taken = 0
    // Places that become ready meanwhile join the queue's end, and may still have their turn in this beat.
    for (; taken < this.ready.length && taken < BEAT_TURNS_MAX; taken++) (this.ready[taken] as NactPlace).run()
    this.ready = taken < this.ready.length ? this.ready.slice(taken) : []
    this.beat++
    this.beating = this.ready.length > 0 && !this.closed
    if (this.beating) nact.dispatch(this.pulse, null)
  }
}

class NactPlace implements Place {
  private readonly path: string
  private readonly supervisor: NactRef
  /** A fault is being judged: no turns until then. */
  private faulty = false
  /** A turn came due meanwhile. */
  private owed = false
  private closed = false

  constructor(
    parent: Place | undefined, name: string, private readonly turn: () => void,
    private readonly failed: (error: unknown) => 'reset' | 'stop', private readonly turns: NactTurns,
  ) {
    // No actor's name has a comma in it, so no two paths are the same.
    this.path = parent instanceof NactPlace ? `${parent.path},${name}` : `beat,${name}`
    const rethrow = (_state: unknown, { error }: { readonly error: unknown }): never => {
      throw error
    }
    this.supervisor = nact.spawn(turns.system, rethrow, this.path, {
      onCrash: (_message, error, ctx) => {
        const decision = failed(error)
        this.faulty = false
        if (decision === 'stop') this.closed = true
        else if (this.owed) this.turns.enqueue(this)
        this.owed = false
        return decision === 'reset' ? ctx.reset : ctx.stop
      },
    }) as NactRef
  }

  wake(): void {
    this.turns.enqueue(this)
  }

  run(): void {
    if (this.isClosed()) return
    if (this.faulty) {
      this.owed = true
      return
    }
    try {
      this.turn()
    } catch (error) {
      this.faulty = true
      // Who was closed within this very turn has no supervisor any more, but its fault is still told.
      if (this.isClosed()) this.failed(error)
      else nact.dispatch(this.supervisor, { error })
    }
  }

  close(): void {
    this.closed = true
    nact.stop(this.supervisor)
  }

  // The turn may close its own place, which the compiler cannot see.
  private isClosed(): boolean {
    return this.closed
  }
}
