/**
 * Topology: each machine a cell, so that thousands fit, shaded by what is allocated of it or by how busy it is;
 * also readable as the list of agents.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { AgentView } from '../../../actors/protocol/operator.js'
import { percent, plural } from '../format.js'
import { Card, Page, Problem } from '../parts/page.js'
import { go, query, select, to } from '../route.js'
import { useRows } from '../rows.js'
import { colour, themeVersion } from '../theme.js'
import { usages, want } from '../usage/desk.js'
import { cellAt, layOut, type Layout } from './cells.js'
import { shadeOf, SHADES, wordsOf, type Measured, type Shade } from './shades.js'

const HEATS = 5
/** From this size on a cell says whose it is. */
const NAMED_MIN = 60

interface Tip {
  readonly x: number
  readonly y: number
  readonly text: string
}

export function TopologyPage() {
  const { rows, isRead, problem } = useRows<AgentView>('agents')
  const by = query.value.get('by') ?? ''
  const shade = shadeOf(query.value.get('shade'))
  const names = useMemo(() => attributeNames(rows), [rows])
  const measured = useMeasured(shade === 'allocated' ? [] : rows)
  return (
    <Page
      title="Topology"
      actions={
        <a class="button" href={to('agents')}>
          As a list
        </a>
      }
    >
      <Problem text={problem} />
      <div class="tools">
        <label>
          Group by{' '}
          <select class="field" value={by} onChange={(event) => select({ by: event.currentTarget.value })}>
            <option value="">nothing</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Shade by{' '}
          <select class="field" value={shade} onChange={(event) => select({ shade: event.currentTarget.value })}>
            {Object.entries(SHADES).map(([key, { title }]) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <Heat />
        <span class="note" role="status">
          {isRead ? plural(rows.length, 'agent') : 'Reading …'}
          {shade !== 'allocated' && `, ${measured.size.toLocaleString('en')} measured so far`}
        </span>
      </div>
      <Card title="Machines">
        <Map agents={rows} by={by} shade={shade} measured={measured} />
      </Card>
    </Page>
  )
}

function Heat() {
  return (
    <span class="heat">
      free{' '}
      {Array.from({ length: HEATS }, (_, heat) => (
        <i key={heat} class={`h${heat}`} />
      ))}{' '}
      full
      <span>
        · <b aria-hidden="true">╱</b> disconnected · <b aria-hidden="true">╳</b> unreachable
      </span>
    </span>
  )
}

/** Of those that can be asked; in turns, if they are many. */
function useMeasured(agents: readonly AgentView[]): Measured {
  const ids = agents.filter(({ connection }) => connection === 'connected').map(({ id }) => id)
  useEffect(() => want(ids), [ids.join()])
  return usages.value
}

interface MapProps {
  readonly agents: readonly AgentView[]
  readonly by: string
  readonly shade: Shade
  readonly measured: Measured
}

function Map({ agents, by, shade, measured }: MapProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const layout = useRef<Layout<AgentView> | undefined>(undefined)
  const [tip, setTip] = useState<Tip | undefined>(undefined)
  const [width, setWidth] = useState(0)
  const version = themeVersion.value
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    const frame = canvas.current?.parentElement
    if (frame) observer.observe(frame)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (!canvas.current || width === 0) return
    layout.current = layOut(agents, (agent) => (by === '' ? '' : attributeOf(agent, by)), width)
    draw(canvas.current, layout.current, (agent) => SHADES[shade].part(agent, measured))
  }, [agents, by, width, version, shade, measured])
  const under = (event: MouseEvent): AgentView | undefined =>
    layout.current && cellAt(layout.current, event.offsetX, event.offsetY)
  const summary = `${plural(agents.length, 'machine')}, shaded by use; the list of agents says the same in words`
  return (
    <div class="topology" style={{ position: 'relative' }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={summary}
        onMouseLeave={() => setTip(undefined)}
        onClick={(event) => {
          const agent = under(event)
          if (agent) go(to('agents', agent.id))
        }}
        onMouseMove={(event) => {
          const agent = under(event)
          const x = Math.min(event.offsetX + 12, width - 220)
          setTip(agent && { x, y: event.offsetY + 14, text: wordsOf(agent, measured.get(agent.id)) })
        }}
      />
      {tip && (
        <div class="tip" style={{ left: `${tip.x}px`, top: `${tip.y}px` }}>
          {tip.text}
        </div>
      )}
    </div>
  )
}

function draw(
  canvas: HTMLCanvasElement,
  { width, height, cell, places, titles }: Layout<AgentView>,
  partOf: (agent: AgentView) => number | undefined,
): void {
  const scale = devicePixelRatio
  canvas.width = width * scale
  canvas.height = height * scale
  canvas.style.height = `${height}px`
  const pen = canvas.getContext('2d')
  if (!pen) return
  pen.scale(scale, scale)
  const heats = Array.from({ length: HEATS }, (_, heat) => colour(`heat-${heat}`))
  const [line, warn, bad, text] = [colour('line-strong'), colour('warn'), colour('bad'), colour('text-soft')]
  const [ink, ground] = [colour('text'), colour('raised')]
  pen.font = `600 12px ${colour('sans')}`
  pen.fillStyle = text
  for (const { title, y } of titles) pen.fillText(title, 0, y)
  const side = cell - Math.max(1, Math.round(cell / 9))
  for (const { item, x, y } of places) {
    const known = partOf(item)
    const heat = heatOf(known ?? 0)
    pen.fillStyle = heats[heat] ?? line
    pen.fillRect(x, y, side, side)
    if (heat === 0 && side > 5) {
      pen.strokeStyle = line
      pen.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
    }
    if (side >= NAMED_MIN) {
      pen.fillStyle = heat >= HEATS - 2 ? ground : ink
      pen.fillText(cut(pen, item.name ?? item.hostname, side - 14), x + 8, y + 20)
      pen.fillText(known === undefined ? '…' : percent(known), x + 8, y + side - 10)
    } else if (known === undefined && item.connection === 'connected' && side > 12) {
      pen.fillStyle = text
      pen.fillText('…', x + side / 2 - 5, y + side / 2 + 2)
    }
    if (item.connection !== 'connected')
      cross(pen, x, y, side, item.connection === 'unreachable', item.connection === 'unreachable' ? bad : warn)
  }
}

const heatOf = (part: number): number => (part === 0 ? 0 : Math.min(HEATS - 1, 1 + Math.floor(part * (HEATS - 1))))

function cut(pen: CanvasRenderingContext2D, name: string, width: number): string {
  let short = name
  while (short.length > 1 && pen.measureText(short).width > width) short = short.slice(0, -1)
  return short === name ? name : `${short.slice(0, -1)}…`
}

function cross(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  side: number,
  isTwice: boolean,
  stroke: string,
): void {
  pen.strokeStyle = stroke
  pen.lineWidth = Math.min(5, Math.max(1, side / 8))
  pen.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1)
  pen.beginPath()
  pen.moveTo(x, y + side)
  pen.lineTo(x + side, y)
  if (isTwice) {
    pen.moveTo(x, y)
    pen.lineTo(x + side, y + side)
  }
  pen.stroke()
  pen.lineWidth = 1
}

const pairsOf = (attributes: string): readonly (readonly [string, string])[] =>
  attributes
    .split(';')
    .filter((pair) => pair.includes(':'))
    .map((pair) => {
      const colon = pair.indexOf(':')
      return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()] as const
    })

const attributeOf = (agent: AgentView, name: string): string =>
  name === 'state' ? agent.state : (pairsOf(agent.attributes).find(([own]) => own === name)?.[1] ?? `no ${name}`)

const attributeNames = (agents: readonly AgentView[]): readonly string[] => [
  'state',
  ...[...new Set(agents.flatMap(({ attributes }) => pairsOf(attributes).map(([name]) => name)))].sort(),
]
