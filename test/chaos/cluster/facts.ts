/** Facts: what the agents have written down of each launch, and what was heard, found by id. */
import type { StatusUpdate } from '../../../actors/protocol/task.js'
import type { Evidence } from './evidence.js'

export interface Launch {
  readonly launchId: string
  readonly agent: string
  readonly frameworkId: string
  readonly taskId: string
  /** As they were queued on disk. */
  readonly updates: StatusUpdate[]
}

export interface Facts {
  /** By launch id: one, unless something is wrong. */
  readonly launches: ReadonlyMap<string, readonly Launch[]>
  /** Taken and over, as journals that were shortened say. */
  readonly remembered: ReadonlySet<string>
  readonly byTask: ReadonlyMap<string, readonly Launch[]>
  /** Tasks of which any author has heard more than that nobody knows them. */
  readonly heard: ReadonlySet<string>
}

/** Task ids are taken to be unique among all frameworks, which is for whoever makes the load to see to. */
export function factsOf({ agents, frameworks }: Evidence): Facts {
  const launches = new Map<string, Launch[]>()
  const remembered = new Set<string>()
  for (const { name: agent, journal } of agents) {
    const own = new Map<string, Launch>()
    for (const entry of journal) {
      if (entry.type === 'launches-remembered') for (const launchId of entry.launchIds) remembered.add(launchId)
      if (entry.type === 'launch-admitted' || entry.type === 'task-remembered') {
        const { launchId, frameworkId, task: { taskId } } = entry
        const launch: Launch = { launchId, agent, frameworkId, taskId, updates: [] }
        own.set(launchId, launch)
        launches.set(launchId, [...launches.get(launchId) ?? [], launch])
      }
      if (entry.type === 'update-queued') own.get(entry.update.launchId ?? '')?.updates.push(entry.update)
    }
  }
  const byTask = new Map<string, Launch[]>()
  for (const launch of [...launches.values()].flat()) {
    byTask.set(launch.taskId, [...byTask.get(launch.taskId) ?? [], launch])
  }
  const heard = new Set(frameworks.flatMap(({ events }) => events.flatMap((event) =>
    event.event === 'updated' && event.update.state !== 'UNKNOWN' ? [event.update.taskId ?? ''] : [])))
  return { launches, remembered, byTask, heard }
}

