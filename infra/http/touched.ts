/** Touched: which rows of which lists look different after what has happened. Pure. */
import type { HistoryEntry, ViewName } from '../../actors/protocol/operator.js'
import { isTerminal } from '../../actors/protocol/task.js'

/** The ids of rows; `all` when they cannot be named. */
export type Touched = ReadonlyMap<ViewName, ReadonlySet<string> | 'all'>

/** More rows than this are read as a whole list anew. */
export const ROWS_NAMED_MAX = 5_000
/** Who comes and goes changes nothing of what anybody has. */
const PRESENCE = /^(agent|framework)-(dis)?connected$/

export function touchedBy(entries: readonly HistoryEntry[]): Touched {
  const touched = new Map<ViewName, Set<string> | 'all'>()
  const touch = (what: ViewName, id: string | undefined): void => {
    const ids = touched.get(what) ?? new Set<string>()
    if (ids === 'all') return
    if (id === undefined || ids.size >= ROWS_NAMED_MAX) touched.set(what, 'all')
    else touched.set(what, ids.add(id))
  }
  for (const { happening, launchId, agentId } of entries) {
    if (happening.type === 'framework-removed')
      for (const what of ['tasks', 'agents'] as const) touch(what, undefined)
    if ('frameworkId' in happening) touch('frameworks', happening.frameworkId)
    const agent =
      'offer' in happening ? happening.offer.agentId : 'agentId' in happening ? happening.agentId : agentId
    if (agent !== undefined) touch('agents', agent)
    const launch = 'launchId' in happening ? happening.launchId : launchId
    if (launch !== undefined) touch('tasks', launch)
    if ('offer' in happening) touch('offers', happening.offer.offerId)
    if (!PRESENCE.test(happening.type)) touch('roles', undefined)
  }
  return touched
}

export interface Rates {
  readonly launched: number
  readonly ended: number
  readonly offered: number
  readonly accepted: number
  readonly declined: number
}

/** How often what happened, among these. */
export function ratesOf(entries: readonly HistoryEntry[]): Rates {
  const count = (is: (entry: HistoryEntry['happening']) => boolean) =>
    entries.filter(({ happening }) => is(happening)).length
  const outcome = (of: string) => count((each) => each.type === 'offer-ended' && each.outcome === of)
  return {
    launched: count(({ type }) => type === 'task-launched'),
    ended: count((each) => each.type === 'task-changed' && isTerminal(each.state)),
    offered: count(({ type }) => type === 'offer-made'),
    accepted: outcome('accepted'),
    declined: outcome('declined'),
  }
}
