/** Failover: how soon a cluster is whole again when its leader is gone, and what its log costs. */
import { BenchOptionsError, countsOf, parseOptions } from './bench-options.js'
import type { Figure } from './figure.js'
import { frozenBroker, frozenLeader } from './failover/frozen.js'
import { killedLeader } from './failover/killed.js'
import { logCost } from './failover/log-cost.js'
import { rebuildFromBroker, rebuildFromFile } from './failover/rebuild.js'

const TENANTS = 50
const TASKS_PER_AGENT = 5
/** What is wanted when the leader is killed, by how many agents there are at most, in milliseconds. */
const AIMS = [{ agents: 200, wanted: { p50: 150, p99: 500 } }, { agents: 2_000, wanted: { p99: 1_000 } }]

const PARTS = ['killed', 'frozen', 'rebuild', 'log'] as const
type Part = (typeof PARTS)[number]

const OPTIONS = {
  parts: { fallback: PARTS.join(','), help: 'what is measured' },
  agents: { fallback: '200', help: 'killed: emulated agents; several counts are measured one after the other' },
  kills: { fallback: '10', help: 'killed: how often the leader is killed, with each count of agents' },
  'frozen-agents': { fallback: '50', help: 'frozen: emulated agents' },
  times: { fallback: '3', help: 'frozen: how often the leader is frozen; its broker is once' },
  'log-agents': { fallback: '10000', help: 'rebuild: agents of which the log tells' },
  'log-tasks': { fallback: '100000', help: 'rebuild: tasks of which the log tells' },
  launches: { fallback: '300', help: 'log: launches, with each kind of log' },
}

export async function* failover(
  progress: (text: string) => void, args: readonly string[],
): AsyncGenerator<Figure> {
  const values = parseOptions('failover', args, OPTIONS)
  const parts = partsOf(values.parts)
  const count = (name: keyof typeof OPTIONS): number => countsOf(name, values[name])[0] ?? 0
  const common = { tenants: TENANTS, tasksPerAgent: TASKS_PER_AGENT, progress }
  if (parts.has('killed')) {
    for (const agents of countsOf('agents', values.agents)) {
      const aim = AIMS.find((each) => agents <= each.agents)
      yield* await killedLeader({ ...common, agents, kills: count('kills'), wanted: aim?.wanted })
    }
  }
  if (parts.has('frozen')) {
    const few = { ...common, agents: count('frozen-agents'), times: count('times') }
    yield* await frozenLeader(few)
    yield* await frozenBroker(few)
  }
  if (parts.has('rebuild')) {
    const size = { agents: count('log-agents'), tasks: count('log-tasks') }
    yield* await rebuildFromFile(size, progress)
    yield* await rebuildFromBroker(size, progress)
  }
  if (parts.has('log')) yield* logCost(count('launches'), progress)
}

function partsOf(text: string): Set<Part> {
  const parts = text.split(',')
  const unknown = parts.find((part) => !PARTS.some((each) => each === part))
  if (unknown === undefined) return new Set(parts as Part[])
  throw new BenchOptionsError(`--parts '${unknown}': write some of ${PARTS.join(',')}`)
}
