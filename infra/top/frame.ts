/**
 * Frame: a cluster drawn into a rectangle of a terminal. Pure: the same state, view and size give the same lines,
 * none of which is too wide, and never too many.
 */
import pc from 'picocolors'
import type { OverviewView } from '../../actors/protocol/operator.js'
import { alarmsOf } from '../console/alarms.js'
import { cut, fitted, widthOf } from './cells.js'
import { quantity } from './quantity.js'
import { ratesPerSecond, type TopState } from './state.js'
import { AGENTS, FRAMEWORKS, tableLines } from './tables.js'
import { sorted, type View } from './view.js'

export interface Size {
  readonly columns: number
  /** Infinity where all is to be shown. */
  readonly rows: number
}

export interface Drawing extends Size {
  readonly colours: boolean
  /** For whoever looks on at a terminal: which keys there are. */
  readonly keys: boolean
}

const KEYS = 'q quit  c m t n s sort  r reverse  Tab list  j k scroll'
const RESOURCES = ['cpus', 'mem', 'disk']
/** With fewer lines than this below the figures only one of the lists is shown. */
const BOTH_LISTS_ROWS = 10
/** With fewer in all, what matters least is left out. */
const ROOMY_ROWS = 16
const BAR_MAX = 60
const ALARMS_MAX = 4

export function frame(state: TopState, view: View, drawing: Drawing): readonly string[] {
  const { columns, rows, keys, colours } = drawing
  const paint = pc.createColors(colours)
  const isRoomy = rows >= ROOMY_ROWS
  const head = [
    paint.bold(title(state, columns)),
    ...alarms(state, isRoomy ? ALARMS_MAX : 1).map(({ isBad, text }) =>
      (isBad ? paint.red : paint.yellow)(cut(text, columns))),
    ...isRoomy ? [''] : [],
    ...figures(state, drawing, isRoomy),
  ].slice(0, rows)
  const foot = keys && rows > head.length + 2 ? [paint.dim(fitted(KEYS, columns))] : []
  const left = rows - head.length - foot.length
  const body = lists(state, view, drawing, left)
  const missing = Number.isFinite(left) && foot.length > 0 ? Math.max(0, left - body.length) : 0
  const blank = Array.from({ length: missing }, () => '')
  return [...head, ...body, ...blank, ...foot]
}

/** `cluster prod  leader m1  epoch 7  standby m2, m3`; on a narrow terminal the end is cut. */
function title({ overview, masters }: TopState, columns: number): string {
  if (!overview) return fitted('waiting for the cluster …', columns)
  const { cluster, leader, epoch } = overview
  const standbys = masters.filter((name) => name !== leader)
  const words = [
    `cluster ${cluster}`, `leader ${leader || 'none'}`, `epoch ${epoch}`,
    ...standbys.length === 0 ? [] : [`standby ${standbys.join(', ')}`],
  ]
  return fitted(words.join('  '), columns)
}

interface Alarm {
  readonly isBad: boolean
  readonly text: string
}

/** What somebody should look at, the worst first: that nothing new comes, else what the console says as well. */
function alarms({ problem, overview, pulses }: TopState, alarmsMax: number): readonly Alarm[] {
  if (problem !== undefined) return [{ isBad: true, text: problem }]
  if (!overview) return []
  const all = alarmsOf(overview, pulses).map(({ level, title, text }) =>
    ({ isBad: level === 'bad', text: `${title}: ${text}` }))
  return [...all].sort((left, right) => Number(right.isBad) - Number(left.isBad)).slice(0, alarmsMax)
}

function figures(state: TopState, { columns, colours, keys }: Drawing, isRoomy: boolean): readonly string[] {
  const { overview } = state
  if (!overview) return []
  const kinds = Object.keys(overview.resources.total)
  const shown = isRoomy ? [...RESOURCES.filter((each) => kinds.includes(each)),
    ...kinds.filter((each) => !RESOURCES.includes(each)).sort()] : ['cpus', 'mem']
  return [
    ...shown.map((name) => bar(name, overview.resources, columns, colours)),
    ...isRoomy ? [''] : [],
    cut(`tasks   ${counted(overview.tasks) || 'none'}`, columns),
    ...isRoomy ? [
      cut(`agents  ${counted(overview.agents) || 'none'}`, columns),
      cut(`offers  ${overview.offers} out${offerRates(state)}`, columns),
    ] : [],
    ...keys ? [cut(`rates   ${taskRates(state)}`, columns)] : [],
    ...isRoomy ? [''] : [],
  ]
}

