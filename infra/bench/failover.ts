/** Failover: how soon a cluster is whole again when its leader is gone, and what its log costs. */
import { countsOf, parseOptions } from './bench-options.js'
import type { Figure } from './figure.js'
import { killedLeader } from './failover/killed.js'

const TENANTS = 50
const TASKS_PER_AGENT = 5
/** What is wanted of the whole, by how many agents there are at most, in milliseconds. */
const AIMS = [{ agents: 200, wanted: { p50: 150, p99: 500 } }, { agents: 2_000, wanted: { p99: 1_000 } }]

export async function* failover(
  progress: (text: string) => void, args: readonly string[],
): AsyncGenerator<Figure> {
  const { agents, kills } = optionsOf(args)
  for (const count of agents) {
    const aim = AIMS.find((each) => count <= each.agents)
    yield* await killedLeader({
      agents: count, tenants: TENANTS, tasksPerAgent: TASKS_PER_AGENT, kills, progress, wanted: aim?.wanted,
    })
  }
}

const OPTIONS = {
  agents: { fallback: '200', help: 'how many emulated agents; several are measured one after the other' },
  kills: { fallback: '10', help: 'how often the leader is killed, with each of them' },
}

function optionsOf(args: readonly string[]) {
  const values = parseOptions('failover', args, OPTIONS)
  const [kills = 0] = countsOf('kills', values.kills)
  return { agents: countsOf('agents', values.agents), kills }
}
