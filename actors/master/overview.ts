/** Overview: the cluster at a glance, and which nodes it has. Pure. */
import { nodeOf } from '../../runtime/address.js'
import type { OverviewView } from '../protocol/operator.js'
import { isTerminal } from '../protocol/task.js'
import { tasksOf } from './cluster.js'
import type { Knowledge } from './decision.js'
import type { Present } from './present.js'
import { totalOf } from './role-views.js'
import { ScalarSum } from './scalar-sum.js'
import { leaderView } from './views.js'

/** So many of those that are away are named. */
export const AWAY_NAMED_MAX = 20

export function overviewOf(knowledge: Knowledge): OverviewView {
  const { cluster, present } = knowledge
  const [agents, frameworks, tasks] = [new Tally(), new Tally(), new Tally()]
  const away: OverviewView['away'][number][] = []
  const name = (each: OverviewView['away'][number]) => {
    if (away.length < AWAY_NAMED_MAX) away.push(each)
  }
  for (const { agentId, info, unreachableSinceMs, drain, deactivated } of cluster.agents.values()) {
    const isLinked = present.agents.get(agentId)?.ref !== undefined
    const wish = drain ? 'draining' : deactivated ? 'deactivated' : 'active'
    const state = unreachableSinceMs !== undefined ? 'unreachable' : isLinked ? wish : 'disconnected'
    agents.add(state)
    if (state !== 'unreachable' && state !== 'disconnected') continue
    name({ noun: 'agent', id: agentId, name: info.name ?? info.hostname, state })
  }
  for (const { frameworkId, info } of cluster.frameworks.values()) {
    const state = present.schedulers.get(frameworkId)?.ref ? 'active' : 'disconnected'
    frameworks.add(state)
    if (state !== 'active') name({ noun: 'framework', id: frameworkId, name: info.name, state })
  }
  const [used, offered] = [new ScalarSum(), new ScalarSum()]
  for (const { state, task } of tasksOf(cluster)) {
    tasks.add(state)
    if (!isTerminal(state)) used.add(task.resources)
  }
  for (const { state } of cluster.completedTasks.values()) tasks.add(state)
  for (const { resources } of cluster.executors.values()) used.add(resources)
  for (const { offer } of present.offers.values()) offered.add(offer.resources)
  return {
    ...leaderView(knowledge), agents: agents.counts, frameworks: frameworks.counts, tasks: tasks.counts,
    offers: present.offers.size, away,
    resources: { total: totalOf(knowledge).amounts(), used: used.amounts(), offered: offered.amounts() },
  }
}

/** The nodes of agents and frameworks that are connected. */
export function nodesOf({ agents, schedulers }: Present): string[] {
  const refs = [...agents.values(), ...schedulers.values()].map(({ ref }) => ref)
  return [...new Set(refs.flatMap((ref) => ref === undefined ? [] : [nodeOf(ref as never)]))]
}

class Tally {
  readonly counts: Record<string, number> = {}

  add(state: string): void {
    this.counts[state] = (this.counts[state] ?? 0) + 1
  }
}
