/**
 * Agents: how they come, stay and go. Decisions only.
 *
 * An agent that breaks off is first only away: its offers are rescinded, its tasks run on. If it stays
 * away it becomes unreachable, and its frameworks are told; if it comes back, nothing is killed.
 */
import type { AgentCall, AgentInfo, HeldTask } from '../protocol/agent.js'
import type { AgentShare, Holding } from '../protocol/allocator.js'
import type { AgentId, FrameworkId } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import { isTerminal, type Reason, type StatusUpdate, type TaskState } from '../protocol/task.js'
import { tasksOf, type Cluster, type TaskRecord } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { rescindOfAgent } from './offering.js'

export const PING_INTERVAL_MS = 15_000
export const PINGS_MISSED_MAX = 5
/** An agent silent or away for longer is unreachable. */
export const AGENT_TIMEOUT_MS = PING_INTERVAL_MS * PINGS_MISSED_MAX

type Register = Extract<AgentCall, { type: 'register-agent' }>

export function onRegister(knowledge: Knowledge, call: Register): Decision {
  const { cluster, present, now } = knowledge
  const linked = [...present.agents].find(([, link]) => link.ref === call.agent)?.[0]
  const agentId = call.agentId ?? linked ?? (`${cluster.prefix}-S${cluster.nextAgent}` as AgentId)
  const known = cluster.agents.get(agentId)
  if (known && linked === agentId && sameInfo(known.info, call.info)) return onRegisterAgain(knowledge, agentId, call)
  const unheard = call.tasks.filter((held) => !cluster.frameworks.get(held.frameworkId)?.tasks.has(held.task.taskId))
  const adopted = unheard.filter((held) => cluster.frameworks.has(held.frameworkId))
  const orphaned = new Set(unheard.map((held) => held.frameworkId).filter((id) => !cluster.frameworks.has(id)))
  const records: LogRecord[] = []
  if (!known || !sameInfo(known.info, call.info)) records.push({ type: 'agent-admitted', agentId, info: call.info, atMs: now })
  if (known?.unreachableSinceMs !== undefined) records.push({ type: 'agent-reachable', agentId, atMs: now })
  for (const held of adopted) records.push(launchedAlready(agentId, held, now))
  const back = call.tasks.filter((held) => stateHere(cluster, held) === 'UNREACHABLE')
  for (const { frameworkId, task: { taskId }, state } of back) records.push({ type: 'task-changed', frameworkId, taskId, state, atMs: now })
  const missing = known ? resumeMissing(knowledge, agentId, call) : NOTHING
  return combine([
    // Offers made before it came back may promise what it no longer has.
    rescindOfAgent(knowledge, agentId),
    {
      records: [...records, ...missing.records],
      changes: [{ type: 'agent-linked', agentId, ref: call.agent, atMs: now }],
      allocator: [
        { type: 'remove-agent', agentId },
        { type: 'add-agent', agent: shareOf(cluster, agentId, call.info, adopted, missing.records) },
      ],
      effects: [
        ...registered(knowledge, agentId, call),
        ...[...orphaned].flatMap((frameworkId) => orphanEffects(knowledge, call, frameworkId)),
        ...missing.effects,
        ...back.flatMap((held) => tellOfReturn(knowledge, agentId, held)),
      ],
    },
  ])
}

/** The same life of the agent asks again: it is answered again, and sent again what it has missed. */
function onRegisterAgain(knowledge: Knowledge, agentId: AgentId, call: Register): Decision {
  const missing = resumeMissing(knowledge, agentId, call)
  const over = missing.records.flatMap((record) => record.type === 'task-changed' ? [record] : [])
  return {
    ...missing,
    allocator: over.flatMap(({ frameworkId, taskId }) => {
      const task = knowledge.cluster.frameworks.get(frameworkId)?.tasks.get(taskId)
      return task ? [{ type: 'recover', frameworkId, role: task.role, agentId, resources: task.task.resources, refuseMs: 0 } as const] : []
    }),
    effects: [...registered(knowledge, agentId, call), ...missing.effects],
  }
}

