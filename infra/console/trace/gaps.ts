/** Gaps: what is said of the times in which nobody was listened to, and where they stand among messages. Pure. */
import type { HopRecord } from '../../trace/hop-record.js'
import { gapText, type Gap } from '../leader-change.js'

export interface MarkedGap {
  readonly gap: Gap
  readonly text: string
}

/** With what the nodes have told afterwards of that time. */
export function markedGaps(gaps: readonly Gap[], hops: readonly HopRecord[]): readonly MarkedGap[] {
  return gaps.map((gap) => {
    const { fromMs, untilMs } = gap
    const told = hops.reduce((count, { atMs }) => count + (atMs > fromMs && atMs < untilMs ? 1 : 0), 0)
    return { gap, text: gapText(gap, told) }
  })
}
