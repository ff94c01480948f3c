/** Leader change: what masters say of who leads, and how a change is told. Pure. */
import type { ClusterView } from '../../actors/protocol/operator.js'
import type { MasterView } from '../http/master-view.js'
import { clock, plural } from './format.js'

/** One leader has followed another. */
export interface Change {
  /** When the last was missed. */
  readonly fromMs: number
  /** When the next was found. */
  readonly untilMs: number
  readonly was: string
  readonly is: string
  readonly epoch: number
}

/** A time in which nothing was heard of what happens. */
export interface Gap {
  /** Of the last hop before. */
  readonly fromMs: number
  /** Of the first hop afterwards, or when somebody was listened to again. */
  readonly untilMs: number
  readonly was: string | undefined
  readonly is: string | undefined
}

export interface Heard {
  /** Who was asked; undefined for the one that the page came from. */
  readonly master: MasterView | undefined
  /** Undefined when there was no answer. */
  readonly cluster: ClusterView | undefined
}

/** Who leads, by what all say of themselves: of two the one of the newer epoch. */
export function outcomeOf(heard: readonly Heard[]): {
  readonly found: MasterView | undefined
  readonly leads: ClusterView | undefined
} {
  const leading = heard.filter(({ cluster }) => cluster?.leading)
  const [newest] = [...leading].sort((one, other) => (other.cluster?.epoch ?? 0) - (one.cluster?.epoch ?? 0))
  return { found: newest?.master, leads: newest?.cluster }
}

/**
 * `no hops seen from 12:00:01.200 to 12:00:02.900: leader m1 gone, m2 leads`
 * @param told hops of that time that nodes still had, and told afterwards
 */
export function gapText({ fromMs, untilMs, was, is }: Gap, told: number): string {
  const who =
    was !== undefined && was !== is
      ? `leader ${was} gone, ${is ?? 'another'} leads`
      : `the connection to ${is ?? 'the leader'} broke off`
  const later = told === 0 ? '' : `; other nodes told ${plural(told, 'hop')} of that time afterwards`
  return `no hops seen from ${clock(fromMs)} to ${clock(untilMs)}: ${who}${later}`
}

export const changeText = ({ fromMs, untilMs, was, is, epoch }: Change): string =>
  `${was} was gone at ${clock(fromMs)}; ${is} was found at ${clock(untilMs)}, in epoch ${epoch}`
