/** Agent usage: `warren agent usage [ID]`, how busy machines are beside what is allocated of them. */
import type { AgentView } from '../../actors/protocol/operator.js'
import type { MachineUsage } from '../../actors/protocol/usage.js'
import { columns, facts, print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { clientOf, segment, type HttpClient } from './http-client.js'
import { idOf } from './inspect.js'

/** As many as the interface takes at once. */
const ASKED_MAX = 100
const GIBIBYTE = 1_073_741_824

export const command: Command = {
  arguments: ['[agent]'],
  options: [
    { flags: '--json', help: 'one JSON document' }, { flags: '--no-headers', help: 'leave the headings out' },
    ...HTTP_OPTIONS,
  ],
  examples: ['warren agent usage', 'warren agent usage 3f9k2a-S0', 'warren agent usage 3f9k2a-S0 --json'],
  notes: [
    'Measured when it is asked for, over the last moment, and beside it what is allocated. Of one agent it also says',
    'what each launch uses. Who is away cannot be asked. Its id, the beginning of it and its name are all right.',
  ].join('\n'),
  async run(call) {
    const [id] = call.arguments
    return id === undefined ? ofAll(call) : ofOne(id, call)
  },
}

async function ofOne(id: string, { options }: Call): Promise<number> {
  const path = `/v1/agents/${segment(idOf('agent', id))}/usage`
  const answer = await clientOf(options).get<{ readonly usage: MachineUsage }>(path)
  if (options['json'] === true) return printJson(answer)
  const { usage } = answer
  const rows = (usage.launches ?? []).map(({ launchId, cpus, memBytes, processes }) =>
    [launchId, cpus === undefined ? '-' : cpus.toFixed(2), mebibytes(memBytes), String(processes)])
  const known = facts([
    ['cpus in use', `${usage.cpusUsed.toFixed(2)} of ${usage.cpus}`],
    ['memory in use', `${gibibytes(usage.memUsedBytes)} of ${gibibytes(usage.memBytes)}`],
    ['disk in use', `${gibibytes(usage.diskUsedBytes)} of ${gibibytes(usage.diskBytes)}`],
    ['load', [usage.load1, usage.load5, usage.load15].map((load) => load.toFixed(2)).join(', ')],
  ])
  const table = columns(['LAUNCH', 'CPUS', 'MEMORY', 'PROCESSES'], rows, options['headers'] !== false)
  return print(rows.length === 0 ? known : `${known}\n${table}`)
}

async function ofAll({ options }: Call): Promise<number> {
  const client = clientOf(options)
  const agents = await everyAgent(client)
  const usage: Record<string, MachineUsage> = {}
  const asked = agents.filter(({ connection }) => connection === 'connected').map(({ id }) => id)
  for (let at = 0; at < asked.length; at += ASKED_MAX) {
    const ids = asked.slice(at, at + ASKED_MAX).map(segment).join(',')
    Object.assign(usage, (await client.get<{ usage: Record<string, MachineUsage> }>(`/v1/usage?agents=${ids}`)).usage)
  }
  if (options['json'] === true) return printJson({ schemaVersion: 1, usage })
  if (agents.length === 0) {
    process.stderr.write('no agents\n')
    return EXIT.ok
  }
  return print(columns(HEADINGS, agents.map((agent) => cellsOf(agent, usage[agent.id])), options['headers'] !== false))
}

const HEADINGS = ['ID', 'NAME', 'CPUS', 'IN USE', 'MEMORY', 'IN USE', 'DISK IN USE', 'LOAD']

function cellsOf({ id, name = '-', resources, used }: AgentView, usage: MachineUsage | undefined): readonly string[] {
  const allocated = (of: string) => part(numberOf(used[of]), numberOf(resources[of]))
  const busy = (now: number | undefined, all: number | undefined) => part(now ?? 0, all ?? 0)
  return [
    id, name, allocated('cpus'), busy(usage?.cpusUsed, usage?.cpus), allocated('mem'),
    busy(usage?.memUsedBytes, usage?.memBytes), busy(usage?.diskUsedBytes, usage?.diskBytes),
    usage ? usage.load1.toFixed(2) : '-',
  ]
}

async function everyAgent(client: HttpClient): Promise<readonly AgentView[]> {
  interface Page { readonly agents: readonly AgentView[]; readonly next?: string }
  const all: AgentView[] = []
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Page = await client.get<Page>(`/v1/agents${after === '' ? '' : `?after=${segment(after)}`}`)
    all.push(...page.agents)
    after = page.next
  }
  return all
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)
const part = (value: number, total: number): string => (total > 0 ? `${Math.round((value / total) * 100)} %` : '-')
const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GB`
const mebibytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`
