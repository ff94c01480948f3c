/** Frameworks: who runs something here. */
import type { FrameworkView } from '../../../actors/protocol/operator.js'
import { amounts } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { Ago } from '../parts/time.js'
import { to } from '../route.js'
import { useRows } from '../rows.js'

const COLUMNS: readonly Column<FrameworkView>[] = [
  {
    key: 'name',
    title: 'Name',
    width: '22%',
    value: ({ name }) => name,
    cell: ({ id, name }) => <a href={to('frameworks', id)}>{name}</a>,
  },
  {
    key: 'state',
    title: 'State',
    width: '124px',
    value: ({ state }) => state,
    cell: ({ state }) => <Mark state={state} />,
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
    key: 'roles',
    title: 'Roles',
    width: '14%',
    value: ({ roles }) => roles.join(' '),
    cell: ({ roles, suppressed }) => (
      <>
        {roles.join(', ')}
        {suppressed.length > 0 && <span class="soft"> (wants no offers)</span>}
      </>
    ),
  },
  { key: 'uses',
    isMinor: true, title: 'Uses', value: ({ used }) => amounts(used), cell: ({ used }) => amounts(used) },
  { key: 'id',
    isMinor: true, title: 'Id', width: '128px', value: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
  {
    key: 'since',
    title: 'Since',
    width: '96px',
    value: ({ subscribedAt }) => Date.parse(subscribedAt),
    cell: ({ subscribedAt }) => <Ago at={subscribedAt} />,
  },
]

export function FrameworksPage() {
  const { rows, isRead, problem } = useRows<FrameworkView>('frameworks')
  return (
    <Page title="Frameworks">
      <Problem text={problem} />
      <Table
        noun="framework"
        rows={rows}
        isRead={isRead}
        columns={COLUMNS}
        idOf={({ id }) => id}
        order={{ key: 'id', descending: false }}
        link={({ id }) => to('frameworks', id)}
        empty="Nobody runs anything: try warren run -- hostname."
      />
    </Page>
  )
}
