/**
 * Process sink: hands hops to the parent process, for commands that watch the nodes which they started.
 *
 * A node finds it in its environment (`WARREN_HOPS=parent`), so that watching changes no command line.
 */
import type { Hop, TraceSink } from '../../runtime/hop.js'

export const HOPS_VARIABLE = 'WARREN_HOPS'

/** The sink that the environment asks for, if any. */
export function sinkOfEnvironment(): TraceSink | undefined {
  if (process.env[HOPS_VARIABLE] !== 'parent' || !process.send) return undefined
  return {
    hop(hop) {
      // A parent that has gone needs no hops; the node goes on without it.
      if (hop.kind === 'delivered' && process.connected) process.send?.({ hop }, () => undefined)
    },
  }
}

/** The hop in a message of a child process; undefined when it is something else. */
export function hopOf(message: unknown): Hop | undefined {
  return typeof message === 'object' && message !== null && 'hop' in message ? message.hop as Hop : undefined
}