const registered = ({ cluster }: Knowledge, agentId: AgentId, { agent }: Register): Effect[] =>
  tell(agent, { type: 'agent-registered', agentId, epoch: cluster.epoch, cluster: cluster.name, pingTimeoutMs: AGENT_TIMEOUT_MS })

/** An agent that is away keeps its tasks and its place; only what was on offer there is not any more. */
export function onAgentLost(knowledge: Knowledge, agentId: AgentId): Decision {
  return combine([
    rescindOfAgent(knowledge, agentId),
    decision({
      changes: [{ type: 'agent-unlinked', agentId, atMs: knowledge.now }],
      allocator: [{ type: 'deactivate-agent', agentId }],
    }),
  ])
}

export function onUnregister(knowledge: Knowledge, agentId: AgentId): Decision {
  const { cluster, now } = knowledge
  if (!cluster.agents.has(agentId)) return NOTHING
  const ended = endTasks(knowledge, agentId, 'LOST', 'agent-removed', 'the agent has left the cluster')
  return combine([
    rescindOfAgent(knowledge, agentId),
    decision({
      records: [...ended.records, { type: 'agent-removed', agentId, atMs: now }],
      changes: [{ type: 'agent-forgotten', agentId }],
      allocator: [{ type: 'remove-agent', agentId }],
      effects: [...ended.effects, ...tellOfFailure(knowledge, agentId)],
    }),
  ])
}

/** Pings who is there; whoever has missed too many, or is away too long, becomes unreachable. */
export function onPingRound(knowledge: Knowledge): Decision {
  const { cluster, present, now } = knowledge
  return combine([NOTHING, ...[...present.agents].map(([agentId, link]) => {
    if (cluster.agents.get(agentId)?.unreachableSinceMs !== undefined) return NOTHING
    const silent = link.ref ? link.missed >= PINGS_MISSED_MAX : now - link.sinceMs >= AGENT_TIMEOUT_MS
    if (silent) return unreachable(knowledge, agentId)
    return decision({
      changes: [{ type: 'agent-pinged', agentId }],
      effects: tell(link.ref, { type: 'ping', epoch: cluster.epoch, connected: true }),
    })
  })])
}

/** What the allocator must know of an agent. */
export function shareOf(
  cluster: Cluster, agentId: AgentId, info: AgentInfo, adopted: readonly HeldTask[] = [], ended: readonly LogRecord[] = [],
): AgentShare {
  const over = new Set(ended.flatMap((record) => (record.type === 'task-changed' ? [`${record.frameworkId}/${record.taskId}`] : [])))
  const used: Holding[] = adopted.filter((held) => !isTerminal(held.state))
    .map((held) => ({ frameworkId: held.frameworkId, role: held.role, resources: held.task.resources }))
  for (const { frameworkId, role, task, state, agentId: at } of tasksOf(cluster)) {
    if (at !== agentId || isTerminal(state) || over.has(`${frameworkId}/${task.taskId}`)) continue
    used.push({ frameworkId, role, resources: task.resources })
  }
  for (const { agentId: at, frameworkId, role, resources } of cluster.executors.values()) {
    if (at === agentId) used.push({ frameworkId, role, resources })
  }
  return { agentId, total: info.resources, used, active: true }
}

/**
 * Tasks that the master sent but the agent does not hold. One that never began is sent again, which
 * the agent's memory of launch ids makes harmless; one that had begun is gone.
 */