/** `cpus    [||||||::::          ]  3.5 of 8, 2 offered`: used, offered, free. */
function bar(name: string, { total, used, offered }: OverviewView['resources'], columns: number, colours: boolean) {
  const [has, uses, offers] = [total, used, offered].map((each) => Number(each[name] ?? 0)) as [number, number, number]
  const paint = pc.createColors(colours)
  const words = `${quantity(name, uses)} of ${quantity(name, has)}`
    + (offers > 0 ? `, ${quantity(name, offers)} offered` : '')
  const label = fitted(name, 8)
  const width = Math.min(BAR_MAX, columns - widthOf(label) - widthOf(words) - 4)
  if (width < 4) return cut(`${label}${words}`, columns)
  const cells = (amount: number): number => (has > 0 ? Math.round((Math.min(amount, has) / has) * width) : 0)
  // A little of something must not look like nothing.
  const useCells = uses > 0 ? Math.max(1, cells(uses)) : 0
  const offerCells = Math.min(width - useCells, offers > 0 ? Math.max(1, cells(offers)) : 0)
  const rest = ' '.repeat(width - useCells - offerCells)
  return `${label}[${paint.green('|'.repeat(useCells))}${paint.yellow(':'.repeat(offerCells))}${rest}]  ${words}`
}

/** `3 RUNNING, 1 STAGING`, the most first. */
const counted = (counts: Readonly<Record<string, number>>): string => Object.entries(counts)
  .filter(([, count]) => count > 0).sort(([, left], [, right]) => right - left)
  .map(([state, count]) => `${count} ${state}`).join(', ')

function taskRates(state: TopState): string {
  const rates = ratesPerSecond(state)
  return rates ? `${perSecond(rates.launched)} launched, ${perSecond(rates.ended)} ended` : 'not known yet'
}

function offerRates(state: TopState): string {
  const rates = ratesPerSecond(state)
  if (!rates) return ''
  return `, ${perSecond(rates.offered)} made, ${perSecond(rates.accepted)} accepted, `
    + `${perSecond(rates.declined)} declined`
}

const perSecond = (rate: number): string => `${Math.round(rate * 10) / 10}/s`

function lists(state: TopState, view: View, drawing: Drawing, rows: number): readonly string[] {
  if (!state.overview || rows < 2) return []
  if (rows < BOTH_LISTS_ROWS) return list(state, view, view.focus, drawing, rows)
  const first = view.focus
  const second = first === 'agents' ? 'frameworks' : 'agents'
  // The other list needs its heading and what it has, and gets no more than half.
  const other = Math.min(Math.floor((rows - 1) / 2), Math.max(2, state[second].size + 1))
  const above = list(state, view, first, drawing, rows - 1 - other)
  const below = list(state, { ...view, offset: 0 }, second, drawing, rows - 1 - above.length)
  return first === 'agents' ? [...above, '', ...below] : [...below, '', ...above]
}

function list(
  state: TopState, view: View, what: View['focus'], { columns, colours }: Drawing, rows: number,
): readonly string[] {
  const paint = pc.createColors(colours)
  const all = what === 'agents' ? sorted(state.agents.values(), view) : sorted(state.frameworks.values(), view)
  const room = rows - 1
  const isCut = all.length > room
  const offset = isCut ? Math.min(view.offset, all.length - room) : 0
  const shown = Number.isFinite(room) ? all.slice(offset, offset + room) : all
  const lines = what === 'agents'
    ? tableLines(AGENTS, shown as never, columns) : tableLines(FRAMEWORKS, shown as never, columns)
  const [heading = '', ...others] = lines
  const place = isCut ? ` ${offset + 1}-${offset + shown.length}/${all.length}` : ''
  const named = place === '' ? heading : withPlace(heading, what === 'agents' ? 'AGENT' : 'FRAMEWORK', place)
  return [paint.inverse(named), ...all.length === 0 ? [fitted(`no ${what}`, columns)].slice(0, room) : others]
}

/** Into the blanks behind the first heading, if they suffice. */
function withPlace(heading: string, name: string, place: string): string {
  const blanks = /^ */.exec(heading.slice(name.length))?.[0].length ?? 0
  return blanks > place.length ? `${name}${place}${heading.slice(name.length + place.length)}` : heading
}
