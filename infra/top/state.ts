/** State: what `warren top` knows of a cluster, folded from what the masters tell. Pure. */
import type { AgentView, FrameworkView, OverviewView } from '../../actors/protocol/operator.js'
import type { OwnFigures } from '../http/live.js'
import type { Rates } from '../http/touched.js'

export interface Pulse {
  readonly atMs: number
  /** Of the second before. */
  readonly rates: Rates
  readonly own: OwnFigures
}

export interface TopState {
  readonly overview: OverviewView | undefined
  /** Their names; the leader among them. */
  readonly masters: readonly string[]
  readonly agents: ReadonlyMap<string, AgentView>
  readonly frameworks: ReadonlyMap<string, FrameworkView>
  readonly pulses: readonly Pulse[]
  /** Why nothing new comes, while nothing does. */
  readonly problem: string | undefined
}

export const LISTS = ['agents', 'frameworks'] as const
export type ListName = (typeof LISTS)[number]
type Row = AgentView | FrameworkView

export type TopEvent =
  | { readonly type: 'overview'; readonly overview: OverviewView }
  | { readonly type: 'masters'; readonly masters: readonly string[] }
  | { readonly type: 'pulse'; readonly pulse: Pulse }
  /** A list as a whole. */
  | { readonly type: 'list'; readonly what: ListName; readonly rows: readonly Row[] }
  /** What of a list has changed. */
  | { readonly type: 'rows'; readonly what: ListName; readonly rows: readonly Row[]; readonly gone: readonly string[] }
  | { readonly type: 'lost'; readonly problem: string }

/** Of a minute: who looks wants to know of what has got worse in it. */
export const PULSES_KEPT = 61
/** Over which rates are taken. */
const RATE_PULSES = 6

export const NOTHING_YET: TopState = {
  overview: undefined, masters: [], agents: new Map(), frameworks: new Map(), pulses: [], problem: undefined,
}

export function fold(state: TopState, event: TopEvent): TopState {
  switch (event.type) {
    case 'overview': return { ...state, overview: event.overview, problem: undefined }
    case 'masters': return { ...state, masters: [...event.masters].sort() }
    case 'pulse': return { ...state, pulses: [...state.pulses, event.pulse].slice(-PULSES_KEPT), problem: undefined }
    case 'list': return { ...state, [event.what]: new Map(event.rows.map((row) => [row.id, row])) }
    case 'rows': {
      const rows = new Map<string, Row>(state[event.what])
      for (const id of event.gone) rows.delete(id)
      for (const row of event.rows) rows.set(row.id, row)
      return { ...state, [event.what]: rows }
    }
    // Numbers that were true a second ago stay; how often something happens is not known any more.
    case 'lost': return { ...state, problem: event.problem, pulses: [] }
  }
}

/** A second's, over the last few; undefined before there are two pulses. */
export function ratesPerSecond({ pulses }: TopState): Rates | undefined {
  const [first, ...others] = pulses.slice(-RATE_PULSES)
  const seconds = first && others.length > 0 ? ((others.at(-1)?.atMs ?? 0) - first.atMs) / 1_000 : 0
  if (seconds <= 0) return undefined
  const sum = (of: keyof Rates): number => others.reduce((total, { rates }) => total + rates[of], 0) / seconds
  return {
    launched: sum('launched'), ended: sum('ended'), offered: sum('offered'), accepted: sum('accepted'),
    declined: sum('declined'),
  }
}
