/** Master families: whether this master leads, and if it does, what is known of its cluster. */
import type { CountsView } from '../../actors/protocol/counts.js'
import type { LeaderView, OverviewView } from '../../actors/protocol/operator.js'
import { isTerminal, TASK_STATES } from '../../actors/protocol/task.js'
import { byLabel, counter, gauge, only, type Family, type Sample } from './family.js'

export interface MasterFigures {
  leader(): Promise<LeaderView>
  overview(): Promise<OverviewView>
  counts(): Promise<CountsView>
}

const AGENT_STATES = ['active', 'deactivated', 'draining', 'disconnected', 'unreachable']
const FRAMEWORK_STATES = ['active', 'disconnected']
const OFFER_OUTCOMES = ['accepted', 'declined', 'rescinded']

/** Only the leader tells of the cluster, so that the figures of several masters can be added up. */
export async function masterFamilies(figures: MasterFigures): Promise<readonly Family[]> {
  const view = await figures.leader().catch(() => undefined)
  const own = [
    gauge('warren_leader', 'Whether this master leads.', only(view?.leading ? 1 : 0)),
    ...view ? [gauge('warren_epoch', 'The epoch of the leader that this master knows.', only(view.epoch))] : [],
  ]
  if (!view?.leading) return own
  const known = await Promise.all([figures.overview(), figures.counts()]).catch(() => undefined)
  return known ? [...own, ...clusterFamilies(...known)] : own
}

function clusterFamilies(overview: OverviewView, counts: CountsView): readonly Family[] {
  return [
    gauge('warren_agents', 'Agents, by state.', byLabel('state', AGENT_STATES, overview.agents)),
    gauge('warren_frameworks', 'Frameworks, by state.', byLabel('state', FRAMEWORK_STATES, overview.frameworks)),
    gauge('warren_tasks', 'Tasks that the master remembers, by state.',
      byLabel('state', TASK_STATES, overview.tasks)),
    counter('warren_tasks_launched_total', 'Tasks that were launched.', only(counts.tasksLaunched)),
    counter('warren_tasks_ended_total', 'Tasks that have ended, by the state in which they did.',
      byLabel('state', TASK_STATES.filter(isTerminal), counts.tasksEnded)),
    gauge('warren_offers_outstanding', 'Offers that are out.', only(overview.offers)),
    counter('warren_offers_total', 'Offers that have ended, by how.',
      byLabel('outcome', OFFER_OUTCOMES, counts.offers)),
    counter('warren_offers_made_total', 'Offers that were made.', only(counts.offersMade)),
    gauge('warren_resources',
      'What the agents have: cpus in processors, mem and disk in megabytes; free is neither used nor offered.',
      resourceSamples(overview.resources)),
  ]
}

function resourceSamples({ total, used, offered }: OverviewView['resources']): readonly Sample[] {
  const amount = (of: Readonly<Record<string, number | string>>, resource: string): number =>
    Number(of[resource] ?? 0)
  return Object.keys(total).flatMap((resource): Sample[] => {
    const [has, uses, offers] = [total, used, offered].map((each) => amount(each, resource)) as [number, number, number]
    const statuses = { total: has, used: uses, offered: offers, free: Math.max(0, has - uses - offers) }
    return Object.entries(statuses).map(([status, value]) => [{ resource, status }, value])
  })
}
