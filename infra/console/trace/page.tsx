/**
 * Trace page: which message went where, when, and why: as a sequence, as a list, as a tree of causes. What is
 * looked at, filtered, folded and chosen is part of the address.
 */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { sequenceOf, type Arrow } from '../../trace/sequence.js'
import { filterOf } from '../../trace/hop-filter.js'
import { mermaidOf } from '../../trace/mermaid.js'
import { plural } from '../format.js'
import { Page, Problem } from '../parts/page.js'
import { query, select } from '../route.js'
import { SequenceDiagram } from './diagram.js'
import { markedGaps } from './gaps.js'
import { useFileHops, useLiveHops } from './hops.js'
import { MessageList } from './list.js'
import { Message } from './message.js'
import { diagramOf } from './model.js'
import { CausalTree } from './tree.js'
import { TraceTools, type TraceView } from './tools.js'

/** Hidden until one asks: they are most of what happens in a quiet cluster. */
export const HIDDEN_DEFAULT =
  'ping,pong,ping-round,sweep,ask-vitals,vitals,measure,gather,gathered,list,views,read-history,' +
  'history,describe-*,leader-view,overview,list-nodes,nodes,log-beat,round-over,beat,renew,token-renewed'
/** Messages that an exported diagram has: more is no diagram that anybody reads. */
const EXPORTED_MAX = 500

const words = (text: string | null | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

export function TracePage({ isFile = false }: { readonly isFile?: boolean }) {
  const read = (name: string) => query.value.get(name) ?? ''
  const [actor, type, framework, trace, chosen] = ['actor', 'type', 'framework', 'trace', 'span'].map(read) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const hide = query.value.get('hide') ?? (isFile ? '' : HIDDEN_DEFAULT)
  const view = (read('view') || 'sequence') as TraceView
  const folded = useMemo(() => new Set(words(read('fold'))), [read('fold')])
  const collapse = read('collapse') === '1'
  const [isPaused, setPaused] = useState(isFile)
  const [isFollowing, setFollowing] = useState(!isFile)
  const [scrubbedMs, setScrubbed] = useState<number | undefined>(undefined)
  const wish = new URLSearchParams({ ...(actor && { actor }), ...(framework && { framework }) })
  const live = useLiveHops(wish.toString(), isPaused, !isFile)
  const file = useFileHops(isFile)
  const { hops, isRead, missed, waiting, gaps, problem } = isFile ? file : live
  const sequence = useMemo(() => {
    const wish = { types: words(type), hide: words(hide), ...(actor && { actor }), ...(framework && { framework }) }
    const isAll = `${type}${hide}${actor}${framework}` === ''
    const fits = isAll ? () => true : filterOf(wish)
    return sequenceOf(hops.filter((hop) => fits(hop) && (trace === '' || hop.trace.startsWith(trace))))
  }, [hops, type, hide, actor, framework, trace])
  const marked = useMemo(() => markedGaps(gaps, hops), [gaps, hops])
  const diagram = useMemo(
    () => diagramOf(sequence, { folded, collapse, gaps: marked }),
    [sequence, folded, collapse, marked],
  )
  const arrow = useMemo(() => sequence.arrows.find(({ span }) => span === chosen), [sequence, chosen])
  const choose = useCallback((next: Arrow | undefined) => {
    setFollowing(false)
    select({ span: next?.span })
  }, [])
  const leave = useCallback(() => setFollowing(false), [])
  const fold = (node: string) => {
    const next = new Set(folded)
    if (!next.delete(node)) next.add(node)
    select({ fold: [...next].join(',') })
  }
  useEffect(() => {
    if (isPaused) setFollowing(false)
  }, [isPaused])
  const exported = () => save(mermaidOf({ ...sequence, arrows: sequence.arrows.slice(-EXPORTED_MAX) }))
  return (
    <Page title={isFile ? 'Recorded trace' : 'Trace'}>
      <Problem text={problem} />
      <TraceTools
        {...{ actor, type, hide, framework, trace, collapse, view, isFile, isPaused, isFollowing }}
        begin={sequence.beginMs}
        end={sequence.endMs}
        scrub={(atMs) => {
          setFollowing(false)
          setScrubbed(atMs)
        }}
        pause={() => setPaused(!isPaused)}
        follow={() => {
          setPaused(false)
          setFollowing(true)
        }}
        clear={live.clear}
        exportMermaid={exported}
      />
      <p class="note" role="status">
        {!isRead ? 'Reading …' : `${plural(diagram.drawn.length, 'message')} of ${plural(hops.length, 'hop')}`}
        {missed > 0 && `; ${missed.toLocaleString('en')} older or dropped hops are not shown`}
        {marked.map(({ gap, text }) => (
          <span key={gap.fromMs} class="gap-said">
            ; {text}
          </span>
        ))}
        {isPaused && waiting > 0 && `; ${waiting.toLocaleString('en')} more came while paused`}
      </p>
      <div class={arrow ? 'trace with-message' : 'trace'}>
        {view === 'sequence' && (
          <SequenceDiagram {...{ diagram, chosen, choose, fold, isFollowing, leave, scrubbedMs }} />
        )}
        {view === 'list' && <MessageList {...{ arrows: sequence.arrows, gaps: marked, isRead, choose, chosen }} />}
        {view === 'tree' && (
          <CausalTree sequence={sequence} trace={trace || arrow?.trace} chosen={chosen} choose={choose} />
        )}
        {arrow && <Message arrow={arrow} close={() => choose(undefined)} />}
      </div>
    </Page>
  )
}

function save(text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = 'trace.mmd'
  link.click()
  URL.revokeObjectURL(link.href)
}