function resumeMissing(knowledge: Knowledge, agentId: AgentId, call: Register): Decision {
  const { cluster } = knowledge
  const held = new Set(call.tasks.map((task) => task.launchId))
  const missing = [...tasksOf(cluster)].filter((task) =>
    task.agentId === agentId && !held.has(task.launchId) && !isTerminal(task.state))
  const gone = missing.filter((task) => task.state !== 'STAGING')
  const again = missing.filter((task) => task.state === 'STAGING')
  const lost = end(knowledge, gone, 'GONE', 'agent-restarted', 'the agent came back without it')
  return decision({
    records: lost.records,
    effects: [...lost.effects, ...again.flatMap(({ frameworkId, launchId, role, task }): Effect[] =>
      tell(call.agent, { type: 'run-task', epoch: cluster.epoch, frameworkId, launchId, role, task }))],
  })
}

function unreachable(knowledge: Knowledge, agentId: AgentId): Decision {
  const ended = endTasks(knowledge, agentId, 'UNREACHABLE', 'agent-removed', 'its agent has not been heard for too long')
  return combine([
    rescindOfAgent(knowledge, agentId),
    decision({
      records: [...ended.records, { type: 'agent-unreachable', agentId, atMs: knowledge.now }],
      changes: [{ type: 'agent-forgotten', agentId }],
      allocator: [{ type: 'remove-agent', agentId }],
      effects: [...ended.effects, ...tellOfFailure(knowledge, agentId)],
    }),
  ])
}

const endTasks = (knowledge: Knowledge, agentId: AgentId, state: TaskState, reason: Reason, text: string) =>
  end(knowledge, [...tasksOf(knowledge.cluster)].filter((task) => task.agentId === agentId && !isTerminal(task.state)), state, reason, text)

function end(
  { present, now }: Knowledge, tasks: readonly TaskRecord[], state: TaskState, reason: Reason, text: string,
): { records: LogRecord[]; effects: Effect[] } {
  return {
    records: tasks.flatMap(({ frameworkId, task: { taskId } }): LogRecord[] => [
      { type: 'task-changed', frameworkId, taskId, state, text, atMs: now },
      // The master's own updates are not acknowledged, so nothing else would ever remove the task.
      ...(isTerminal(state) ? [{ type: 'task-removed', frameworkId, taskId } as const] : []),
    ]),
    effects: tasks.flatMap(({ frameworkId, agentId, launchId, task: { taskId } }) => {
      const update: StatusUpdate = { frameworkId, agentId, taskId, launchId, state, source: 'master', reason, text, atMs: now }
      return tell(present.schedulers.get(frameworkId)?.ref, { type: 'update', update })
    }),
  }
}

const stateHere = (cluster: Cluster, { frameworkId, task }: HeldTask): TaskState | undefined =>
  cluster.frameworks.get(frameworkId)?.tasks.get(task.taskId)?.state

function tellOfReturn({ present, now }: Knowledge, agentId: AgentId, { frameworkId, launchId, task: { taskId }, state }: HeldTask): Effect[] {
  const update: StatusUpdate = { frameworkId, agentId, taskId, launchId, state, source: 'master', reason: 'agent-reregistered', atMs: now }
  return tell(present.schedulers.get(frameworkId)?.ref, { type: 'update', update })
}

const tellOfFailure = ({ present }: Knowledge, agentId: AgentId): Effect[] =>
  [...present.schedulers.values()].flatMap(({ ref }) => tell(ref, { type: 'failure', agentId }))

/** A framework that has ended must not go on; one that is merely not back yet may. */
const orphanEffects = ({ cluster }: Knowledge, call: Register, frameworkId: FrameworkId): Effect[] =>
  cluster.completedFrameworks.has(frameworkId)
    ? tell(call.agent, { type: 'shutdown-framework', epoch: cluster.epoch, frameworkId })
    : []

const launchedAlready = (agentId: AgentId, { frameworkId, launchId, role, task, state }: HeldTask, atMs: number): LogRecord =>
  ({ type: 'task-launched', frameworkId, agentId, launchId, role, task, state, atMs })

const sameInfo = (left: AgentInfo, right: AgentInfo): boolean => JSON.stringify(left) === JSON.stringify(right)
