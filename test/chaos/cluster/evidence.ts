/**
 * Evidence: what is known of a cluster once it is at rest, from those who cannot be mistaken: the agents' disks,
 * the tasks themselves, and what the schedulers' authors have heard. Plain data, for the checker.
 */
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { StatusUpdate } from '../../../actors/protocol/task.js'
import type { Resources } from '../../../actors/resources/resources.js'

/** A step of a scheduler's, written down before anything followed from it. */
export type HistoryEvent = {
  /** Of its process; each that is started after a kill is another. */
  readonly life: number
  readonly atMs: number
} & (
  | { readonly event: 'subscribed'; readonly frameworkId: string }
  | { readonly event: 'accepted' | 'killed'; readonly taskId: string }
  | { readonly event: 'updated'; readonly update: HeardUpdate }
  | { readonly event: 'disconnected' }
  | { readonly event: 'refused'; readonly problem: string }
)
export type HeardUpdate = Pick<StatusUpdate, 'state' | 'source'>
  & Partial<Record<'taskId' | 'launchId' | 'updateId' | 'reason' | 'text', string>>

export interface FrameworkEvidence {
  readonly name: string
  readonly events: readonly HistoryEvent[]
}

/** A launch of which a process has begun. */
export interface Run {
  readonly launchId: string
  /** One for each time that its command said that it begins. */
  readonly begunMs: readonly number[]
  /** When its shim wrote down how it ended. */
  readonly endedMs: number | undefined
}

export interface AgentEvidence {
  readonly name: string
  readonly total: Resources
  readonly journal: readonly JournalEntry[]
  readonly runs: readonly Run[]
  /** The epochs of the masters that took it on, in order, by life of its process. */
  readonly epochs: readonly (readonly number[])[]
}

export interface MasterEvidence {
  readonly name: string
  /** What it believes, of all that masters must agree about. */
  readonly belief: Readonly<Record<string, unknown>>
}

export interface Evidence {
  readonly agents: readonly AgentEvidence[]
  readonly frameworks: readonly FrameworkEvidence[]
  readonly masters: readonly MasterEvidence[]
}

/** An invariant that was broken, in words. */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'liveness'
  readonly what: string
}
