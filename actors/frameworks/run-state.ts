/** Run state: what a run is asked for, what it tells, and what it knows. */
import type { Ref } from '../../runtime/address.js'
import type { StatusUpdate } from '../protocol/task.js'
import type { Resources } from '../resources/resources.js'
import type { Command } from '../scheduler/task.js'
import type { FullAgents } from './full-agents.js'
import type { OutputReading, StreamName } from './output-reading.js'
import type { Patience, Waiting } from './patience.js'

export interface RunOptions {
  readonly name: string
  readonly command: Command
  readonly resources: Resources
  /** How many ports it needs; which ones they are it finds in PORT0, PORT1 … */
  readonly ports: number
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** Who is told what happens. */
  readonly user: Ref<RunEvent>
}

export type RunEvent =
  | { readonly type: 'waiting'; readonly waiting: Waiting }
  | { readonly type: 'disconnected' }
  | { readonly type: 'launched'; readonly taskId: string; readonly hostname: string }
  /** Answered by `written`; nothing more of the stream comes before. */
  | { readonly type: 'output'; readonly stream: StreamName; readonly data: Uint8Array }
  | { readonly type: 'output-lost'; readonly stream: StreamName; readonly problem: string }
  /** It is over, and so is its output. */
  | { readonly type: 'ended'; readonly update: StatusUpdate }
  /** It never began, or nobody knows of it: cancelled, too large for every agent, no master for too long. */
  | { readonly type: 'not-begun'; readonly problem?: string; readonly noMaster?: true }

export type RunOrder =
  | { readonly type: 'written'; readonly stream: StreamName }
  /** Nobody reads this stream any more. */
  | { readonly type: 'closed'; readonly stream: StreamName }
  | { readonly type: 'kill' }

export interface State {
  phase: 'waiting' | 'launched' | 'over'
  /** All of them; the last one names the task. */
  launches: number
  /** Launches that came to nothing, although nobody said that there was no room. */
  failedLaunches: number
  taskId: string
  readonly patience: Patience
  readonly full: FullAgents
  reading: OutputReading | undefined
  readonly closed: Set<StreamName>
  isKilled: boolean
  end: StatusUpdate | undefined
  tries: number
}
