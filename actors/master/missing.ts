/**
 * Missing: what the master believes to be at an agent that has come back, and is not there. What the agent remembers
 * to have ended has ended so, although the log knows no more of it; tasks that never arrived are still to be sent; of
 * all others nobody knows more than that they are gone. Decisions only.
 */
import type { AgentCall } from '../protocol/agent.js'
import type { AgentId, LaunchId } from '../protocol/ids.js'
import { isTerminal, type Reason, type StatusUpdate } from '../protocol/task.js'
import { executorKey, type Cluster } from './cluster.js'
import { combine, decision, tell, type Decision, type Knowledge } from './decision.js'
import { endTasks, liveTasksOf } from './ending.js'
import { hasRebooted } from './readmission.js'

type Register = Extract<AgentCall, { type: 'register-agent' }>

const FULL = 'its agent has come back with tasks that the log has lost, and has no room left for it'
const OVER = 'it had ended before its agent came back'

/**
 * What the master believes to run there and does not: begun tasks are gone, idle executors ended.
 * @param isFull for what never arrived there is no room any more
 */
export function missingAt(knowledge: Knowledge, agentId: AgentId, call: Register, isFull = false): Decision {
  const { cluster, present } = knowledge
  const { staging: open, begun, over } = missingTasks(cluster, agentId, call)
  const [staging, dropped] = isFull ? [[], open] : [open, []]
  const runs = new Set(call.executors?.map((executor) => executorKey({ ...executor, agentId })))
  // One that a task will bring back when it is sent again keeps its place.
  for (const { frameworkId, task } of staging) {
    if (task.executor) runs.add(executorKey({ agentId, frameworkId, executorId: task.executor.executorId }))
  }
  const ended = call.executors === undefined ? []
    : [...cluster.executorsAt.of(agentId)].filter((each) => !runs.has(executorKey(each)))
  const isReboot = hasRebooted(cluster.agents.get(agentId), call.info)
  const text = isReboot ? 'the machine was rebooted' : 'the agent came back without it'
  return combine([
    endTasks(knowledge, begun, { state: 'GONE', reason: 'agent-restarted', text }),
    endTasks(knowledge, dropped, { state: 'DROPPED', reason: 'no-room', text: FULL }),
    ...over.map(({ task, state }) => endTasks(knowledge, [task], { state, reason: 'agent-reregistered', text: OVER })),
    forgetEnded(knowledge, agentId, new Set(call.tasks.map(({ launchId }) => launchId)), 'agent-reregistered'),
    decision({
      records: ended.map(({ frameworkId, executorId }) =>
        ({ type: 'executor-ended', frameworkId, agentId, executorId })),
      effects: ended.flatMap(({ frameworkId, executorId }) =>
        tell(present.schedulers.get(frameworkId)?.ref, { type: 'failure', agentId, executorId })),
    }),
  ])
}

/** Tasks whose end nobody will tell again: the agent does not have them any more. @param held those that it has */
export function forgetEnded(
  { cluster, present, now }: Knowledge, agentId: AgentId, held: ReadonlySet<LaunchId>, reason: Reason,
): Decision {
  const ended = [...cluster.tasksAt.of(agentId)]
    .filter(({ state, launchId }) => isTerminal(state) && !held.has(launchId))
  return decision({
    records: ended.map(({ frameworkId, task: { taskId } }) => ({ type: 'task-removed', frameworkId, taskId })),
    effects: ended.flatMap(({ frameworkId, launchId, task: { taskId }, state }) => {
      const update: StatusUpdate = {
        frameworkId, agentId, taskId, launchId, state, source: 'master', reason, atMs: now,
      }
      return tell(present.schedulers.get(frameworkId)?.ref, { type: 'update', update })
    }),
  })
}

/** Ends of which only a later state has told, so that nobody can acknowledge them: their agent tells nothing more. */
export function forgetUntold(knowledge: Knowledge, agentId: AgentId): Decision {
  const told = [...knowledge.cluster.tasksAt.of(agentId)].filter(({ updateId }) => updateId !== undefined)
  return forgetEnded(knowledge, agentId, new Set(told.map(({ launchId }) => launchId)), 'agent-removed')
}

export function missingTasks(cluster: Cluster, agentId: AgentId, call: Register) {
  const held = new Set(call.tasks.map((task) => task.launchId))
  const missing = liveTasksOf(cluster, agentId).filter((task) => !held.has(task.launchId))
  const ends = new Map(call.ended?.map(({ launchId, state }) => [launchId, state]))
  const open = missing.filter(({ launchId }) => !ends.has(launchId))
  return {
    staging: open.filter((task) => task.state === 'STAGING'),
    begun: open.filter((task) => task.state !== 'STAGING'),
    over: missing.flatMap((task) => {
      const state = ends.get(task.launchId)
      return state ? [{ task, state }] : []
    }),
  }
}
