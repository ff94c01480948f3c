/** Output: what a task has written and goes on to write, both streams as they came, as far as a page can hold. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { GONE, useGrowing } from '../growing.js'

/** The end is kept: what is older is on the agent, and `warren task logs` shows it all. */
const CHARACTERS_MAX = 400_000

interface OutputPiece {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

const SAID = { reading: 'Reading …', following: 'following', over: 'ended', broken: GONE }

export function Output({ launch }: { readonly launch: string }) {
  const [stream, setStream] = useState<'both' | 'stdout' | 'stderr'>('both')
  const {
    held: pieces,
    stage,
    problem,
  } = useGrowing<OutputPiece, readonly OutputPiece[]>({
    path: `/v1/tasks/${encodeURIComponent(launch)}/logs?follow=1&stream=${stream}`,
    nothing: [],
    heard: (held, piece) => cut([...held, piece]),
  })
  const [isFollowing, setFollowing] = useState(true)
  const place = useRef<HTMLPreElement>(null)
  useEffect(() => {
    if (isFollowing && place.current) place.current.scrollTop = place.current.scrollHeight
  }, [pieces, isFollowing])
  const atEnd = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement) =>
    scrollTop + clientHeight > scrollHeight - 24
  return (
    <section class="card output" aria-label="Output">
      <header>
        <h2>Output</h2>
        <div class="tools">
          <span class="note" role="status">
            {problem ?? SAID[stage]}
          </span>
          {(['both', 'stdout', 'stderr'] as const).map((each) => (
            <button
              key={each}
              type="button"
              class="button small"
              aria-pressed={stream === each}
              onClick={() => setStream(each)}
            >
              {each}
            </button>
          ))}
          <button
            type="button"
            class="button small"
            aria-pressed={isFollowing}
            onClick={() => setFollowing(!isFollowing)}
          >
            to the end
          </button>
        </div>
      </header>
      <pre
        class="text"
        ref={place}
        tabIndex={0}
        role="region"
        aria-label="What the task has written"
        onScroll={(event) => setFollowing(atEnd(event.currentTarget))}
      >
        {pieces.length === 0 ? (
          <span class="faint">{stage === 'over' && !problem ? 'It has written nothing.' : 'Nothing yet.'}</span>
        ) : (
          pieces.map((piece, index) =>
            piece.stream === 'stderr' ? (
              <span key={index} class="err">
                {piece.text}
              </span>
            ) : (
              piece.text
            ),
          )
        )}
      </pre>
    </section>
  )
}

/** Neighbours of one stream are joined, and the oldest are let go. */
function cut(pieces: readonly OutputPiece[]): OutputPiece[] {
  const kept: OutputPiece[] = []
  for (const piece of pieces) {
    const last = kept.at(-1)
    if (last?.stream === piece.stream) kept[kept.length - 1] = { ...last, text: last.text + piece.text }
    else kept.push(piece)
  }
  let surplus = kept.reduce((sum, { text }) => sum + text.length, 0) - CHARACTERS_MAX
  while (surplus > 0 && kept[0]) {
    const [first] = kept
    if (first.text.length > surplus) kept[0] = { ...first, text: first.text.slice(surplus) }
    else kept.shift()
    surplus -= first.text.length
  }
  return kept
}
