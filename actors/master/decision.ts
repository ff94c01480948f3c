/**
 * Decision: what the master makes of one message, as plain data.
 *
 * A decision is computed by a pure function of what the master knows (`Knowledge`) and changes nothing
 * itself. The master applies its records to the cluster and its changes to the present at once, tells
 * the allocator, and lets the effects out once the log has committed the records.
 */
import type { Ref } from '../../runtime/address.js'
import type { AllocatorCall } from '../protocol/allocator.js'
import type { LogRecord } from '../protocol/log.js'
import type { Cluster } from './cluster.js'
import type { PresentChange } from './present-change.js'
import type { Present } from './present.js'

/** All that a decision may depend on. */
export interface Knowledge {
  readonly cluster: Cluster
  readonly present: Present
  /** Wall-clock milliseconds. */
  readonly now: number
  /** False when this master only follows, and knows of nobody's presence. */
  readonly leading: boolean
}

/** A message for the outside. */
export interface Effect {
  readonly to: Ref<never>
  readonly message: { readonly type: string }
}

export interface Decision {
  readonly records: readonly LogRecord[]
  readonly changes: readonly PresentChange[]
  readonly allocator: readonly AllocatorCall[]
  readonly effects: readonly Effect[]
  /**
   * The effects say that there is something not: so does a leader that has been replaced and does not know it yet.
   * They wait for the log to bring back a word of this master's, also when there are no records.
   */
  readonly barrier: boolean
}

export const NOTHING: Decision = { records: [], changes: [], allocator: [], effects: [], barrier: false }

export const decision = (parts: Partial<Decision>): Decision => ({ ...NOTHING, ...parts })

/** An effect whose message the receiver is known to accept; nothing when there is no receiver. */
export function tell<M extends { readonly type: string }>(to: Ref<M> | undefined, message: NoInfer<M>): Effect[] {
  return to === undefined ? [] : [{ to: to as Ref<never>, message }]
}

/** One after the other; later parts were decided without seeing earlier ones. */
export function combine(decisions: readonly Decision[]): Decision {
  if (decisions.length === 1) return decisions[0] as Decision
  return {
    records: decisions.flatMap((each) => each.records),
    changes: decisions.flatMap((each) => each.changes),
    allocator: decisions.flatMap((each) => each.allocator),
    effects: decisions.flatMap((each) => each.effects),
    barrier: decisions.some((each) => each.barrier),
  }
}
