/**
 * Meter: told how long behaviours take. Unlike traces it makes nothing of a message, and it can be put in and taken
 * out while the node runs: without one, a message costs one check.
 */
import type { Ref } from './address.js'

/** Must not throw. */
export interface Meter {
  processed(actor: Ref<never>, durationMs: number): void
}
