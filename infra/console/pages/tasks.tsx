/** Tasks: all that the master remembers, the ended ones too. */
import type { TaskView } from '../../../actors/protocol/operator.js'
import { amounts } from '../format.js'
import { Mark } from '../parts/mark.js'
import { Page, Problem } from '../parts/page.js'
import { Table, type Column } from '../parts/table.js'
import { Ago } from '../parts/time.js'
import { query, select, to } from '../route.js'
import { useRows, type Listed } from '../rows.js'

const how = ({ exitCode, signal, message }: TaskView): string =>
  [signal ? `by ${signal}` : exitCode === undefined ? '' : `exit code ${exitCode}`, message ?? '']
    .filter((each) => each !== '')
    .join(': ')

const COLUMNS: readonly Column<TaskView>[] = [
  {
    key: 'name',
    title: 'Task',
    width: '19%',
    value: ({ name, id }) => `${name} ${id}`,
    cell: ({ launch, name }) => <a href={to('tasks', launch)}>{name}</a>,
  },
  {
    key: 'state',
    title: 'State',
    width: '124px',
    value: ({ state }) => state.toLowerCase(),
    cell: ({ state }) => <Mark state={state} />,
  },
  {
    key: 'framework',
    isMinor: true,
    title: 'Framework',
    width: '128px',
    value: ({ framework }) => framework,
    cell: ({ framework }) => <a href={to('frameworks', framework)}>{framework}</a>,
  },
  {
    key: 'agent',
    isMinor: true,
    title: 'Agent',
    width: '118px',
    value: ({ agent }) => agent,
    cell: ({ agent }) => <a href={to('agents', agent)}>{agent}</a>,
  },
  {
    key: 'needs',
    isMinor: true,
    title: 'Needs',
    width: '16%',
    value: ({ resources }) => amounts(resources),
    cell: ({ resources }) => amounts(resources),
  },
  {
    key: 'command',
    title: 'Command',
    value: (task) => `${task.command} ${how(task)}`,
    cell: (task) => (
      <span title={`${task.command} ${how(task)}`}>
        <code>{task.command}</code> <span class="soft">{how(task)}</span>
      </span>
    ),
  },
  {
    key: 'changed',
    title: 'Changed',
    width: '96px',
    value: ({ changedAt }) => Date.parse(changedAt),
    cell: ({ changedAt }) => <Ago at={changedAt} />,
  },
]

export function TaskTable({
  rows,
  isRead,
  problem,
  isShort = false,
}: Listed<TaskView> & { readonly isShort?: boolean }) {
  return (
    <>
      <Problem text={problem} />
      <Table
        noun="task"
        rows={rows}
        isRead={isRead}
        columns={COLUMNS}
        idOf={({ launch }) => launch}
        isShort={isShort && rows.length < 60}
        order={{ key: 'changed', descending: true }}
        link={({ launch }) => to('tasks', launch)}
        tools={<Quick />}
        empty="No task has run yet: try warren run -- hostname."
      />
    </>
  )
}

const QUICK: readonly (readonly [word: string, filter: string])[] = [
  ['all', ''],
  ['running', 'state:running'],
  ['failed', 'state:failed'],
  ['finished', 'state:finished'],
]

function Quick() {
  const filter = query.value.get('q') ?? ''
  return (
    <span class="tools" role="group" aria-label="Tasks of one state">
      {QUICK.map(([word, value]) => (
        <button
          key={word}
          type="button"
          class="button small"
          aria-pressed={filter === value}
          onClick={() => select({ q: value })}
        >
          {word}
        </button>
      ))}
    </span>
  )
}

export function TasksPage() {
  const listed = useRows<TaskView>('tasks')
  return (
    <Page title="Tasks">
      <TaskTable {...listed} />
    </Page>
  )
}
