/** Broker: how each node is connected to the others, and which mailboxes stand behind its queue. */
import type { NodeVitals } from '../../../actors/protocol/vitals.js'
import { bytes } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { Ago } from '../parts/time.js'
import { to } from '../route.js'
import { nodeName, useNodes } from './nodes.js'

const busiest = ({ actors }: NodeVitals) => [...actors].sort((left, right) => right.mailbox - left.mailbox)[0]
const waiting = ({ actors }: NodeVitals): number => actors.reduce((sum, { mailbox }) => sum + mailbox, 0)

const COLUMNS: readonly Column<NodeVitals>[] = [
  {
    key: 'node',
    title: 'Node',
    width: '15%',
    value: ({ node }) => node,
    cell: ({ node }) => (
      <a href={`${to('actors')}?node=${encodeURIComponent(node)}`} title={node}>
        {nodeName(node)}
      </a>
    ),
  },
  {
    key: 'connection',
    title: 'Connection',
    width: '128px',
    value: ({ transport }) => transport?.connection ?? '',
    cell: ({ transport }) => transport && <Mark state={transport.connection} />,
  },
  {
    key: 'via',
    isMinor: true,
    title: 'At',
    value: ({ transport }) => transport?.via ?? '',
    cell: ({ transport }) => (
      <span title={transport?.reason}>
        {transport?.via ?? 'in this process or machine'}
        {transport?.reason && `: ${transport.reason}`}
      </span>
    ),
  },
  {
    key: 'since',
    title: 'Since',
    width: '96px',
    value: ({ transport }) => transport?.sinceMs ?? 0,
    cell: ({ transport }) => transport && <Ago at={transport.sinceMs} />,
  },
  {
    key: 'mailboxes',
    title: 'In mailboxes',
    width: '112px',
    isNumber: true,
    value: waiting,
    cell: (node) => (
      <span title={waiting(node) > 0 ? `most in ${busiest(node)?.path}` : undefined}>
        {waiting(node).toLocaleString('en')}
      </span>
    ),
  },
  {
    key: 'outbox',
    title: 'Outbox',
    width: '88px',
    isNumber: true,
    value: ({ transport }) => transport?.waitingBytes ?? 0,
    cell: ({ transport }) => bytes(transport?.waitingBytes ?? 0),
  },
  {
    key: 'unconfirmed',
    isMinor: true,
    title: 'Unconfirmed',
    width: '106px',
    isNumber: true,
    value: ({ transport }) => transport?.unconfirmedBytes ?? 0,
    cell: ({ transport }) => bytes(transport?.unconfirmedBytes ?? 0),
  },
  {
    key: 'reconnects',
    title: 'Reconnects',
    width: '100px',
    isNumber: true,
    value: ({ transport }) => transport?.reconnects ?? 0,
    cell: ({ transport }) => transport?.reconnects,
  },
  {
    key: 'missed',
    isMinor: true,
    title: 'Missed',
    width: '78px',
    isNumber: true,
    value: ({ transport }) => transport?.envelopesMissed ?? 0,
    cell: ({ transport }) => transport?.envelopesMissed,
  },
]

export function BrokerPage() {
  const { answer, problem } = useNodes('limit=200')
  return (
    <Page title="Broker">
      <p class="note">
        Each node has one queue, in which everything for its actors arrives. The outbox is what waits to be sent;
        missed is what others sent here and never came.
      </p>
      <Problem text={problem} />
      <Table
        noun="connection"
        rows={answer?.nodes ?? []}
        isRead={answer !== undefined}
        columns={COLUMNS}
        idOf={({ node }) => node}
        order={{ key: 'node', descending: false }}
      />
    </Page>
  )
}
