/** Message list: the same messages as the diagram has, as a table. */
import type { Arrow } from '../../trace/sequence.js'
import { arrivedMs } from '../../trace/sequence.js'
import { clock, duration } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Table, type Column } from '../parts/table.js'
import type { MarkedGap } from './gaps.js'

type Row = Arrow | MarkedGap

interface ListProps {
  readonly arrows: readonly Arrow[]
  readonly gaps: readonly MarkedGap[]
  readonly isRead: boolean
  readonly chosen: string
  readonly choose: (arrow: Arrow) => void
}

const measured = (ms: number | undefined) => (ms === undefined ? '–' : duration(ms))

const columnsOf = (choose: ListProps['choose']): readonly Column<Arrow>[] => [
  {
    key: 'at',
    title: 'Time',
    width: '118px',
    value: arrivedMs,
    cell: (arrow) => <time class="mono">{clock(arrivedMs(arrow))}</time>,
  },
  {
    key: 'type',
    title: 'Message',
    width: '20%',
    value: ({ type }) => type,
    cell: (arrow) => (
      <button type="button" class="button small" onClick={() => choose(arrow)}>
        {arrow.type}
      </button>
    ),
  },
  {
    key: 'from',
    title: 'From',
    value: ({ from = '' }) => from,
    cell: ({ from = 'timer' }) => (
      <span class="mono" title={from}>
        {from}
      </span>
    ),
  },
  {
    key: 'to',
    title: 'To',
    value: ({ to }) => to,
    cell: ({ to }) => (
      <span class="mono" title={to}>
        {to}
      </span>
    ),
  },
  {
    key: 'queued',
    title: 'Waited',
    width: '86px',
    isNumber: true,
    value: ({ queuedForMs = 0 }) => queuedForMs,
    cell: ({ queuedForMs }) => measured(queuedForMs),
  },
  {
    key: 'took',
    isMinor: true,
    title: 'Took',
    width: '86px',
    isNumber: true,
    value: ({ durationMs = 0 }) => durationMs,
    cell: ({ durationMs }) => measured(durationMs),
  },
  {
    key: 'outcome',
    isMinor: true,
    title: 'Outcome',
    width: '120px',
    value: ({ dropped, outcome = '' }) => dropped ?? outcome,
    cell: ({ dropped, outcome = '' }) =>
      dropped === undefined ? (
        outcome
      ) : (
        <span class="mark bad">
          <i aria-hidden="true">✕</i>
          {dropped}
        </span>
      ),
  },
]

/** A gap stands in the list as a row of its own. */
const isGap = (row: Row): row is MarkedGap => 'gap' in row

/** Columns of messages, for rows that may be gaps. */
const withGaps = (columns: readonly Column<Arrow>[]): readonly Column<Row>[] =>
  columns.map(({ cell, value, ...column }) => ({
    ...column,
    value: (row) => (isGap(row) ? valueOf(column.key, row) : value(row)),
    cell: (row) => (isGap(row) ? gapCell(column.key, row) : cell(row)),
  }))

const valueOf = (key: string, { gap, text }: MarkedGap) =>
  key === 'at' ? gap.fromMs : key === 'type' ? 'gap' : text

function gapCell(key: string, { gap, text }: MarkedGap) {
  if (key === 'at') return <time class="mono">{clock(gap.fromMs)}</time>
  if (key === 'type') return <Mark state="warn" word="gap" />
  return key === 'from' ? <span class="over">{text}</span> : ''
}

export function MessageList({ arrows, gaps, isRead, choose }: ListProps) {
  return (
    <div class="list">
      <Table
        noun="message"
        rows={gaps.length === 0 ? arrows : [...arrows, ...gaps]}
        isRead={isRead}
        columns={withGaps(columnsOf(choose))}
        idOf={(row) => (isGap(row) ? `gap ${row.gap.fromMs}` : `${row.span}${row.to}`)}
        order={{ key: 'at', descending: false }}
      />
    </div>
  )
}
