/** Agents: every machine, with what it has and how much of it is in use. */
import type { AgentView } from '../../../actors/protocol/operator.js'
import { fullness, Meter } from '../parts/bar.js'
import { amounts } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { Ago } from '../parts/time.js'
import { to } from '../route.js'
import { useRows } from '../rows.js'

const COLUMNS: readonly Column<AgentView>[] = [
  {
    key: 'host',
    title: 'Agent',
    width: '17%',
    value: ({ hostname, name = hostname }) => `${name} ${hostname}`,
    cell: ({ id, hostname, name = hostname }) => <a href={to('agents', id)}>{name}</a>,
  },
  {
    key: 'state',
    title: 'State',
    width: '124px',
    value: ({ state }) => state,
    cell: ({ state }) => <Mark state={state} />,
  },
  {
    key: 'use',
    title: 'In use',
    width: '160px',
    value: ({ resources, used }) => fullness(resources, used),
    cell: ({ resources, used }) => <Meter part={fullness(resources, used)} label="In use" />,
  },
  {
    key: 'tasks',
    title: 'Tasks',
    width: '74px',
    isNumber: true,
    value: ({ tasks }) => tasks,
    cell: ({ tasks }) => tasks,
  },
  {
    key: 'has',
    title: 'Has',
    value: ({ resources }) => amounts(resources),
    cell: ({ resources }) => amounts(resources),
  },
  {
    key: 'attributes',
    isMinor: true,
    title: 'Attributes',
    width: '14%',
    value: ({ attributes }) => attributes,
    cell: ({ attributes }) => attributes,
  },
  { key: 'id',
    isMinor: true, title: 'Id', width: '128px', value: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
  {
    key: 'since',
    title: 'Since',
    width: '96px',
    value: ({ admittedAt }) => Date.parse(admittedAt ?? ''),
    cell: ({ admittedAt }) => admittedAt && <Ago at={admittedAt} />,
  },
]

export function AgentsPage() {
  const { rows, isRead, problem } = useRows<AgentView>('agents')
  return (
    <Page
      title="Agents"
      actions={
        <a class="button" href={to('topology')}>
          Topology
        </a>
      }
    >
      <Problem text={problem} />
      <Table
        noun="agent"
        rows={rows}
        isRead={isRead}
        columns={COLUMNS}
        idOf={({ id }) => id}
        order={{ key: 'id', descending: false }}
        link={({ id }) => to('agents', id)}
        empty="There are no agents: start one with warren agent."
      />
    </Page>
  )
}
