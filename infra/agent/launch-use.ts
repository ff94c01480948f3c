/**
 * Launch use: what the processes of each launch use together. Pure.
 *
 * A process belongs to the launch of whose group it is, or an ancestor of it is: who makes a group of its own
 * is still the task's. Processor time counts what reaped children have used, so that short commands of a
 * long script are not missed; hence the sum over a launch only grows, and its growth is what was used.
 */
import type { LaunchId } from '../../actors/protocol/ids.js'
import { LAUNCHES_MEASURED_MAX, type LaunchUsage } from '../../actors/protocol/usage.js'
import { TICKS_PER_SECOND, type ProcessUse } from '../process-table.js'

export interface LaunchUse {
  readonly processes: number
  readonly memBytes: number
  readonly ticks: number
}

/** @param groups the launch of each process group */
export function usesOf(
  processes: readonly ProcessUse[], groups: ReadonlyMap<number, string>,
): ReadonlyMap<string, LaunchUse> {
  const byPid = new Map(processes.map((process) => [process.pid, process]))
  const known = new Map<number, string | undefined>()
  const launchOf = (process: ProcessUse | undefined): string | undefined => {
    if (process === undefined) return undefined
    if (known.has(process.pid)) return known.get(process.pid)
    // Set first: pids are used again, and a table that was read meanwhile might lead in a circle.
    known.set(process.pid, undefined)
    const launch = groups.get(process.group) ?? launchOf(byPid.get(process.parent))
    known.set(process.pid, launch)
    return launch
  }
  const uses = new Map<string, LaunchUse>()
  for (const process of processes) {
    const launch = launchOf(process)
    if (launch === undefined) continue
    const { processes: count, memBytes, ticks } = uses.get(launch) ?? { processes: 0, memBytes: 0, ticks: 0 }
    uses.set(launch, {
      processes: count + 1, memBytes: memBytes + process.memBytes, ticks: ticks + process.ticks,
    })
  }
  return uses
}

/** @param before what was used `overMs` earlier */
export function usagesOf(
  now: ReadonlyMap<string, LaunchUse>, before: ReadonlyMap<string, LaunchUse>, overMs: number,
): readonly LaunchUsage[] {
  return [...now]
    .map(([launchId, { processes, memBytes, ticks }]): LaunchUsage => {
      const then = before.get(launchId)
      const told = { launchId: launchId as LaunchId, processes, memBytes }
      if (then === undefined || overMs <= 0) return told
      return { ...told, cpus: Math.max(0, ticks - then.ticks) / TICKS_PER_SECOND / (overMs / 1_000) }
    })
    .sort((left, right) => (right.cpus ?? 0) - (left.cpus ?? 0) || right.memBytes - left.memBytes)
    .slice(0, LAUNCHES_MEASURED_MAX)
}
