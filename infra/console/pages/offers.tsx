/** Offers: the life of each: to whom it was made, and what became of it. */
import { useMemo } from 'preact/hooks'
import type { OfferView } from '../../../actors/protocol/operator.js'
import { useEvents } from '../events.js'
import { amounts, clock, span } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { now } from '../parts/time.js'
import { to } from '../route.js'
import { useRows } from '../rows.js'
import { ledgerOf, type OfferLife } from './ledger.js'

const COLUMNS: readonly Column<OfferLife>[] = [
  { key: 'id', title: 'Offer', width: '18%', value: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
  {
    key: 'outcome',
    title: 'Outcome',
    width: '124px',
    value: ({ outcome }) => outcome,
    cell: ({ outcome }) => <Mark state={outcome} />,
  },
  {
    key: 'framework',
    title: 'To',
    width: '128px',
    value: ({ framework }) => framework,
    cell: ({ framework }) => <a href={to('frameworks', framework)}>{framework}</a>,
  },
  {
    key: 'agent',
    isMinor: true,
    title: 'Of',
    width: '118px',
    value: ({ agent }) => agent,
    cell: ({ agent }) => <a href={to('agents', agent)}>{agent}</a>,
  },
  { key: 'what', title: 'What', value: ({ what }) => what, cell: ({ what }) => <span title={what}>{what}</span> },
  {
    key: 'made',
    title: 'Made',
    width: '116px',
    value: ({ madeMs }) => madeMs,
    cell: ({ madeMs }) => (madeMs === 0 ? '–' : <time class="mono">{clock(madeMs)}</time>),
  },
  {
    key: 'stood',
    isMinor: true,
    title: 'Stood for',
    width: '92px',
    isNumber: true,
    value: (offer) => stoodMs(offer),
    cell: (offer) => (offer.madeMs === 0 ? '–' : span(Math.max(0, stoodMs(offer)))),
  },
]

const stoodMs = ({ madeMs, endedMs }: OfferLife): number => (endedMs ?? now.value) - madeMs

export function OffersPage() {
  const { rows, isRead, problem } = useRows<OfferView>('offers')
  const { events } = useEvents('offers=1&type=offer-&limit=10000')
  const open = rows.map(({ id, framework, agent, resources, offeredAt }) => ({
    id,
    framework,
    agent,
    what: amounts(resources),
    madeMs: Date.parse(offeredAt),
    endedMs: undefined,
    outcome: 'open',
  }))
  const lives = useMemo(() => ledgerOf(open, events), [rows, events])
  return (
    <Page title="Offers">
      <Problem text={problem} />
      <Table
        noun="offer"
        rows={lives}
        isRead={isRead}
        columns={COLUMNS}
        idOf={({ id }) => id}
        order={{ key: 'made', descending: true }}
      />
    </Page>
  )
}
