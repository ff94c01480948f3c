/**
 * Usage: measures the machine while somebody looks, and only then.
 *
 * What is busy is a difference between two moments. So the last sample is kept for whoever asks again; after
 * a pause nobody wants to know what was the average since, and two new ones are taken. However many ask,
 * the machine is looked at once a second at the most.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { MachineUsage, UsageEvent, UsageRequest } from '../../actors/protocol/usage.js'
import type { Ref } from '../../runtime/address.js'
import { reasonOf } from '../disk/reason.js'
import { probeBusyness, type Busyness } from '../probe.js'
import { processUses, type ProcessUse } from '../process-table.js'
import { usagesOf, usesOf, type LaunchUse } from './launch-use.js'

export const MEASURE_INTERVAL_MS = 1_000
/** After this an earlier sample is not gone on from. */
export const SAMPLE_KEPT_MS = 30_000
const FIRST_INTERVAL_MS = 500
/** On a machine with more processes nobody is told what each launch uses. */
const PROCESSES_MAX = 50_000

export interface UsageOptions {
  readonly workDir: string
  /** The launches that run, by their process groups. */
  readonly groups: () => ReadonlyMap<number, string>
  readonly tell: (to: Ref<UsageEvent>, event: UsageEvent) => void
  /** The machine itself unless given. */
  readonly busyness?: (workDir: string) => Promise<Busyness>
  readonly processes?: (processesMax: number) => Promise<readonly ProcessUse[] | undefined>
  readonly pause?: (ms: number) => Promise<unknown>
  readonly now?: () => number
}

interface Sample {
  readonly atMs: number
  readonly busyness: Busyness
  readonly uses: ReadonlyMap<string, LaunchUse> | undefined
}

interface Measured {
  readonly atMs: number
  readonly usage: MachineUsage
}

export class Usage {
  private readonly options: Required<UsageOptions>
  private sample: Sample | undefined
  /** What was measured last, or is being measured: with what launches use, or without. */
  private last: { readonly launches: boolean; readonly measured: Promise<Measured> } | undefined
  private isOver = false

  constructor(options: UsageOptions) {
    const now = () => performance.now()
    this.options = { busyness: probeBusyness, processes: processUses, pause, now, ...options }
  }

  /** Answers by `tell`, later. Never throws. */
  request({ requestId, launches, replyTo }: UsageRequest): void {
    const { tell } = this.options
    this.measured(launches).then(
      ({ usage }) => {
        const { launches: _, ...brief } = usage
        if (!this.isOver) tell(replyTo, { type: 'measured', requestId, usage: launches ? usage : brief })
      },
      (error: unknown) => {
        if (!this.isOver) tell(replyTo, { type: 'measured', requestId, problem: reasonOf(error) })
      },
    )
  }

  /** Leaves all requests without an answer. */
  close(): void {
    this.isOver = true
  }

  private async measured(launches: boolean): Promise<Measured> {
    const { last } = this
    const known = await last?.measured.catch(() => undefined)
    const isFresh = known !== undefined && this.options.now() - known.atMs < MEASURE_INTERVAL_MS
    if (last && known && isFresh && (last.launches || !launches)) return known
    // Somebody else may have begun meanwhile.
    if (this.last !== last) return this.measured(launches)
    const next = { launches, measured: this.measure(launches) }
    this.last = next
    return next.measured
  }

  private async measure(launches: boolean): Promise<Measured> {
    const { sample: kept, options: { now } } = this
    const isKept = kept !== undefined && now() - kept.atMs < SAMPLE_KEPT_MS && (kept.uses !== undefined || !launches)
    const before = isKept ? kept : await this.take(launches)
    if (!isKept) await this.options.pause(FIRST_INTERVAL_MS)
    const after = await this.take(launches)
    this.sample = after
    const { loads: [load1, load5, load15], ...busyness } = after.busyness
    const overMs = Math.max(0, Math.round(after.atMs - before.atMs))
    const told = after.uses && before.uses ? { launches: usagesOf(after.uses, before.uses, overMs) } : {}
    return { atMs: after.atMs, usage: { ...busyness, overMs, load1, load5, load15, ...told } }
  }

  private async take(launches: boolean): Promise<Sample> {
    const { busyness, workDir, processes, groups, now } = this.options
    const atMs = now()
    const table = launches ? await processes(PROCESSES_MAX) : undefined
    return { atMs, uses: table && usesOf(table, groups()), busyness: await busyness(workDir) }
  }
}
