/**
 * Model: where everything of a sequence diagram lies. Time runs down: every sending, arrival and end has its
 * place in the order of time, and a pause between two adds room, but little of it, so that a quiet minute
 * takes less of the page than a busy second. Pure.
 */
import type { Gap } from '../leader-change.js'
import type { MarkedGap } from './gaps.js'
import { arrivedMs, type Arrow, type Restart, type Sequence } from '../../trace/sequence.js'
import { collapsed } from './repeats.js'

export const LANE_PX = 148
export const LEFT_PX = 84
const STEP_PX = 15
const END_PX = 5
const BAND_PX = 30
const PAUSE_PX_MAX = 34

export interface DrawnLane {
  readonly id: string
  readonly node: string
  readonly label: string
  readonly isFolded: boolean
}

export interface Drawn {
  readonly arrow: Arrow
  /** How often what begins here came again. */
  readonly times: number
  /** Index of a lane; undefined for what came from nowhere, such as a timer. */
  readonly from: number | undefined
  readonly to: number
  readonly top: number
  readonly arrival: number
  readonly end: number
}

export interface Diagram {
  readonly lanes: readonly DrawnLane[]
  readonly drawn: readonly Drawn[]
  readonly restarts: readonly { readonly restart: Restart; readonly lane: number; readonly y: number }[]
  readonly bands: readonly Band[]
  readonly height: number
  readonly width: number
  /** Whole seconds and the like: for the scale at the left. */
  readonly times: readonly { readonly atMs: number; readonly y: number }[]
}

/** A time in which nobody was listened to, as a band across all lanes. */
export interface Band {
  readonly gap: Gap
  readonly text: string
  readonly top: number
  readonly bottom: number
}

export interface View {
  readonly folded: ReadonlySet<string>
  readonly collapse: boolean
  readonly gaps?: readonly MarkedGap[]
}

export function diagramOf(sequence: Sequence, { folded, collapse, gaps = [] }: View): Diagram {
  const lanes = lanesOf(sequence, folded)
  const index = new Map(lanes.map(({ id }, at) => [id, at]))
  const laneOf = (id: string): number => index.get(id) ?? index.get(`${id.slice(0, id.indexOf('/'))}/*`) ?? 0
  const kept = collapse ? collapsed(sequence.arrows) : sequence.arrows.map((arrow) => ({ arrow, times: 1 }))
  const marks: { readonly atMs: number; readonly of: number; readonly part: 0 | 1 | 2 }[] = []
  kept.forEach(({ arrow }, of) => {
    const arrival = arrivedMs(arrow)
    if (arrow.from !== undefined) marks.push({ atMs: Math.min(arrow.sentMs ?? arrival, arrival), of, part: 0 })
    marks.push({ atMs: arrival, of, part: 1 })
    if (arrow.processedMs !== undefined) marks.push({ atMs: Math.max(arrow.processedMs, arrival), of, part: 2 })
  })
  gaps.forEach(({ gap: { fromMs, untilMs } }, index) => {
    const of = kept.length + index
    marks.push({ atMs: fromMs, of, part: 0 }, { atMs: Math.max(fromMs, untilMs), of, part: 1 })
  })
  marks.sort((left, right) => left.atMs - right.atMs || left.of - right.of || left.part - right.part)
  const places = [...kept, ...gaps].map(() => [0, 0, 0])
  const times: { atMs: number; y: number }[] = []
  let [y, before] = [STEP_PX, marks[0]?.atMs ?? 0]
  for (const { atMs, of, part } of marks) {
    // Room for the words of a band.
    const step = of >= kept.length && part === 1 ? BAND_PX : part === 2 ? END_PX : STEP_PX
    y += step + Math.min(PAUSE_PX_MAX, Math.log2(1 + (atMs - before)) * 4)
    before = atMs
    const place = places[of]
    if (place) place[part] = y
    times.push({ atMs, y })
  }
  const drawn = kept.map(({ arrow, times: count }, at): Drawn => {
    const [top = 0, arrival = 0, end = 0] = places[at] ?? []
    return {
      arrow,
      times: count,
      from: arrow.from === undefined ? undefined : laneOf(arrow.from),
      to: laneOf(arrow.to),
      top: arrow.from === undefined ? arrival : top,
      arrival,
      end: Math.max(end, arrival + 3),
    }
  })
  const restarts = sequence.restarts.map((restart) => ({
    restart,
    lane: laneOf(restart.lane),
    y: yAt(times, restart.atMs),
  }))
  const bands = gaps.map(({ gap, text }, index): Band => {
    const [top = 0, bottom = 0] = places[kept.length + index] ?? []
    return { gap, text, top, bottom }
  })
  return { lanes, drawn, restarts, bands, height: y + STEP_PX * 3, width: LEFT_PX + lanes.length * LANE_PX, times }
}

/** Where a time lies. */
export function yAt(times: Diagram['times'], atMs: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle]?.atMs ?? 0) < atMs) low = middle + 1
    else high = middle
  }
  return (times[low] ?? times.at(-1))?.y ?? 0
}

export const laneX = (lane: number): number => LEFT_PX + lane * LANE_PX + LANE_PX / 2

function lanesOf({ lanes }: Sequence, folded: ReadonlySet<string>): DrawnLane[] {
  const drawn: DrawnLane[] = []
  const seen = new Set<string>()
  for (const { id, node, path } of lanes) {
    if (!folded.has(node)) drawn.push({ id, node, label: path, isFolded: false })
    else if (!seen.has(node)) {
      drawn.push({ id: `${node}/*`, node, label: 'all actors', isFolded: true })
      seen.add(node)
    }
  }
  return drawn
}
