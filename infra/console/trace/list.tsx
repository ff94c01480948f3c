/** Message list: the same messages as the diagram has, as a table. */
import type { Arrow } from '../../trace/sequence.js'
import { arrivedMs } from '../../trace/sequence.js'
import { clock, duration } from '../format.js'
import { Table, type Column } from '../parts/table.js'

interface ListProps {
  readonly arrows: readonly Arrow[]
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

export function MessageList({ arrows, isRead, choose }: ListProps) {
  return (
    <div class="list">
      <Table
        noun="message"
        rows={arrows}
        isRead={isRead}
        columns={columnsOf(choose)}
        idOf={({ span, to }) => `${span}${to}`}
        order={{ key: 'at', descending: false }}
      />
    </div>
  )
}
