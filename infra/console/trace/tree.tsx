/** Causal tree: of one trace, which message caused which, with the chain that everything waited for. */
import { useMemo } from 'preact/hooks'
import { causalTree, type Cause } from '../../trace/causal-tree.js'
import { arrivedMs, endedMs, type Arrow, type Sequence } from '../../trace/sequence.js'
import { duration, plural } from '../format.js'
import { select } from '../route.js'

/** Messages of one tree that are drawn. */
const DRAWN_MAX = 2_000
/** Traces to choose from, the last ones. */
const TRACES_MAX = 40

interface TreeProps {
  readonly sequence: Sequence
  readonly trace: string | undefined
  readonly chosen: string
  readonly choose: (arrow: Arrow) => void
}

export function CausalTree({ sequence, trace, chosen, choose }: TreeProps) {
  const own = useMemo(
    () => sequence.arrows.filter((arrow) => trace !== undefined && arrow.trace.startsWith(trace)),
    [sequence, trace],
  )
  const roots = useMemo(() => causalTree({ ...sequence, arrows: own.slice(0, DRAWN_MAX) }), [own])
  if (trace === undefined || own.length === 0) return <Choice sequence={sequence} />
  const beginMs = Math.min(...own.map((arrow) => arrow.sentMs ?? arrivedMs(arrow)))
  const tookMs = Math.max(...own.map(endedMs)) - beginMs
  return (
    <section class="card causes" aria-label="Causes">
      <header>
        <h2>What caused what</h2>
        <span class="note">
          {plural(own.length, 'message')} in {duration(tookMs)}; <b>bold</b> and ▸ is what all waited for
          {own.length > DRAWN_MAX && `; the first ${DRAWN_MAX} are shown`}
        </span>
      </header>
      <div class="in">
        <ul class="tree">
          {roots.map((cause) => (
            <Node key={cause.arrow.span + cause.arrow.to} {...{ cause, beginMs, chosen, choose }} />
          ))}
        </ul>
      </div>
    </section>
  )
}

function Choice({ sequence }: { readonly sequence: Sequence }) {
  const traces = new Map<string, { count: number; first: Arrow }>()
  for (const arrow of sequence.arrows) {
    const known = traces.get(arrow.trace)
    if (known) known.count++
    else traces.set(arrow.trace, { count: 1, first: arrow })
  }
  const last = [...traces].sort(([, left], [, right]) => right.count - left.count).slice(0, TRACES_MAX)
  return (
    <section class="card causes" aria-label="Traces">
      <header>
        <h2>Choose a trace</h2>
        <span class="note">those with most messages</span>
      </header>
      <div class="in">
        {last.length === 0 && <p class="empty">There are no messages yet.</p>}
        <ul class="tree">
          {last.map(([id, { count, first }]) => (
            <li key={id}>
              <button type="button" class="row" onClick={() => select({ trace: id })}>
                <span class="name">
                  <b>{first.type}</b>
                  <code class="faint">{id.slice(0, 8)}</code>
                </span>
                <span class="num">{count}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function Node({
  cause,
  beginMs,
  chosen,
  choose,
}: {
  readonly cause: Cause
  readonly beginMs: number
  readonly chosen: string
  readonly choose: (arrow: Arrow) => void
}) {
  const { arrow, effects, isCritical } = cause
  const tookMs = endedMs(arrow) - (arrow.sentMs ?? arrivedMs(arrow))
  return (
    <li>
      <button type="button" class={arrow.span === chosen ? 'row chosen' : 'row'} onClick={() => choose(arrow)}>
        <span class="name">
          <span aria-hidden="true">{isCritical ? '▸' : '·'}</span>
          {isCritical ? <b>{arrow.type}</b> : <span>{arrow.type}</span>}
          {isCritical && <span class="hidden">on the critical path</span>}
          <span class="faint">
            {arrow.from === undefined ? '' : `${arrow.from} `}→ {arrow.to}
          </span>
        </span>
        <span class="num">+{duration(Math.max(0, (arrow.sentMs ?? arrivedMs(arrow)) - beginMs))}</span>
        <span class="num">{duration(Math.max(0, tookMs))}</span>
      </button>
      {effects.length > 0 && (
        <ul>
          {effects.map((each) => (
            <Node key={each.arrow.span + each.arrow.to} cause={each} {...{ beginMs, chosen, choose }} />
          ))}
        </ul>
      )}
    </li>
  )
}
