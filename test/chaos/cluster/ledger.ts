/**
 * Ledger: whether an agent has ever held more than it has (I3), told twice over: by the order of its journal,
 * and by the clock, from when each process said that it begins until its end was written down.
 */
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import { isTerminal } from '../../../actors/protocol/task.js'
import { amountsOf } from '../../../actors/resources/amounts.js'
import { add, contains, type Resources, without } from '../../../actors/resources/resources.js'
import type { AgentEvidence, Violation } from './evidence.js'

interface Step {
  readonly type: 'takes' | 'frees'
  readonly launchId: string
}

export function overbooked(agent: AgentEvidence): Violation[] {
  const wanted = new Map(agent.journal.map(takenBy).filter((taken) => taken !== undefined))
  return [
    ...replay(agent, wanted, byJournal(agent), 'by its journal'),
    ...replay(agent, wanted, byClock(agent), 'by the clock'),
  ]
}

/** What an entry says to be held from then on: a task's resources, or those of an executor for itself. */
function takenBy(entry: JournalEntry): readonly [string, Resources] | undefined {
  if (isTaken(entry)) return [entry.launchId, entry.task.resources]
  return entry.type === 'executor-held' ? [entry.launchId, entry.resources] : undefined
}

type Taken = Extract<JournalEntry, { type: 'launch-admitted' | 'task-remembered' }>
const isTaken = (entry: JournalEntry): entry is Taken =>
  entry.type === 'launch-admitted' || entry.type === 'task-remembered'

/** A launch that was refused after it was written down has held nothing. */
function byJournal({ journal, runs }: AgentEvidence): Step[] {
  const ran = new Set(runs.map(({ launchId }) => launchId))
  for (const entry of journal) if (entry.type === 'executor-held') ran.add(entry.launchId)
  const steps = journal.flatMap((entry): Step[] => {
    const [launchId] = takenBy(entry) ?? []
    if (launchId !== undefined) return [{ type: 'takes', launchId }]
    if (entry.type === 'executor-dropped') return [{ type: 'frees', launchId: entry.launchId }]
    const ends = entry.type === 'update-queued' && isTerminal(entry.update.state)
    return ends ? [{ type: 'frees', launchId: entry.update.launchId ?? '' }] : []
  })
  return steps.filter(({ launchId }) => ran.has(launchId))
}

function byClock({ runs }: AgentEvidence): Step[] {
  const steps = runs.flatMap(({ launchId, begunMs: [atMs], endedMs = Infinity }) => {
    // Of one that was ended in the millisecond in which it began nobody can tell which came first.
    if (atMs === undefined || endedMs <= atMs) return []
    return [{ atMs, type: 'takes' as const, launchId }, { atMs: endedMs, type: 'frees' as const, launchId }]
  })
  // What ends in the same millisecond in which another begins may have ended before.
  return steps.sort((a, b) => a.atMs - b.atMs || a.type.localeCompare(b.type))
}

function replay(
  { name, total }: AgentEvidence, wanted: ReadonlyMap<string, Resources>, steps: readonly Step[], how: string,
): Violation[] {
  const violations: Violation[] = []
  const holding = new Map<string, Resources>()
  let left = total
  for (const { type, launchId } of steps) {
    const resources = wanted.get(launchId)
    const held = holding.get(launchId)
    if (type === 'frees' && held && holding.delete(launchId)) left = add(left, held)
    if (type === 'frees' || held || !resources) continue
    if (!contains(left, resources)) {
      const others = [...holding.keys()].join(', ')
      const what = `${name} ran ${launchId} (${JSON.stringify(amountsOf(resources))}) beside ${others} with only `
        + `${JSON.stringify(amountsOf(left))} left, ${how}`
      violations.push({ invariant: 'I3', what })
      continue
    }
    holding.set(launchId, resources)
    left = without(left, resources)
  }
  return violations
}
