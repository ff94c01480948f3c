/**
 * Registration: how agents join and come back. Decisions only.
 *
 * What an agent says of itself wins over what the master remembers of it: tasks that it runs are adopted,
 * tasks that it should run but never got are sent again (its memory of launch ids makes that harmless),
 * and what it does not have any more is over. Nothing that runs is killed. An agent that has changed too much to
 * be the one that it was (see `readmission.ts`) is refused, and its tasks run on.
 */
import type { AgentCall, HeldTask } from '../protocol/agent.js'
import type { AgentId, FrameworkId, Role } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import type { FrameworkInfo } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate, type TaskState } from '../protocol/task.js'
import { equals, sum } from '../resources/resources.js'
import { executorKey, leadershipOf, newId, type Cluster, type ExecutorRecord } from './cluster.js'
import { drainOrder, refuseGone } from './maintenance.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { liveTasksOf } from './ending.js'
import { rescindOfAgent } from './offering.js'
import { missingAt, missingTasks } from './missing.js'
import { readmissionProblem } from './readmission.js'
import { agentShare, frameworkShare } from './shares.js'

/** How long a framework that only its tasks tell of may stay away before they end. */
export const RECOVERED_TIMEOUT_MS = 600_000

type Register = Extract<AgentCall, { type: 'register-agent' }>

export function onRegister(knowledge: Knowledge, call: Register): Decision {
  const { cluster, present } = knowledge
  const linked = call.agentId ?? present.agentIds.get(call.agent) ?? whereHeld(cluster, call)
  const agentId = linked ?? (newId(cluster, `S${cluster.nextAgent}`) as AgentId)
  const gone = cluster.goneAgents.get(agentId)
  if (gone) return decision({ effects: refuseGone(cluster, agentId, gone, call.agent) })
  // What an earlier life has said and only now is heard: it tells nothing of what there is.
  if ((call.life ?? Infinity) < (present.agents.get(agentId)?.life ?? 0)) return NOTHING
  const known = cluster.agents.get(agentId)
  const isSameLife = present.agents.get(agentId)?.ref === call.agent
  const isInBooks = adoptedExecutors(cluster, agentId, call).length === 0
  if (known && isSameLife && isInBooks && JSON.stringify(known.info) === JSON.stringify(call.info)) {
    return onRegisterAgain(knowledge, agentId, call)
  }
  return onNewLife(knowledge, agentId, call)
}

/** An agent that has lost its id is the one that was given what it holds. */
const whereHeld = (cluster: Cluster, { tasks }: Register): AgentId | undefined =>
  tasks.map(({ frameworkId, launchId, task: { taskId } }) => {
    const here = cluster.frameworks.get(frameworkId)?.tasks.get(taskId)
    return here?.launchId === launchId ? here.agentId : undefined
  }).find((agentId) => agentId !== undefined)

/** The same life of the agent asks again: it is answered again, and sent again what it has missed. */
function onRegisterAgain(knowledge: Knowledge, agentId: AgentId, call: Register): Decision {
  const { cluster } = knowledge
  const missing = missingAt(knowledge, agentId, call)
  return combine([
    decision({ effects: registered(knowledge, agentId, call) }),
    missing,
    decision({
      allocator: missing.records.flatMap((record) => {
        const holder = holderOf(cluster, record)
        if (!holder) return []
        const { frameworkId, role, resources } = holder
        return [{ type: 'recover', frameworkId, role, agentId, resources, refuseMs: 0 } as const]
      }),
      effects: ordersFor(knowledge, agentId, call),
    }),
  ])
}

