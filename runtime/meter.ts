/**
 * Meter: told how long behaviours take. Unlike traces it makes nothing of a message, and it can be put in and taken
 * out while the node runs: without one, a message costs one check.
 */
import type { Ref } from './address.js'
import type { TraceContext } from './trace.js'

/** Must not throw. */
export interface Meter {
  /** @param trace of a message whose hops are recorded, so that somebody can look at it */
  processed(actor: Ref<never>, durationMs: number, trace?: TraceContext): void
}
