/**
 * Turns by nact: the only file that knows nact.
 *
 * nact gives sequential turns and the decision after a crash. Mailboxes, messages, timers and the tree
 * are the kernel's, so a nact message is only "take a turn", and all places lie side by side below the
 * root: nact copies an actor's children for each of its turns, and does not stop them with it. Of its
 * supervision nothing but `reset` and `stop` of the failed actor itself is ever answered: the others
 * can run handlers concurrently or wedge a child.
 */
import nact from 'nact'
import type { Place, Turns } from './turns.js'

type NactRef = nact.Ref<unknown>

export function nactTurns(name: string): Turns {
  // nact ignores a name given as a string; its typings do not know the object that it reads.
  const system = nact.start({ name } as never) as unknown as NactRef
  return {
    open: (parent, child, turn, failed) => new NactPlace(parent, child, turn, failed, system),
    close: () => nact.stop(system),
  }
}

class NactPlace implements Place {
  private readonly path: string
  private readonly ref: NactRef

  constructor(
    parent: Place | undefined, name: string, turn: () => void,
    failed: (error: unknown) => 'reset' | 'stop', system: NactRef,
  ) {
    // No actor's name has a comma in it, so no two paths are the same.
    this.path = parent instanceof NactPlace ? `${parent.path},${name}` : name
    const receive = () => {
      turn()
      return null
    }
    this.ref = nact.spawn(system, receive, this.path, {
      initialState: null,
      onCrash: (_message, error, ctx) => (failed(error) === 'reset' ? ctx.reset : ctx.stop),
    }) as NactRef
  }

  wake(): void {
    nact.dispatch(this.ref, null)
  }

  close(): void {
    nact.stop(this.ref)
  }
}
