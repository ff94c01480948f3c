/** Agents: every machine, with what it has and how much of it is in use. */
import type { AgentView } from '../../../actors/protocol/operator.js'
import type { MachineUsage } from '../../../actors/protocol/usage.js'
import { fullness } from '../fullness.js'
import { Meter } from '../parts/bar.js'
import { amounts } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { to } from '../route.js'
import { useRows } from '../rows.js'
import { usages, useUsage } from '../usage/desk.js'
import { cpuPart, memPart } from '../usage/parts.js'

const COLUMNS: readonly Column<AgentView>[] = [
  {
    key: 'host',
    title: 'Agent',
    width: '104px',
    value: ({ hostname, name = hostname }) => `${name} ${hostname}`,
    cell: ({ id, hostname, name = hostname }) => <a href={to('agents', id)}>{name}</a>,
  },
  {
    key: 'state',
    title: 'State',
    width: '116px',
    value: ({ state }) => state,
    cell: ({ state }) => <Mark state={state} />,
  },
  {
    key: 'use',
    title: 'Allocated',
    width: '120px',
    value: ({ resources, used }) => fullness(resources, used),
    cell: ({ resources, used }) => <Meter part={fullness(resources, used)} label="Allocated" />,
  },
  {
    key: 'cpu',
    title: 'CPU in use',
    width: '120px',
    value: ({ id }) => partIn(id, cpuPart),
    cell: ({ id }) => <InUse id={id} partOf={cpuPart} label="CPU in use" />,
  },
  {
    key: 'mem',
    isMinor: true,
    title: 'Memory in use',
    width: '122px',
    value: ({ id }) => partIn(id, memPart),
    cell: ({ id }) => <InUse id={id} partOf={memPart} label="Memory in use" />,
  },
  {
    key: 'tasks',
    isMinor: true,
    title: 'Tasks',
    width: '66px',
    isNumber: true,
    value: ({ tasks }) => tasks,
    cell: ({ tasks }) => tasks,
  },
  {
    key: 'has',
    isMinor: true,
    title: 'Has',
    value: ({ resources }) => amounts(resources),
    cell: ({ resources }) => amounts(resources),
  },
  {
    key: 'attributes',
    isMinor: true,
    title: 'Attributes',
    width: '11%',
    value: ({ attributes }) => attributes,
    cell: ({ attributes }) => attributes,
  },
  { key: 'id',
    isMinor: true, title: 'Id', width: '128px', value: ({ id }) => id, cell: ({ id }) => <code>{id}</code> },
]

interface InUseProps {
  readonly id: string
  readonly partOf: (usage: MachineUsage) => number
  readonly label: string
}

/** Only rows in sight are drawn, so only these are asked for. */
function InUse({ id, partOf, label }: InUseProps) {
  const usage = useUsage(id)
  return usage ? <Meter part={partOf(usage)} label={label} isLive /> : <span class="faint">–</span>
}

/** Of those that were in sight; the others come last. */
const partIn = (id: string, partOf: (usage: MachineUsage) => number): number => {
  const usage = usages.peek().get(id)
  return usage ? partOf(usage) : -1
}

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
