/**
 * Diagram: a sequence as lanes and arrows, of which the part in sight is drawn. A click chooses a message, and
 * so do j and k; what is chosen is said aloud, and the same messages can be read as a list.
 */
import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Arrow } from '../../trace/sequence.js'
import { onTableKey } from '../shortcuts.js'
import { blocksOf, inWindow } from './in-window.js'
import { LANE_PX, LEFT_PX, yAt, type Diagram } from './model.js'
import { nearest } from './nearest.js'
import { HEAD_PX, usePainting } from './painting.js'

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

export function SequenceDiagram(props: DiagramProps) {
  const { diagram, chosen, choose, fold, isFollowing, leave, scrubbedMs } = props
  const [frame, canvas] = [useRef<HTMLDivElement>(null), useRef<HTMLCanvasElement>(null)]
  const blocks = useMemo(() => blocksOf(diagram.drawn), [diagram])
  const bring = usePainting(frame, canvas, { diagram, blocks, chosen, leave })
  useEffect(() => {
    if (isFollowing) bring(diagram.height)
  }, [diagram, isFollowing])
  useEffect(() => {
    if (scrubbedMs !== undefined) bring(yAt(diagram.times, scrubbedMs) - 60)
  }, [scrubbedMs])
  useKeys(frame, props, bring)
  const pick = (event: MouseEvent) => {
    const place = frame.current
    if (!place) return
    const [x, y] = [event.offsetX + place.scrollLeft, event.offsetY + place.scrollTop]
    choose(nearest(inWindow(blocks, y - 60, y + 60), x, y)?.arrow)
  }
  return (
    <div
      class="sequence"
      ref={frame}
      tabIndex={0}
      role="region"
      aria-label="Sequence diagram; the list shows the same messages"
    >
      <div class="lanes" style={{ width: `${diagram.width}px` }}>
        {diagram.lanes.map(({ id, node, label, isFolded }, index) => (
          <button
            key={id}
            type="button"
            class="lane"
            title={`${id}: ${isFolded ? 'unfold' : 'fold'} this node`}
            aria-expanded={!isFolded}
            style={{ left: `${LEFT_PX + index * LANE_PX}px`, width: `${LANE_PX}px` }}
            onClick={() => fold(node)}
          >
            <span>{node}</span>
            <b>{label}</b>
          </button>
        ))}
      </div>
      <div class="sheet" style={{ height: `${diagram.height}px`, width: `${diagram.width}px` }}>
        <canvas
          ref={canvas}
          onClick={pick}
          role="img"
          aria-label={`${diagram.drawn.length} messages among ${diagram.lanes.length} lanes`}
        />
        {diagram.bands.map(({ gap, text, top, bottom }) => (
          <p key={gap.fromMs} class="band" role="note" style={{ top: `${top}px`, height: `${bottom - top}px` }}>
            <span>{text}</span>
          </p>
        ))}
      </div>
    </div>
  )
}

/** From one message to the next. */
function useKeys(
  frame: RefObject<HTMLDivElement | null>,
  { diagram, chosen, choose }: DiagramProps,
  bring: (y: number) => void,
): void {
  // Two keys may come before the page is drawn again.
  const last = useRef<string | undefined>(undefined)
  last.current = chosen
  useEffect(
    () =>
      onTableKey((key) => {
        if (key === 'open') return
        const at = diagram.drawn.findIndex(({ arrow }) => arrow.span === last.current)
        const next = diagram.drawn[Math.max(0, Math.min(diagram.drawn.length - 1, at + (key === 'down' ? 1 : -1)))]
        const place = frame.current
        if (!next || !place) return
        last.current = next.arrow.span
        choose(next.arrow)
        const isInSight = next.top >= place.scrollTop + 20 && next.end <= place.scrollTop + place.clientHeight - HEAD_PX
        if (!isInSight) bring(next.top - place.clientHeight / 2)
      }),
    [diagram],
  )
}
