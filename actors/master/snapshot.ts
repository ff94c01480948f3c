/**
 * Snapshot: a cluster as the shortest history that folds to it. What is new in a cluster is added here, as one
 * more record that tells of it (ordinary ones first), and, if it is a map, to `frozen`; a property test finds out
 * when that was forgotten. Pure.
 */
import type { KeptRecord, SnapshotRecord } from '../protocol/log-snapshot.js'
import type { AgentRecord } from './agent-record.js'
import { apply, newCluster, type Cluster, type TaskRecord } from './cluster.js'

/** A cluster as it stands, whatever becomes of it; what is never changed in place is shared. */
export const frozen = (cluster: Cluster): Cluster => ({
  ...cluster,
  agents: new Map([...cluster.agents].map(([agentId, agent]) => [agentId, { ...agent }])),
  frameworks: new Map([...cluster.frameworks].map(([frameworkId, framework]) =>
    [frameworkId, { ...framework, tasks: new Map(framework.tasks) }])),
  goneAgents: new Map(cluster.goneAgents),
  executors: new Map(cluster.executors),
  completedTasks: new Map(cluster.completedTasks),
  completedFrameworks: new Map(cluster.completedFrameworks),
})

/** In the order of the cluster's maps, which is a part of what it knows: the oldest are forgotten first. */
export function* snapshotOf(cluster: Cluster): Generator<SnapshotRecord> {
  const { name, prefix, clusterId, epoch, nonce, leader } = cluster
  if (name !== '') yield { type: 'genesis', cluster: name, prefix, ...(clusterId === '' ? {} : { clusterId }) }
  if (nonce !== '') {
    const url = leader.url === undefined ? {} : { url: leader.url }
    yield { type: 'leadership-claimed', epoch, nonce, master: leader.name, ...url }
  }
  for (const [agentId, { hostname, name: node, goneMs }] of cluster.goneAgents) {
    yield { type: 'agent-gone', agentId, hostname, ...(node === undefined ? {} : { name: node }), atMs: goneMs }
  }
  for (const agent of cluster.agents.values()) yield* agentHistory(agent)
  for (const { frameworkId, info, admittedMs, disconnectedSinceMs } of cluster.frameworks.values()) {
    yield { type: 'framework-admitted', frameworkId, info, atMs: admittedMs }
    if (disconnectedSinceMs !== undefined) {
      yield { type: 'framework-disconnected', frameworkId, atMs: disconnectedSinceMs }
    }
  }
  for (const executor of cluster.executors.values()) yield { type: 'executor-launched', ...executor }
  for (const { tasks } of cluster.frameworks.values()) {
    for (const task of tasks.values()) yield { type: 'task-kept', ...task, over: false } as KeptRecord
  }
  for (const task of cluster.completedTasks.values()) yield { type: 'task-kept', ...task, over: true } as KeptRecord
  for (const [frameworkId, completed] of cluster.completedFrameworks) {
    yield { type: 'framework-kept', frameworkId, ...completed }
  }
  const { nextAgent, nextFramework, nextLaunch } = cluster
  yield { type: 'numbers-kept', nextAgent, nextFramework, nextLaunch }
}

function* agentHistory(agent: AgentRecord): Generator<SnapshotRecord> {
  const { agentId, info, admittedMs, unreachableSinceMs, deactivated, drain } = agent
  yield { type: 'agent-admitted', agentId, info, atMs: admittedMs }
  if (unreachableSinceMs !== undefined) yield { type: 'agent-unreachable', agentId, atMs: unreachableSinceMs }
  if (deactivated) yield { type: 'agent-deactivated', agentId, atMs: admittedMs }
  if (!drain) return
  const { sinceMs, graceMs, deadlineMs, gone } = drain
  const grace = graceMs === undefined ? {} : { graceMs }
  const deadline = deadlineMs === undefined ? {} : { deadlineMs }
  yield { type: 'agent-draining', agentId, atMs: sinceMs, ...grace, ...deadline, gone }
}

/** The cluster of which a snapshot was made. */
export function restore(records: Iterable<SnapshotRecord>): Cluster {
  const cluster = newCluster()
  for (const record of records) {
    if (isKept(record)) keep(cluster, record)
    else apply(cluster, record)
  }
  return cluster
}

const KEPT: Readonly<Record<KeptRecord['type'], true>> = {
  'numbers-kept': true, 'task-kept': true, 'framework-kept': true,
}
export const isKept = (record: SnapshotRecord): record is KeptRecord => Object.hasOwn(KEPT, record.type)

function keep(cluster: Cluster, record: KeptRecord): void {
  switch (record.type) {
    case 'numbers-kept': {
      const { type: _, ...numbers } = record
      Object.assign(cluster, numbers)
      return
    }
    case 'framework-kept': {
      const { type: _, frameworkId, ...completed } = record
      cluster.completedFrameworks.set(frameworkId, completed)
      return
    }
    case 'task-kept': {
      const task = taskOf(record)
      if (record.over) cluster.completedTasks.set(task.launchId, task)
      else {
        cluster.frameworks.get(task.frameworkId)?.tasks.set(task.task.taskId, task)
        cluster.tasksAt.put(task.agentId, task.launchId, task)
      }
      return
    }
    default: {
      const unknown: never = record
      throw new Error(`unknown record ${JSON.stringify(unknown)}`)
    }
  }
}

function taskOf(kept: Extract<KeptRecord, { type: 'task-kept' }>): TaskRecord {
  const { frameworkId, agentId, launchId, role, task, state, launchedMs, changedMs } = kept
  return {
    frameworkId, agentId, launchId, role, task, state, updateId: kept.updateId, exitCode: kept.exitCode,
    signal: kept.signal, text: kept.text, launchedMs, changedMs,
  }
}
