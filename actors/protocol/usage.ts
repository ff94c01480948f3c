/**
 * Usage: how much of a machine is in use at this moment, by whom, as its agent measures it when somebody asks.
 * It is no account: what is allocated is in the master's books, and this is what became of it.
 */
import { list, natural, optional, real, record, type Infer } from '../../runtime/schema.js'
import type { Ref } from '../../runtime/address.js'
import { launchId } from './ids.js'

/** Of how many launches the use is told; those that use most come first. */
export const LAUNCHES_MEASURED_MAX = 1_000

export const launchUsage = record({
  /** Of a custom executor, that of its process. */
  launchId,
  processes: natural,
  memBytes: natural,
  /** Processors kept busy; not known before it was seen twice. */
  cpus: optional(real),
})
export type LaunchUsage = Infer<typeof launchUsage>

export const machineUsage = record({
  cpus: natural,
  /** Processors kept busy, of `cpus`, over the time `overMs`. */
  cpusUsed: real,
  overMs: natural,
  memBytes: natural,
  memUsedBytes: natural,
  /** Of the file system of its work directory. */
  diskBytes: natural,
  diskUsedBytes: natural,
  /** How many processes were running or waiting for a processor, over 1, 5 and 15 minutes. */
  load1: real,
  load5: real,
  load15: real,
  /** Only when it was asked for. */
  launches: optional(list(launchUsage, LAUNCHES_MEASURED_MAX)),
})
export type MachineUsage = Infer<typeof machineUsage>

/** Usage port: measures this machine. */
export interface UsageRequest {
  readonly type: 'measure'
  /** Also what each launch uses; that costs a look at every process of the machine. */
  readonly launches: boolean
  /** Comes back in the answer. */
  readonly requestId: string
  readonly replyTo: Ref<UsageEvent>
}

/** One of the two is there. */
export interface UsageEvent {
  readonly type: 'measured'
  readonly requestId: string
  readonly usage?: MachineUsage
  readonly problem?: string
}
