/** Mermaid: a sequence as the text of a Mermaid diagram, the same as the console draws. Knows nothing of Node. */
import { arrivedMs, type Arrow, type Sequence } from './sequence.js'

interface Mark {
  readonly atMs: number
  readonly line: string
}

export function mermaidOf({ lanes, arrows, restarts }: Sequence): string {
  const names = new Map(lanes.map(({ id }, index) => [id, `a${index + 1}`]))
  const name = (lane: string) => names.get(lane) ?? lane
  const nodes = [...new Set(lanes.map(({ node }) => node))]
  const boxes = nodes.flatMap((node) => [
    `  box ${plain(node)}`,
    ...lanes.filter((lane) => lane.node === node)
      .map(({ id, path }) => `    participant ${name(id)} as ${plain(path)}`),
    '  end',
  ])
  const marks: Mark[] = [
    ...arrows.flatMap((arrow) => marksOf(arrow, name)),
    ...restarts.map(({ lane, atMs, reason }) =>
      ({ atMs, line: `Note over ${name(lane)}: begins anew (${plain(reason)})` })),
  ]
  // A stable sort: what happens at once stays in the order of its causes.
  marks.sort((left, right) => left.atMs - right.atMs)
  return ['sequenceDiagram', ...boxes, ...marks.map(({ line }) => `  ${line}`), ''].join('\n')
}

function marksOf(arrow: Arrow, name: (lane: string) => string): Mark[] {
  const { from, to, dropped, isReply, processedMs } = arrow
  const target = name(to)
  const source = from === undefined ? target : name(from)
  const isProcessed = processedMs !== undefined && dropped === undefined
  const line = dropped !== undefined ? '-x' : isReply ? '-->>' : '->>'
  const way = `${source}${line}${isProcessed ? '+' : ''}${target}`
  const drawn = { atMs: arrivedMs(arrow), line: `${way}: ${labelOf(arrow)}` }
  return isProcessed ? [drawn, { atMs: processedMs, line: `deactivate ${target}` }] : [drawn]
}

function labelOf(arrow: Arrow): string {
  const { type, from, queuedForMs, durationMs, outcome, acknowledgedMs, dropped } = arrow
  const words = [
    from === undefined ? `⏱ ${type}` : type,
    queuedForMs === undefined ? '' : `q=${milliseconds(queuedForMs)}`,
    durationMs === undefined ? '' : `p=${milliseconds(durationMs)}`,
    acknowledgedMs === undefined ? '' : '✓',
    outcome === undefined || outcome === 'ok' ? '' : outcome, dropped === undefined ? '' : `dropped, ${dropped}`,
  ]
  return plain(words.filter((word) => word !== '').join(' '))
}

export const milliseconds = (ms: number): string =>
  (ms >= 1_000 ? `${(ms / 1_000).toFixed(1)}s` : ms >= 10 ? `${Math.round(ms)}ms` : `${ms.toFixed(1)}ms`)

/** Mermaid reads `;` and `#` as its own, and a line break as the end. */
const plain = (text: string): string => text.replace(/[;#\u0000-\u001f]/g, ' ').slice(0, 200)
