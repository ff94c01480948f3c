/** Card: how busy a machine is, beside what is allocated of it, and who makes it busy. */
import type { AgentView, TaskView } from '../../../actors/protocol/operator.js'
import type { LaunchUsage, MachineUsage } from '../../../actors/protocol/usage.js'
import { amount, bytes, percent, plural, short, span } from '../format.js'
import { Card } from '../parts/page.js'
import { Spark } from '../parts/spark.js'
import { Table, type Column } from '../parts/table.js'
import { to } from '../route.js'
import { FOLLOW_MS, useFollowed } from './follow.js'
import { cpuPart, linesOf, memPart, remarkOf, type Line } from './parts.js'

interface UsageProps {
  readonly agent: AgentView
  readonly tasks: readonly TaskView[]
}

export function Usage({ agent, tasks }: UsageProps) {
  const isThere = agent.connection === 'connected'
  const { usage, past, problem } = useFollowed(agent.id, isThere)
  const aside = usage && (
    <span class="note" role="status">
      over the last {span(Math.max(1_000, usage.overMs))}
    </span>
  )
  return (
    <Card title="In use now" aside={aside} wide>
      {problem !== undefined && <p class="note">{problem}</p>}
      {!isThere && <p class="note">Its agent is away, so nobody knows.</p>}
      {isThere && !usage && problem === undefined && <p class="note">Measuring …</p>}
      {usage && <Figures usage={usage} past={past} agent={agent} />}
      {usage && <Launches launches={usage.launches ?? []} tasks={tasks} />}
    </Card>
  )
}

const loadsOf = ({ load1, load5, load15 }: MachineUsage) =>
  [[load1, '1 min'], [load5, '5 min'], [load15, '15 min']] as const

interface FiguresProps {
  readonly usage: MachineUsage
  readonly past: readonly MachineUsage[]
  readonly agent: AgentView
}

function Figures({ usage, past, agent }: FiguresProps) {
  const lines = linesOf(usage, agent)
  const remark = remarkOf(lines)
  const histories = { cpus: past.map(cpuPart), mem: past.map(memPart), disk: undefined }
  return (
    <>
      {remark && <p class="remark">{remark}</p>}
      <div class="usage">
        {lines.map((line) => (
          <Sides key={line.name} line={line} history={histories[line.name as keyof typeof histories]} />
        ))}
        <div class="side-by-side">
          <b>Load</b>
          <ul class="loads">
            {loadsOf(usage).map(([load, over]) => (
              <li key={over}>
                <b>{short(load)}</b> <span class="soft">{over}</span>
              </li>
            ))}
          </ul>
          <p class="note">Processes that run or wait for one of its {plural(usage.cpus, 'processor')}.</p>
        </div>
      </div>
    </>
  )
}

function Sides({ line, history }: { readonly line: Line; readonly history: readonly number[] | undefined }) {
  const { title, allocated, busy } = line
  return (
    <div class="side-by-side">
      <b>{title}</b>
      <div class="sides">
        {allocated && <Side kind="promised" word="Allocated" {...allocated} />}
        <Side kind="busy" word="In use" {...busy} />
      </div>
      {history && history.length > 1 && (
        <Spark
          values={history.map((part) => Math.round(part * 100))}
          label={title}
          most={100}
          summary={`${title} in use over the last ${span((history.length - 1) * FOLLOW_MS)}: now ${percent(busy.part)}`}
        />
      )}
    </div>
  )
}

interface SideProps {
  readonly kind: 'promised' | 'busy'
  readonly word: string
  readonly part: number
  readonly words: string
}

function Side({ kind, word, part, words }: SideProps) {
  return (
    <div class="one">
      <span class="soft">{word}</span>
      <span class={`track ${kind}`} role="img" aria-label={`${word}: ${percent(part)}`}>
        <i style={{ width: `${part * 100}%` }} />
      </span>
      <span class="num">{percent(part)}</span>
      <span class="soft words">{words}</span>
    </div>
  )
}

interface Used {
  readonly use: LaunchUsage
  /** Undefined for what no task of the list has begun, such as a custom executor. */
  readonly task: TaskView | undefined
}

const wanted = ({ task }: Used, name: string): number => {
  const amount = task?.resources[name]
  return typeof amount === 'number' ? amount : 0
}

const COLUMNS: readonly Column<Used>[] = [
  {
    key: 'task',
    title: 'Task',
    value: ({ use, task }) => task?.name ?? use.launchId,
    cell: ({ use, task }) => (task ? <a href={to('tasks', task.launch)}>{task.name}</a> : <code>{use.launchId}</code>),
  },
  {
    key: 'cpus',
    title: 'CPU in use',
    width: '116px',
    isNumber: true,
    value: ({ use }) => use.cpus ?? 0,
    cell: (used) => <Of now={cpusOf(used.use)} of={short(wanted(used, 'cpus'))} />,
  },
  {
    key: 'mem',
    title: 'Memory in use',
    width: '150px',
    isNumber: true,
    value: ({ use }) => use.memBytes,
    cell: (used) => <Of now={bytes(used.use.memBytes)} of={amount('mem', wanted(used, 'mem'))} />,
  },
  {
    key: 'processes',
    title: 'Processes',
    width: '106px',
    isMinor: true,
    isNumber: true,
    value: ({ use }) => use.processes,
    cell: ({ use }) => use.processes,
  },
]

/** A hundredth of a processor is as exact as the kernel counts. */
const cpusOf = ({ cpus }: LaunchUsage): string =>
  cpus === undefined ? '…' : cpus > 0 && cpus < 0.01 ? '<0.01' : short(cpus)

const Of = ({ now, of }: { readonly now: string; readonly of: string }) => (
  <>
    {now} <span class="faint">of {of}</span>
  </>
)

interface LaunchesProps {
  readonly launches: readonly LaunchUsage[]
  readonly tasks: readonly TaskView[]
}

function Launches({ launches, tasks }: LaunchesProps) {
  if (launches.length === 0) return null
  const byLaunch = new Map(tasks.map((task) => [task.launch, task]))
  return (
    <Table
      noun="running task"
      name="use"
      rows={launches.map((use): Used => ({ use, task: byLaunch.get(use.launchId) }))}
      isRead
      columns={COLUMNS}
      idOf={({ use }) => use.launchId}
      order={{ key: 'cpus', descending: true }}
      isShort={launches.length < 9}
    />
  )
}

/** What one task uses, in a line. */
export function TaskUse({ agent, launch }: { readonly agent: string; readonly launch: string }) {
  const { usage, problem } = useFollowed(agent, true)
  const use = usage?.launches?.find(({ launchId }) => launchId === launch)
  if (problem !== undefined) return <span class="soft">{problem}</span>
  if (usage === undefined) return <span class="soft">measuring …</span>
  if (use === undefined) return <span class="soft">no process of its own</span>
  const cpus = use.cpus === undefined ? '' : `${cpusOf(use)} CPU, `
  return (
    <span>
      {cpus}
      {bytes(use.memBytes)} memory, {plural(use.processes, 'process').replace(/processs$/, 'processes')}
    </span>
  )
}
