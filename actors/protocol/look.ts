/**
 * Look: what the HTTP interface asks of the master, and only an agent knows: what tasks write, and leave behind.
 * Within one node, so nothing is declared.
 */
import type { Ref } from '../../runtime/address.js'
import type { FileEntry, FileRefusal } from './files.js'
import type { AgentId, LaunchId } from './ids.js'

/** Without a launch it is asked about all of the agent's. */
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