/** A life of the agent that is not linked: all that is known of it is begun anew. */
function onNewLife(knowledge: Knowledge, agentId: AgentId, call: Register, isFull = false): Decision {
  const { cluster, present, now } = knowledge
  const known = cluster.agents.get(agentId)
  const recovered = recoveredFrameworks(cluster, call)
  const adopted = call.tasks.filter((held) => isUnheard(cluster, held))
  const executors = adoptedExecutors(cluster, agentId, call)
  // Of one that has ended meanwhile the agent's own update tells, with all that there is to tell.
  const back = call.tasks.filter((held) =>
    stateHere(cluster, agentId, held) === 'UNREACHABLE' && !isTerminal(held.state))
  const ahead = call.tasks.filter((held) => isAhead(held, stateHere(cluster, agentId, held)))
  const missing = missingAt(knowledge, agentId, call, isFull)
  const records: LogRecord[] = [
    ...admission(knowledge, agentId, call),
    ...(known?.unreachableSinceMs === undefined ? [] : [{ type: 'agent-reachable', agentId, atMs: now } as const]),
    ...recovered.map(({ frameworkId, info }) =>
      ({ type: 'framework-admitted', frameworkId, info, atMs: now }) as const),
    ...recovered.map(({ frameworkId }) => ({ type: 'framework-disconnected', frameworkId, atMs: now }) as const),
    ...adopted.map((held) => launchedThere(agentId, held, now)),
    ...executors.map((executor) => ({ type: 'executor-launched', ...executor }) as const),
    ...back.map(({ frameworkId, task: { taskId }, state }) =>
      ({ type: 'task-changed', frameworkId, taskId, state, atMs: now }) as const),
    ...ahead.map(({ frameworkId, task: { taskId }, state, updateId }) => ({
      type: 'task-changed', frameworkId, taskId, state, ...(updateId === undefined ? {} : { updateId }), atMs: now,
    }) as const),
  ]
  const pending = { adopted, executors, records: [...records, ...missing.records] }
  const share = agentShare(cluster, agentId, call.info, pending)
  const problem = known && readmissionProblem(known, call.info, sum(share.used.map((each) => each.resources)))
  // It has not changed, so what is on its way there has lost its place to what the log does not know.
  if (problem && !isFull && equals(known.info.resources, call.info.resources)) {
    return onNewLife(knowledge, agentId, call, true)
  }
  if (problem) return decision({ effects: tell(call.agent, { type: 'agent-refused', epoch: cluster.epoch, problem }) })
  // The allocator keeps its books of an agent that is only away, and of most that come back they are still right.
  const isUnchanged = records.length === 0 && missing.records.length === 0 && share.active
    && present.agents.get(agentId)?.ref === undefined && present.agents.has(agentId)
  return combine([
    // Offers made before it came back may promise what it no longer has.
    rescindOfAgent(knowledge, agentId),
    decision({
      records,
      changes: [
        ...recovered.map(({ frameworkId }) => ({ type: 'scheduler-unlinked', frameworkId, atMs: now }) as const),
        ...ahead.filter(({ state, launchId }) => isTerminal(state) && present.kills.has(launchId))
          .map(({ launchId }) => ({ type: 'kill-over', launchId }) as const),
        { type: 'agent-linked', agentId, ref: call.agent, atMs: now, life: call.life, isUnchanged },
      ],
      allocator: [
        ...recovered.map(({ frameworkId, info }) =>
          ({ type: 'add-framework', framework: frameworkShare(frameworkId, info, [], false) }) as const),
        ...(isUnchanged ? [{ type: 'activate-agent', agentId } as const] : [
          { type: 'remove-agent', agentId } as const,
          { type: 'add-agent', agent: { ...share, telling: present.nextTelling } } as const,
        ]),
      ],
      effects: registered(knowledge, agentId, call),
    }),
    missing,
    decision({
      effects: [
        ...ordersFor(knowledge, agentId, call, isFull),
        ...[...back, ...adopted.filter(({ state }) => !isTerminal(state))]
          .flatMap((held) => tellOfReturn(knowledge, agentId, held)),
      ],
    }),
  ])
}

function admission({ cluster, now }: Knowledge, agentId: AgentId, { info }: Register): LogRecord[] {
  const known = cluster.agents.get(agentId)
  const isNews = !known || JSON.stringify(known.info) !== JSON.stringify(info)
  return isNews ? [{ type: 'agent-admitted', agentId, info, atMs: now }] : []
}

export const registered = (
  { cluster, present }: Knowledge, agentId: AgentId, { agent, statement }: Pick<Register, 'agent' | 'statement'>,
): Effect[] => tell(agent, {
  type: 'agent-registered', agentId, pingTimeoutMs: present.agentTimeoutMs, ...leadershipOf(cluster),
  ...(statement === undefined ? {} : { statement }),
})

/** Launches and kills that may never have reached it, and the end of frameworks that have ended. */
function ordersFor(
  { cluster, present, now }: Knowledge, agentId: AgentId, call: Register, isFull = false,
): Effect[] {
  const { epoch } = cluster
  const drain = cluster.agents.get(agentId)?.drain
  const kills = [
    ...liveTasksOf(cluster, agentId).filter(({ launchId }) => present.kills.has(launchId)),
    ...call.tasks.filter((held) => isOver(cluster, held)),
  ]
  const frameworks = new Set([...call.tasks, ...call.executors ?? []].map(({ frameworkId }) => frameworkId))
  const ended = [...frameworks].filter((frameworkId) => cluster.completedFrameworks.has(frameworkId))
  return [
    ...(isFull ? [] : missingTasks(cluster, agentId, call).staging).flatMap(({ frameworkId, launchId, role, task }) =>
      tell(call.agent, { type: 'run-task', epoch, frameworkId, launchId, role, task })),
    ...kills.flatMap(({ frameworkId, launchId, task: { taskId } }) =>
      tell(call.agent, { type: 'kill-task', epoch, frameworkId, taskId, launchId, ...present.kills.get(launchId) })),
    // A framework that is merely not back yet may go on.
    ...ended.flatMap((frameworkId) => tell(call.agent, { type: 'shutdown-framework', epoch, frameworkId })),
    ...(drain ? drainOrder(cluster, call.agent, drain, now) : []),
  ]
}

