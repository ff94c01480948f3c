/**
 * Diagram: a sequence as lanes and arrows, of which the part in sight is drawn. A click chooses a message, and
 * so do j and k; what is chosen is said aloud, and the same messages can be read as a list.
 */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Arrow } from '../../trace/sequence.js'
import { onTableKey } from '../shortcuts.js'
import { themeVersion } from '../theme.js'
import { draw } from './draw.js'
import { blocksOf, inWindow } from './in-window.js'
import { LANE_PX, laneX, LEFT_PX, yAt, type Diagram, type Drawn } from './model.js'

interface DiagramProps {
  readonly diagram: Diagram
  readonly chosen: string | undefined
  readonly choose: (arrow: Arrow | undefined) => void
  readonly fold: (node: string) => void
  /** Whether the newest is kept in sight. */
  readonly isFollowing: boolean
  readonly leave: () => void
  /** The time to bring into sight. */
  readonly scrubbedMs: number | undefined
}

const NEAR_PX = 9

export function SequenceDiagram(props: DiagramProps) {
  const { diagram, chosen, choose, fold, isFollowing, leave, scrubbedMs } = props
  const [frame, canvas] = [useRef<HTMLDivElement>(null), useRef<HTMLCanvasElement>(null)]
  const blocks = useMemo(() => blocksOf(diagram.drawn), [diagram])
  const version = themeVersion.value
  const own = useRef(false)
  useEffect(() => {
    const [place, sheet] = [frame.current, canvas.current]
    if (!place || !sheet) return undefined
    let waiting = 0
    const paint = () => {
      waiting = 0
      const [width, height] = [place.clientWidth, place.clientHeight - HEAD_PX]
      Object.assign(sheet.style, { width: `${width}px`, height: `${height}px` })
      draw(sheet, diagram, blocks, { left: place.scrollLeft, top: place.scrollTop, width, height }, chosen)
    }
    const soon = () => { waiting ||= requestAnimationFrame(paint) }
    const scrolled = () => {
      if (!own.current && place.scrollTop + place.clientHeight < place.scrollHeight - 40) leave()
      own.current = false
      soon()
    }
    paint()
    place.addEventListener('scroll', scrolled, { passive: true })
    const observer = new ResizeObserver(soon)
    observer.observe(place)
    return () => {
      cancelAnimationFrame(waiting)
      place.removeEventListener('scroll', scrolled)
      observer.disconnect()
    }
  }, [diagram, chosen, version, leave])
  const bring = (y: number) => {
    const place = frame.current
    if (!place) return
    own.current = true
    place.scrollTop = y
  }
  useEffect(() => { if (isFollowing) bring(diagram.height) }, [diagram, isFollowing])
  useEffect(() => { if (scrubbedMs !== undefined) bring(yAt(diagram.times, scrubbedMs) - 60) }, [scrubbedMs])
  useEffect(() => onTableKey((key) => {
    if (key === 'open') return
    const at = diagram.drawn.findIndex(({ arrow }) => arrow.span === chosen)
    const next = diagram.drawn[Math.max(0, Math.min(diagram.drawn.length - 1, at + (key === 'down' ? 1 : -1)))]
    if (!next) return
    choose(next.arrow)
    const place = frame.current
    if (place && (next.top < place.scrollTop + 20 || next.end > place.scrollTop + place.clientHeight - HEAD_PX)) {
      bring(next.top - place.clientHeight / 2)
    }
  }), [diagram, chosen])
  const pick = (event: MouseEvent) => {
    const place = frame.current
    if (place) choose(nearest(inWindow(blocks, event.offsetY + place.scrollTop - 60, event.offsetY + place.scrollTop + 60),
      event.offsetX + place.scrollLeft, event.offsetY + place.scrollTop)?.arrow)
  }
  return (
    <div class="sequence" ref={frame} tabIndex={0} role="region" aria-label="Sequence diagram; the list shows the same messages">
      <div class="lanes" style={{ width: `${diagram.width}px` }}>
        {diagram.lanes.map(({ id, node, label, isFolded }, index) => (
          <button key={id} type="button" class="lane" title={`${id}: ${isFolded ? 'unfold' : 'fold'} this node`}
            aria-expanded={!isFolded} style={{ left: `${LEFT_PX + index * LANE_PX}px`, width: `${LANE_PX}px` }} onClick={() => fold(node)}>
            <span>{node}</span><b>{label}</b>
          </button>
        ))}
      </div>
      <div class="sheet" style={{ height: `${diagram.height}px`, width: `${diagram.width}px` }}>
        <canvas ref={canvas} onClick={pick} role="img" aria-label={`${diagram.drawn.length} messages among ${diagram.lanes.length} lanes`} />
      </div>
    </div>
  )
}

const HEAD_PX = 46

function nearest(drawn: readonly Drawn[], x: number, y: number): Drawn | undefined {
  let [found, least]: [Drawn | undefined, number] = [undefined, NEAR_PX]
  for (const each of drawn) {
    const distance = distanceTo(each, x, y)
    if (distance < least) [found, least] = [each, distance]
  }
  return found
}

/** From the line, its label above it, or its bar. */
function distanceTo({ from, to, top, arrival, end }: Drawn, x: number, y: number): number {
  const right = laneX(to)
  const left = from === undefined ? right - LANE_PX * 0.42 : from === to ? right + 60 : laneX(from)
  if (Math.abs(x - right) < NEAR_PX && y >= arrival && y <= end) return 1
  const [low, high] = [Math.min(left, right), Math.max(left, right)]
  if (x < low - 4 || x > high + 4) return Infinity
  const part = right === left ? 1 : (x - left) / (right - left)
  const at = from === to ? (top + arrival) / 2 : top + part * (arrival - top)
  return y < at ? Math.max(0, at - y - 8) : y - at
}
