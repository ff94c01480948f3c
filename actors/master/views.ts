/** Views: the cluster as an operator reads it. Pure; amounts in units, times as ISO 8601. */
import type {
  AgentView, ClusterView, FrameworkView, LeaderView, OfferView, TaskView, View, ViewName,
} from '../protocol/operator.js'
import type { AgentId } from '../protocol/ids.js'
import { isTerminal, type TaskInfo } from '../protocol/task.js'
import { amountsOf } from '../resources/amounts.js'
import { printAttributes } from '../resources/attributes.js'
import { add, isEmpty as isNothing, NONE, type Resources } from '../resources/resources.js'
import type { AgentRecord, GoneAgent } from './agent-record.js'
import { tasksOf, usedBy, type FrameworkRecord, type TaskRecord } from './cluster.js'
import type { Knowledge } from './decision.js'
import { isoOf } from './iso.js'
import { rolesOf } from './role-views.js'

/** @param ids only these; of tasks, their launches */
export function viewsOf(knowledge: Knowledge, what: ViewName, ids?: ReadonlySet<string>): View[] {
  const { cluster, present } = knowledge
  const wanted = (id: string): boolean => ids === undefined || ids.has(id)
  switch (what) {
    case 'agents': {
      const loads = loadOfAgents(knowledge, ids)
      const agents = [...cluster.agents.values()].filter(({ agentId }) => wanted(agentId))
        .map((agent) => agentView(knowledge, agent, loads.get(agent.agentId)))
      const gone = [...cluster.goneAgents].filter(([agentId]) => wanted(agentId))
      return [...gone.map(([agentId, each]) => goneView(agentId, each)), ...agents]
    }
    case 'frameworks': return [...cluster.frameworks.values()]
      .filter(({ frameworkId }) => wanted(frameworkId)).map((framework) => frameworkView(knowledge, framework))
    case 'tasks': return [...cluster.completedTasks.values(), ...tasksOf(cluster)]
      .filter(({ launchId }) => wanted(launchId)).map(taskView)
    case 'offers': return [...present.offers.values()].filter(({ offer }) => wanted(offer.offerId))
      .map(({ offer, madeMs }): OfferView => ({
      id: offer.offerId, framework: offer.frameworkId, agent: offer.agentId, role: offer.role,
      resources: amountsOf(offer.resources), offeredAt: isoOf(madeMs),
    }))
    case 'roles': return rolesOf(knowledge).filter(({ id }) => wanted(id))
  }
}

export const clusterView = ({ cluster, present, leading }: Knowledge): ClusterView => ({
  cluster: cluster.name, epoch: cluster.epoch, leader: cluster.leader.name, leading, agents: cluster.agents.size,
  frameworks: cluster.frameworks.size, tasks: [...tasksOf(cluster)].filter((task) => !isTerminal(task.state)).length,
  offers: present.offers.size,
})

export const leaderView = ({ cluster, leading }: Knowledge): LeaderView => ({
  cluster: cluster.name, epoch: cluster.epoch, leading, leader: cluster.leader.name, url: cluster.leader.url,
})

interface Load {
  used: Resources
  offered: Resources
  tasks: number
}

function loadOfAgents({ cluster, present }: Knowledge, ids: ReadonlySet<string> | undefined): Map<string, Load> {
  const loads = new Map<string, Load>()
  const of = (agentId: string): Load => {
    const load = loads.get(agentId) ?? { used: NONE, offered: NONE, tasks: 0 }
    loads.set(agentId, load)
    return load
  }
  for (const task of tasksOf(cluster)) {
    if (isTerminal(task.state) || ids?.has(task.agentId) === false) continue
    const load = of(task.agentId)
    load.used = add(load.used, task.task.resources)
    load.tasks++
  }
  for (const { agentId, resources } of cluster.executors.values()) {
    of(agentId).used = add(of(agentId).used, resources)
  }
  for (const { offer: { agentId, resources } } of present.offers.values()) {
    of(agentId).offered = add(of(agentId).offered, resources)
  }
  return loads
}

function agentView({ present }: Knowledge, agent: AgentRecord, load: Load | undefined): AgentView {
  const { agentId, info: { name, hostname }, drain } = agent
  const isThere = present.agents.get(agentId)?.ref !== undefined
  const connection = agent.unreachableSinceMs !== undefined ? 'unreachable' : isThere ? 'connected' : 'disconnected'
  const isEmpty = load === undefined || (load.tasks === 0 && isNothing(load.used))
  const wish = drain ? (isEmpty ? 'drained' : 'draining') : agent.deactivated ? 'deactivated' : undefined
  return {
    id: agentId, ...(name === undefined ? {} : { name }), hostname, connection,
    state: wish ?? (connection === 'connected' ? 'active' : connection), resources: amountsOf(agent.info.resources),
    used: amountsOf(load?.used ?? NONE), offered: amountsOf(load?.offered ?? NONE),
    attributes: printAttributes(agent.info.attributes), tasks: load?.tasks ?? 0, admittedAt: isoOf(agent.admittedMs),
    ...(drain?.deadlineMs === undefined ? {} : { deadline: isoOf(drain.deadlineMs) }),
  }
}

/** Of one that is gone little is remembered. */
const goneView = (id: AgentId, { hostname, name, goneMs }: GoneAgent): AgentView => ({
  id, ...(name === undefined ? {} : { name }), hostname, state: 'gone', connection: 'unreachable',
  resources: {}, used: {}, offered: {}, attributes: '', tasks: 0, goneAt: isoOf(goneMs),
})

function frameworkView({ cluster, present }: Knowledge, framework: FrameworkRecord): FrameworkView {
  const link = present.schedulers.get(framework.frameworkId)
  return {
    id: framework.frameworkId, name: framework.info.name, state: link?.ref ? 'active' : 'disconnected',
    roles: framework.info.roles, suppressed: link?.suppressed ?? [], used: amountsOf(usedBy(cluster, framework)),
    ...(framework.info.needs === undefined ? {} : { needs: amountsOf(framework.info.needs) }),
    tasks: [...framework.tasks.values()].filter((task) => !isTerminal(task.state)).length,
    subscribedAt: isoOf(framework.admittedMs),
  }
}

const taskView = (record: TaskRecord): TaskView => ({
  id: record.task.taskId, name: record.task.name, framework: record.frameworkId, agent: record.agentId,
  launch: record.launchId, role: record.role, state: record.state,
  resources: amountsOf(record.task.resources), command: commandOf(record.task),
  ...(record.exitCode === undefined ? {} : { exitCode: record.exitCode }),
  ...(record.signal === undefined ? {} : { signal: record.signal }),
  ...(record.text === undefined ? {} : { message: record.text }),
  launchedAt: isoOf(record.launchedMs), changedAt: isoOf(record.changedMs),
})

function commandOf(task: TaskInfo): string {
  const program = task.command?.program ?? task.executor?.program
  switch (program?.type) {
    case 'argv': return program.argv.join(' ')
    case 'shell': return program.line
    case 'module': return program.file
    default: return ''
  }
}
