/** Trace tools: what is looked at, and how. */
import { clock } from '../format.js'
import { select } from '../route.js'

export type TraceView = 'sequence' | 'list' | 'tree'

interface ToolsProps {
  readonly actor: string
  readonly type: string
  readonly hide: string
  readonly framework: string
  readonly trace: string
  readonly collapse: boolean
  readonly view: TraceView
  readonly isFile: boolean
  readonly isPaused: boolean
  readonly isFollowing: boolean
  readonly begin: number
  readonly end: number
  readonly scrub: (atMs: number) => void
  readonly pause: () => void
  readonly follow: () => void
  readonly clear: () => void
  readonly exportMermaid: () => void
}

const VIEWS: readonly (readonly [view: TraceView, word: string])[] = [
  ['sequence', 'Sequence'],
  ['list', 'List'],
  ['tree', 'Causes'],
]
const FIELDS = [
  ['actor', 'Actor', 'agent-a1/agent/**'],
  ['type', 'Only types', 'offers,accept'],
  ['hide', 'Hide types', 'ping,pong'],
] as const

export function TraceTools(props: ToolsProps) {
  const { view, isFile, isPaused, isFollowing, collapse, trace, framework, begin, end } = props
  return (
    <>
      <div class="tools">
        <span class="tools" role="group" aria-label="View">
          {VIEWS.map(([each, word]) => (
            <button
              key={each}
              type="button"
              class="button small"
              aria-pressed={view === each}
              onClick={() => select({ view: each })}
            >
              {word}
            </button>
          ))}
        </span>
        {!isFile && (
          <>
            <button type="button" class="button small" aria-pressed={isPaused} onClick={props.pause}>
              {isPaused ? 'Go on' : 'Pause'}
            </button>
            <button type="button" class="button small" aria-pressed={isFollowing} onClick={props.follow}>
              Newest
            </button>
            <button type="button" class="button small" onClick={props.clear}>
              Clear
            </button>
          </>
        )}
        <button
          type="button"
          class="button small"
          aria-pressed={collapse}
          onClick={() => select({ collapse: collapse ? undefined : '1' })}
        >
          Collapse repeats
        </button>
        <button type="button" class="button small" onClick={props.exportMermaid}>
          Export as Mermaid
        </button>
        {trace !== '' && (
          <button type="button" class="button small" aria-pressed onClick={() => select({ trace: undefined })}>
            Only trace {trace.slice(0, 8)} ✕
          </button>
        )}
        {framework !== '' && (
          <button type="button" class="button small" aria-pressed onClick={() => select({ framework: undefined })}>
            Only {framework} ✕
          </button>
        )}
      </div>
      <div class="tools fields">
        {FIELDS.map(([name, title, example], index) => (
          <label key={name}>
            {title}{' '}
            <input
              class="field"
              type="text"
              value={props[name]}
              placeholder={example}
              spellcheck={false}
              data-filter={index === 0 ? '' : undefined}
              onChange={(event) =>
                select({
                  [name]: event.currentTarget.value === '' && name === 'hide' ? '-' : event.currentTarget.value,
                })
              }
            />
          </label>
        ))}
        {end > begin && (
          <label class="scrub">
            Time{' '}
            <input
              type="range"
              min={0}
              max={1_000}
              defaultValue="1000"
              aria-valuetext={clock(end)}
              onInput={(event) => {
                const atMs = begin + (Number(event.currentTarget.value) / 1_000) * (end - begin)
                event.currentTarget.setAttribute('aria-valuetext', clock(atMs))
                props.scrub(atMs)
              }}
            />
          </label>
        )}
      </div>
    </>
  )
}
