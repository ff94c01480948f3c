/** Draw: puts the part of a sequence diagram that is in sight onto a canvas. */
import { clock, duration } from '../format.js'
import { colour } from '../theme.js'
import type { Blocks } from './in-window.js'
import { inWindow } from './in-window.js'
import { LANE_PX, laneX, LEFT_PX, type Diagram, type Drawn } from './model.js'

export interface Window {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

interface Palette {
  readonly lane: string
  readonly arrow: string
  readonly bad: string
  readonly reply: string
  readonly bar: string
  readonly text: string
  readonly soft: string
  readonly ground: string
  readonly chosen: string
  readonly warn: string
}

const BAR_PX = 8
const TIME_EVERY_PX = 44

export function draw(
  canvas: HTMLCanvasElement,
  diagram: Diagram,
  blocks: Blocks,
  window: Window,
  chosen: string | undefined,
): void {
  const pen = canvas.getContext('2d')
  if (!pen) return
  const scale = devicePixelRatio
  const [width, height] = [Math.round(window.width * scale), Math.round(window.height * scale)]
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
  const palette = paletteNow()
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.fillStyle = palette.ground
  pen.fillRect(0, 0, window.width, window.height)
  pen.translate(-window.left, -window.top)
  const shown = inWindow(blocks, window.top - 20, window.top + window.height + 20)
  lanes(pen, diagram, window, palette)
  for (const each of shown) bar(pen, each, palette)
  for (const each of shown)
    if (chosen !== undefined && each.arrow.span === chosen) highlight(pen, each, palette, window)
  for (const each of shown) arrow(pen, each, palette)
  for (const { lane, y } of diagram.restarts) mark(pen, laneX(lane), y, '↻', palette.warn)
  scaleOfTime(pen, diagram, window, palette)
}

export function paletteNow(): Palette {
  return {
    lane: colour('lane'),
    arrow: colour('arrow'),
    bad: colour('arrow-bad'),
    reply: colour('arrow-reply'),
    bar: colour('bar'),
    text: colour('text'),
    soft: colour('text-faint'),
    ground: colour('raised'),
    chosen: colour('chosen'),
    warn: colour('warn'),
  }
}

function lanes(
  pen: CanvasRenderingContext2D,
  { lanes: all }: Diagram,
  { top, height, left, width }: Window,
  palette: Palette,
) {
  pen.strokeStyle = palette.lane
  pen.lineWidth = 1
  const first = Math.max(0, Math.floor((left - LEFT_PX) / LANE_PX) - 1)
  for (let lane = first; lane < all.length && laneX(lane) < left + width + LANE_PX; lane++) {
    line(pen, laneX(lane), top, laneX(lane), top + height)
  }
}

function bar(pen: CanvasRenderingContext2D, { arrow: of, to, arrival, end }: Drawn, palette: Palette): void {
  if (of.processedMs === undefined) return
  pen.fillStyle = of.outcome === undefined || of.outcome === 'ok' ? palette.bar : palette.bad
  pen.fillRect(laneX(to) - BAR_PX / 2, arrival, BAR_PX, Math.max(3, end - arrival))
}

function highlight(
  pen: CanvasRenderingContext2D,
  { top, end }: Drawn,
  palette: Palette,
  { left, width }: Window,
): void {
  pen.fillStyle = palette.chosen
  pen.fillRect(left, top - 12, width, end - top + 18)
}

function arrow(pen: CanvasRenderingContext2D, each: Drawn, palette: Palette): void {
  const { arrow: of, from, to, top, arrival, times } = each
  const isLost = of.dropped !== undefined
  const ink = isLost ? palette.bad : of.isReply ? palette.reply : palette.arrow
  pen.strokeStyle = ink
  pen.fillStyle = ink
  pen.lineWidth = 1.4
  pen.setLineDash(of.isReply ? [5, 3] : isLost ? [2, 3] : [])
  const end = laneX(to)
  const begin = from === undefined ? end - LANE_PX * 0.42 : from === to ? end : laneX(from)
  if (from === to) loop(pen, end, top, arrival)
  else line(pen, begin, top, end, arrival)
  pen.setLineDash([])
  head(pen, from === to ? end + 26 : begin, from === to ? arrival : top, end, arrival, isLost)
  if (from === undefined) mark(pen, begin - 7, top + 4, '⏱', palette.soft)
  const ack = of.acknowledgedMs !== undefined ? ' ✓' : ''
  const words = `${of.type}${times > 1 ? ` ×${times}` : ''}${isLost ? ` ✕ ${of.dropped}` : ack}`
  const x = from === to ? end + 30 : Math.min(begin, end) + 8
  const along = from === to || end === begin ? 0.5 : (x + 30 - begin) / (end - begin)
  label(
    pen,
    words,
    x,
    top + (arrival - top) * along - 6,
    Math.abs(end - begin) - 16,
    isLost ? palette.bad : palette.text,
  )
}

/** To itself. */
function loop(pen: CanvasRenderingContext2D, x: number, top: number, arrival: number): void {
  pen.beginPath()
  pen.moveTo(x, top)
  pen.lineTo(x + 26, top)
  pen.lineTo(x + 26, arrival)
  pen.lineTo(x, arrival)
  pen.stroke()
}

/** Hollow when it was lost. */
function head(
  pen: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  x: number,
  y: number,
  isLost: boolean,
): void {
  const angle = Math.atan2(y - fromY, x - fromX)
  const inset = BAR_PX / 2
  const tip = [x - Math.cos(angle) * inset, y - Math.sin(angle) * inset] as const
  pen.beginPath()
  pen.moveTo(...tip)
  for (const side of [-0.42, 0.42])
    pen.lineTo(tip[0] - Math.cos(angle + side) * 9, tip[1] - Math.sin(angle + side) * 9)
  pen.closePath()
  if (isLost) pen.stroke()
  else pen.fill()
}

function label(pen: CanvasRenderingContext2D, words: string, x: number, y: number, room: number, ink: string): void {
  pen.font = '11.5px system-ui, "DejaVu Sans", sans-serif'
  const letters = Math.max(6, Math.floor(Math.max(room, LANE_PX - 20) / 6.4))
  pen.fillStyle = ink
  pen.fillText(words.length > letters ? `${words.slice(0, letters - 1)}…` : words, x, y)
}

function mark(pen: CanvasRenderingContext2D, x: number, y: number, sign: string, ink: string): void {
  pen.font = '12px system-ui, "DejaVu Sans", sans-serif'
  pen.fillStyle = ink
  pen.fillText(sign, x - 5, y)
}

/** At the left, whatever is scrolled: the time, and how long since the one above. */
function scaleOfTime(
  pen: CanvasRenderingContext2D,
  { times }: Diagram,
  { top, height, left }: Window,
  palette: Palette,
): void {
  pen.fillStyle = palette.ground
  pen.fillRect(left, top, LEFT_PX - 14, height)
  pen.font = '11px ui-monospace, "DejaVu Sans Mono", monospace'
  let [last, lastMs] = [-Infinity, 0]
  let low = 0
  for (let high = times.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((times[middle]?.y ?? 0) < top) low = middle + 1
    else high = middle
  }
  for (const { atMs, y } of times.slice(low, low + Math.ceil(height / 4))) {
    if (y > top + height) break
    if (y - last < TIME_EVERY_PX) continue
    pen.fillStyle = palette.soft
    const isLater = lastMs > 0 && atMs - lastMs < 60_000
    pen.fillText(isLater ? `+${duration(atMs - lastMs)}` : clock(atMs).slice(0, 12), left + 6, y + 4)
    last = y
    lastMs = atMs
  }
}

function line(pen: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath()
  pen.moveTo(x1, y1)
  pen.lineTo(x2, y2)
  pen.stroke()
}
