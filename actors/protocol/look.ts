/**
 * Look: what the HTTP interface asks of the master, and only an agent knows: what tasks write and leave behind, and
 * how busy its machine is.
 * Within one node, so nothing is declared.
 */
import type { Ref } from '../../runtime/address.js'
import type { FileEntry, FileRefusal } from './files.js'
import type { AgentId, LaunchId } from './ids.js'
import type { MachineUsage } from './usage.js'

/** Files without a launch are those of all of the agent's. */
export type OperatorLook =
  | {
      readonly type: 'operator-list-files'
      readonly agentId: AgentId
      readonly launchId?: LaunchId
      readonly path: string
      readonly after?: string
      readonly entriesMax: number
      readonly replyTo: Ref<OperatorFiles>
    }
  | {
      readonly type: 'operator-read-file'
      readonly agentId: AgentId
      readonly launchId?: LaunchId
      readonly path: string
      readonly offset: number
      readonly bytesMax: number
      readonly follow: boolean
      readonly replyTo: Ref<OperatorRead>
    }
  | {
      readonly type: 'operator-measure'
      readonly agentId: AgentId
      /** Also what each launch uses. */
      readonly launches: boolean
      readonly replyTo: Ref<OperatorUsage>
    }

/** Answers `operator-read` and `operator-read-file`. */
export interface OperatorRead {
  readonly type: 'output'
  readonly data: Uint8Array
  readonly offset: number
  readonly end: boolean
  /** Of the whole file. */
  readonly size?: number
  readonly problem?: string
  readonly refusal?: FileRefusal
}

/** Answers `operator-list-files`. */
export interface OperatorFiles {
  readonly type: 'files'
  readonly entries: readonly FileEntry[]
  readonly next?: string
  readonly problem?: string
  readonly refusal?: FileRefusal
}

/** Answers `operator-measure`: one of the two is there. */
export interface OperatorUsage {
  readonly type: 'usage'
  readonly usage?: MachineUsage
  readonly problem?: string
}
