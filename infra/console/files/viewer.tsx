/** Viewer: a file in sight: its end as it grows, or any part of it. */
import { useEffect, useRef } from 'preact/hooks'
import type { FilePart } from '../../http/file-view.js'
import { bytes } from '../format.js'
import { GONE, useGrowing } from '../growing.js'
import { query, select } from '../route.js'
import { fileAddress, nameOf, type Keeper } from './path.js'
import { earlier, isBinary, later, positionOf, WINDOW_BYTES, wishOf, type Position } from './window.js'

/** What a page holds of a file that grows; the oldest is let go. */
const CHARACTERS_MAX = 400_000

interface Sight {
  readonly text: string
  /** The first byte in sight, of so many. */
  readonly from: number
  readonly size: number
}

interface Held extends Sight {
  /** Where the last part stood. */
  readonly last: number
}

interface Shown extends Sight {
  readonly said: string
}

const NOTHING: Held = { text: '', from: 0, size: 0, last: -1 }
const READING = 'Reading …'

export function Viewer({ keeper, path }: { readonly keeper: Keeper; readonly path: string }) {
  const position = positionOf(query.value.get('at'))
  const shown = useFile(keeper, path, position)
  const { text, from, size, said } = shown
  const place = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    if (place.current && position === 'end' && isAtEnd.current) place.current.scrollTop = place.current.scrollHeight
  }, [text, position])
  const turn = (to: Position) => {
    isAtEnd.current = to === 'end'
    select({ at: to === 'end' ? undefined : String(to) })
  }
  const end = position === 'end' ? size : Math.min(size, from + WINDOW_BYTES)
  return (
    <section class="viewer" aria-label={`File ${nameOf(path)}`}>
      <header>
        <h3>{nameOf(path)}</h3>
        <div class="tools">
          <span class="note" role="status">
            {said}
          </span>
          <span class="note">
            {from === 0 && end >= size ? bytes(size) : `${bytes(from)} to ${bytes(end)} of ${bytes(size)}`}
          </span>
          {size > WINDOW_BYTES && <Pager {...{ from, size, position, turn }} />}
          <a class="button small" href={fileAddress(keeper, path, { download: '1' })} download={nameOf(path)}>
            Download
          </a>
          <button type="button" class="button small" onClick={() => select({ file: undefined, at: undefined })}>
            Close
          </button>
        </div>
      </header>
      <pre
        class="text"
        ref={place}
        tabIndex={0}
        role="region"
        aria-label={`What ${nameOf(path)} says`}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - 24
        }}
      >
        {isBinary(text) ? (
          <span class="faint">This is no text. Download it to see what it is.</span>
        ) : text === '' ? (
          <span class="faint">{said === READING ? said : 'Nothing is here yet.'}</span>
        ) : (
          text
        )}
      </pre>
    </section>
  )
}

interface PagerProps extends Pick<Shown, 'from' | 'size'> {
  readonly position: Position
  readonly turn: (to: Position) => void
}

function Pager({ from, size, position, turn }: PagerProps) {
  const isEnd = position === 'end'
  return (
    <>
      <button type="button" class="button small" disabled={from === 0} onClick={() => turn(0)}>
        Beginning
      </button>
      <button type="button" class="button small" disabled={from === 0} onClick={() => turn(earlier(from))}>
        Earlier
      </button>
      <button type="button" class="button small" disabled={isEnd} onClick={() => turn(later(from, size))}>
        Later
      </button>
      <button type="button" class="button small" aria-pressed={isEnd} onClick={() => turn('end')}>
        Follow the end
      </button>
    </>
  )
}

/** As far as a page can hold it. */
function useFile(keeper: Keeper, path: string, position: Position): Shown {
  const { held, stage, problem } = useGrowing<FilePart, Held>({
    path: fileAddress(keeper, path, wishOf(position)),
    nothing: NOTHING,
    begun: ({ headers }) => ({
      ...NOTHING,
      from: Number(headers.get('x-warren-offset')),
      size: Number(headers.get('x-warren-size')),
    }),
    heard: grown,
  })
  const { text, from, size } = held
  const isEnd = position === 'end'
  const said = { reading: READING, following: isEnd ? 'following' : '', over: isEnd ? 'complete' : '', broken: GONE }
  return { text, from, size, said: problem ?? said[stage] }
}

function grown(held: Held, { offset, bytes: length, text }: FilePart): Held {
  // It was written anew.
  const isNew = offset <= held.last
  const all = isNew ? text : held.text + text
  const size = Math.max(isNew ? 0 : held.size, offset + length)
  const isCut = all.length > CHARACTERS_MAX
  const from = isCut ? size - CHARACTERS_MAX : isNew ? offset : held.from
  return { text: isCut ? all.slice(-CHARACTERS_MAX) : all, size, from, last: offset }
}