/** Executors that run there and are not in the books, as after a loss of the master's memory. */
function adoptedExecutors(cluster: Cluster, agentId: AgentId, call: Register): ExecutorRecord[] {
  const unheard = new Map<string, ExecutorRecord>()
  for (const { frameworkId, role, task: { executor } } of call.tasks) {
    if (!executor || cluster.completedFrameworks.has(frameworkId)) continue
    const { executorId, resources } = executor
    const runs = call.executors?.some((each) => each.frameworkId === frameworkId && each.executorId === executorId)
    const key = executorKey({ agentId, frameworkId, executorId })
    if (runs && !cluster.executors.has(key)) unheard.set(key, { frameworkId, agentId, executorId, role, resources })
  }
  return [...unheard.values()]
}

/** Frameworks that the agent has tasks of and nobody has told of: they exist, and are only not back yet. */
function recoveredFrameworks(cluster: Cluster, { tasks }: Register) {
  const roles = new Map<FrameworkId, Set<Role>>()
  for (const { frameworkId, role } of tasks) {
    if (cluster.frameworks.has(frameworkId) || cluster.completedFrameworks.has(frameworkId)) continue
    roles.set(frameworkId, (roles.get(frameworkId) ?? new Set()).add(role))
  }
  return [...roles].map(([frameworkId, of]) => ({ frameworkId, info: {
    name: 'recovered', roles: [...of], user: '', failoverTimeoutMs: RECOVERED_TIMEOUT_MS, labels: [],
  } satisfies FrameworkInfo }))
}

/** A task that the master has no record of, unless it is over for everybody or its id is another launch's by now. */
function isUnheard(cluster: Cluster, { frameworkId, launchId, task }: HeldTask): boolean {
  if (cluster.completedFrameworks.has(frameworkId)) return false
  if (cluster.frameworks.get(frameworkId)?.tasks.has(task.taskId)) return false
  return !cluster.completedTasks.has(launchId)
}

/** Its framework has been told that it ended, and may have launched another under its id. */
const isOver = (cluster: Cluster, { frameworkId, launchId, state }: HeldTask): boolean =>
  !isTerminal(state) && cluster.completedTasks.has(launchId) && !cluster.completedFrameworks.has(frameworkId)

/**
 * What its scheduler has acknowledged and nobody will tell again, because the log has lost it; or what has ended and
 * takes nothing any more, although the update that tells how is still to come.
 */
const isAhead = ({ state, updateId }: HeldTask, here: TaskState | undefined): boolean =>
  (updateId !== undefined || isTerminal(state))
  && here !== undefined && here !== 'UNREACHABLE' && !isTerminal(here) && here !== state

/** The state of this very launch, as the master knows it. */
function stateHere(cluster: Cluster, agentId: AgentId, held: HeldTask): TaskState | undefined {
  const task = cluster.frameworks.get(held.frameworkId)?.tasks.get(held.task.taskId)
  return task?.agentId === agentId && task.launchId === held.launchId ? task.state : undefined
}

/** Who held what, until this record. */
function holderOf(cluster: Cluster, record: LogRecord) {
  if (record.type === 'executor-ended') return cluster.executors.get(executorKey(record))
  if (record.type !== 'task-changed' || !isTerminal(record.state)) return undefined
  const task = cluster.frameworks.get(record.frameworkId)?.tasks.get(record.taskId)
  return task && { frameworkId: task.frameworkId, role: task.role, resources: task.task.resources }
}

function tellOfReturn(
  { present, now }: Knowledge, agentId: AgentId, { frameworkId, launchId, task: { taskId }, state }: HeldTask,
): Effect[] {
  const update: StatusUpdate = {
    frameworkId, agentId, taskId, launchId, state, source: 'master', reason: 'agent-reregistered', atMs: now,
  }
  return tell(present.schedulers.get(frameworkId)?.ref, { type: 'update', update })
}

const launchedThere = (
  agentId: AgentId, { frameworkId, launchId, role, task, state }: HeldTask, atMs: number,
): LogRecord => ({ type: 'task-launched', frameworkId, agentId, launchId, role, task, state, atMs })
