/**
 * Turns by nact: the only file that knows nact.
 *
 * nact gives places in a tree, sequential turns and the decision after a crash. Mailboxes, messages and
 * timers are the kernel's, so a nact message is only "take a turn". Of nact's supervision nothing but
 * `reset` and `stop` of the failed actor itself is ever answered: the others can run handlers
 * concurrently or wedge a child. Children are closed by the kernel, leaves first.
 */
import nact from 'nact'
import type { Place, Turns } from './turns.js'

type NactRef = nact.Ref<unknown>

export function nactTurns(name: string): Turns {
  // nact ignores a name given as a string; its typings do not know the object that it reads.
  const system = nact.start({ name } as never) as unknown as NactRef
  return { open: (parent, child, turn, failed) => new NactPlace(parent, child, turn, failed, system) }
}

class NactPlace implements Place {
  private readonly ref: NactRef

  constructor(
    parent: Place | undefined, name: string, turn: () => void,
    failed: (error: unknown) => 'reset' | 'stop', system: NactRef,
  ) {
    const above = parent instanceof NactPlace ? parent.ref : system
    const receive = () => {
      turn()
      return null
    }
    this.ref = nact.spawn(above, receive, name, {
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
