/** Tables: agents and frameworks as lines of exactly so many cells. What has no room is left out, the least first. */
import type { AgentView, FrameworkView } from '../../actors/protocol/operator.js'
import { standingOf } from '../cli/agent-state.js'
import { fitted } from './cells.js'
import { quantity } from './quantity.js'
import { nameOf } from './view.js'

interface Column<Row> {
  readonly heading: string
  /** Of the first column the least; it gets what is left. */
  readonly width: number
  readonly side?: 'right'
  /** Columns with higher numbers go first where there is no room. */
  readonly rank: number
  cell(row: Row): string
}

const amount = (row: AgentView | FrameworkView, of: 'used' | 'offered', name: string): string =>
  quantity(name, Number((of in row ? (row as AgentView)[of] : {})[name] ?? 0))

const ofTotal = (row: AgentView, name: string): string =>
  `${amount(row, 'used', name)} / ${quantity(name, Number(row.resources[name] ?? 0))}`

export const AGENTS: readonly Column<AgentView>[] = [
  { heading: 'AGENT', width: 8, rank: 0, cell: nameOf },
  { heading: 'STATE', width: 12, rank: 3, cell: standingOf },
  { heading: 'TASKS', width: 6, side: 'right', rank: 2, cell: ({ tasks }) => String(tasks) },
  { heading: 'CPUS', width: 11, side: 'right', rank: 1, cell: (row) => ofTotal(row, 'cpus') },
  { heading: 'MEM', width: 15, side: 'right', rank: 2, cell: (row) => ofTotal(row, 'mem') },
  { heading: 'CPUS OFFERED', width: 12, side: 'right', rank: 4, cell: (row) => amount(row, 'offered', 'cpus') },
  { heading: 'ID', width: 18, rank: 5, cell: ({ id }) => id },
]
export const FRAMEWORKS: readonly Column<FrameworkView>[] = [
  { heading: 'FRAMEWORK', width: 10, rank: 0, cell: nameOf },
  { heading: 'STATE', width: 12, rank: 3, cell: ({ state }) => state },
  { heading: 'TASKS', width: 6, side: 'right', rank: 1, cell: ({ tasks }) => String(tasks) },
  { heading: 'CPUS', width: 11, side: 'right', rank: 1, cell: (row) => amount(row, 'used', 'cpus') },
  { heading: 'MEM', width: 15, side: 'right', rank: 2, cell: (row) => amount(row, 'used', 'mem') },
  { heading: 'ROLES', width: 8, rank: 4, cell: ({ roles }) => roles.join(',') },
  { heading: 'ID', width: 18, rank: 5, cell: ({ id }) => id },
]

const GAP = 2

/** Headings first. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const shown = fitting(columns, width)
  const [, ...others] = shown
  const first = width - others.reduce((sum, column) => sum + column.width + GAP, 0)
  const line = (cell: (column: Column<Row>) => string): string => shown
    .map((column, index) => fitted(cell(column), index === 0 ? first : column.width, column.side)).join(' '.repeat(GAP))
  return [line(({ heading }) => heading), ...rows.map((row) => line((column) => column.cell(row)))]
}

function fitting<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  const needed = columns.reduce((sum, column) => sum + column.width, GAP * (columns.length - 1))
  if (needed <= width || columns.length === 1) return columns
  const last = Math.max(...columns.map(({ rank }) => rank))
  const index = columns.findLastIndex(({ rank }) => rank === last)
  return fitting(columns.filter((_, at) => at !== index), width)
}
