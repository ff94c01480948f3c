/** View: how somebody looks at the cluster: what is sorted by what, and how far the list is scrolled. Pure. */
import type { AgentView, FrameworkView } from '../../actors/protocol/operator.js'
import { LISTS, type ListName } from './state.js'

export const SORTS = { c: 'cpus', m: 'mem', t: 'tasks', n: 'name', s: 'state' } as const
export type Sort = (typeof SORTS)[keyof typeof SORTS]

export interface View {
  readonly sort: Sort
  readonly reversed: boolean
  /** The list that is shown where there is room for one, and that is scrolled. */
  readonly focus: ListName
  readonly offset: number
}

export const FIRST_VIEW: View = { sort: 'cpus', reversed: false, focus: 'agents', offset: 0 }

const STEPS: ReadonlyMap<string, number> = new Map([
  ['j', 1], ['\u001b[B', 1], ['\u001bOB', 1], ['k', -1], ['\u001b[A', -1], ['\u001bOA', -1],
  ['\u001b[6~', 10], ['\u001b[5~', -10],
])
const ENDS = new Set(['q', 'Q', '\u0003', '\u0004'])

/** @param key as a terminal sends it */
export function onKey(view: View, key: string): View | 'quit' {
  if (ENDS.has(key)) return 'quit'
  if (key === '\t') return { ...view, focus: view.focus === LISTS[0] ? LISTS[1] : LISTS[0], offset: 0 }
  if (key === 'r') return { ...view, reversed: !view.reversed, offset: 0 }
  const step = STEPS.get(key)
  if (step !== undefined) return { ...view, offset: Math.max(0, view.offset + step) }
  const sort = Object.hasOwn(SORTS, key) ? SORTS[key as keyof typeof SORTS] : undefined
  return sort ? { ...view, sort, reversed: false, offset: 0 } : view
}

type Row = AgentView | FrameworkView

/** The most first, names and states by the alphabet; whoever is alike in order of ids, so that nothing jumps. */
export function sorted<R extends Row>(rows: Iterable<R>, { sort, reversed }: View): readonly R[] {
  const sign = reversed ? -1 : 1
  return [...rows].sort((left, right) => sign * compared(left, right, sort) || (left.id < right.id ? -1 : 1))
}

function compared(left: Row, right: Row, sort: Sort): number {
  switch (sort) {
    case 'cpus': case 'mem': return Number(right.used[sort] ?? 0) - Number(left.used[sort] ?? 0)
    case 'tasks': return right.tasks - left.tasks
    case 'name': return nameOf(left).localeCompare(nameOf(right))
    case 'state': return left.state.localeCompare(right.state)
  }
}

export const nameOf = (row: Row): string => ('hostname' in row ? row.name ?? row.hostname : row.name)
