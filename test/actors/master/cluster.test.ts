import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  apply, COMPLETED_FRAMEWORKS_MAX, COMPLETED_TASKS_MAX, newCluster, newId, tasksOf, usedBy, type Cluster,
} from '../../../actors/master/cluster.js'
import type {
  AgentId, ExecutorId, FrameworkId, LaunchId, Role, TaskId, UpdateId,
} from '../../../actors/protocol/ids.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentInfo, command, FRAMEWORK } from './desk.js'
import { record } from './records.js'

const genesis: LogRecord = { type: 'genesis', cluster: 'warren', prefix: 'w' }

function fold(records: readonly LogRecord[], cluster = newCluster()): Cluster {
  for (const each of [genesis, ...records]) apply(cluster, each)
  return cluster
}

const launched = (id: string, number: number): LogRecord => ({
  type: 'task-launched', frameworkId: 'w-0000' as FrameworkId, agentId: 'w-S0' as AgentId,
  launchId: `w-L${number}` as LaunchId, role: '*' as Role, task: command(id), state: 'STAGING', atMs: 1,
})
const admitted: LogRecord = {
  type: 'framework-admitted', frameworkId: 'w-0000' as FrameworkId, info: FRAMEWORK, atMs: 1,
}

test('whatever the records are, the fold takes them, and twice the same records give the same cluster', () => {
  fc.assert(fc.property(fc.array(record, { maxLength: 60 }), (records) => {
    assert.deepEqual(fold(records), fold(records))
  }))
})

test('new ids end in the claim that they were made under, so that none comes twice though the log lose its end', () => {
  const claim = (nonce: string): LogRecord => ({ type: 'leadership-claimed', epoch: 1, master: 'm1', nonce })
  assert.equal(newId(fold([]), 'L7'), 'w-L7')
  assert.deepEqual(['k3x9abcdefgh', 'p2q8abcdefgh'].map((nonce) => newId(fold([claim(nonce)]), 'L7')), [
    'w-L7-k3x9', 'w-L7-p2q8',
  ])
  const launch = { ...launched('a', 4), launchId: 'w-L4-k3x9' } as LogRecord
  assert.equal(fold([admitted, launch]).nextLaunch, 5, 'they are counted on whoever has made them')
})

test('a record about something unknown changes nothing but the numbers of ids', () => {
  const unknown = [
    launched('a', 4), { type: 'task-removed', frameworkId: 'w-0009', taskId: 'a' },
    { type: 'task-changed', frameworkId: 'w-0009', taskId: 'a', state: 'RUNNING', atMs: 1 },
    { type: 'framework-removed', frameworkId: 'w-0009', atMs: 1 }, { type: 'agent-removed', agentId: 'w-S9', atMs: 1 },
    { type: 'agent-unreachable', agentId: 'w-S9', atMs: 1 },
  ] as LogRecord[]
  assert.deepEqual(fold(unknown), { ...fold([]), nextLaunch: 5 })
})

test('ids go on where the records end, whoever has left meanwhile', () => {
  const cluster = fold([
    { type: 'agent-admitted', agentId: 'w-S6' as AgentId, info: agentInfo(), atMs: 1 },
    { type: 'agent-removed', agentId: 'w-S6' as AgentId, atMs: 2 },
    { type: 'framework-admitted', frameworkId: 'w-0041' as FrameworkId, info: FRAMEWORK, atMs: 1 },
    { type: 'framework-removed', frameworkId: 'w-0041' as FrameworkId, atMs: 2 },
    launched('a', 17),
    // Ids of an earlier cluster count for nothing.
    { type: 'agent-admitted', agentId: 'old-S99' as AgentId, info: agentInfo(), atMs: 1 },
  ])
  assert.deepEqual([cluster.nextAgent, cluster.nextFramework, cluster.nextLaunch], [7, 42, 18])
})

test('an epoch never goes back', () => {
  const claimed = (epoch: number): LogRecord => ({ type: 'leadership-claimed', epoch, master: 'm', nonce: 'n' })
  assert.equal(fold([claimed(4), claimed(3)]).epoch, 4)
})

test('a terminal state stays, but what its own update tells of it is added', () => {
  const [frameworkId, taskId] = ['w-0000' as FrameworkId, 'a' as TaskId]
  const changed = (more: Partial<Extract<LogRecord, { type: 'task-changed' }>>): LogRecord =>
    ({ type: 'task-changed', frameworkId, taskId, state: 'FINISHED', atMs: 5, ...more })
  const cluster = fold([
    admitted, launched('a', 0), changed({}), changed({ state: 'RUNNING' }), changed({ state: 'FAILED' }),
    changed({ updateId: 'w-L0.2' as UpdateId, exitCode: 0 }),
  ])
  const [ended] = tasksOf(cluster)
  assert.deepEqual([ended?.state, ended?.updateId, ended?.exitCode], ['FINISHED', 'w-L0.2', 0])
})

test('a framework that ends takes its tasks and executors with it, and its live tasks count as killed', () => {
  const ended = fold([
    admitted, launched('a', 0),
    { type: 'executor-launched', frameworkId: 'w-0000' as FrameworkId, agentId: 'w-S0' as AgentId,
      executorId: 'e' as ExecutorId, role: '*' as Role, resources: of({ cpus: 1 }) },
    { type: 'framework-removed', frameworkId: 'w-0000' as FrameworkId, atMs: 9 },
  ])
  assert.deepEqual([...tasksOf(ended)], [])
  assert.equal(ended.executors.size, 0)
  assert.equal(ended.completedTasks.get('w-L0')?.state, 'KILLED')
  assert.equal(ended.completedFrameworks.get('w-0000' as FrameworkId)?.removedMs, 9)
})

test('what a framework uses is its live tasks and its executors', () => {
  const cluster = fold([
    admitted, launched('a', 0), launched('b', 1),
    { type: 'task-changed', frameworkId: 'w-0000' as FrameworkId, taskId: 'b' as TaskId, state: 'FAILED', atMs: 2 },
    { type: 'executor-launched', frameworkId: 'w-0000' as FrameworkId, agentId: 'w-S0' as AgentId,
      executorId: 'e' as ExecutorId, role: '*' as Role, resources: of({ cpus: 0.5 }) },
  ])
  const framework = cluster.frameworks.get('w-0000' as FrameworkId)
  assert.ok(framework)
  assert.deepEqual(usedBy(cluster, framework), of({ cpus: 1.5 }))
})

test('what has ended stays readable up to a limit, the oldest going first', () => {
  const cluster = newCluster()
  fold([admitted], cluster)
  for (let number = 0; number < COMPLETED_TASKS_MAX + 10; number++) {
    apply(cluster, launched('a', number))
    apply(cluster, { type: 'task-removed', frameworkId: 'w-0000' as FrameworkId, taskId: 'a' as TaskId })
  }
  assert.equal(cluster.completedTasks.size, COMPLETED_TASKS_MAX)
  assert.ok(!cluster.completedTasks.has('w-L9') && cluster.completedTasks.has('w-L10'))
  for (let number = 0; number < COMPLETED_FRAMEWORKS_MAX + 10; number++) {
    const frameworkId = `w-${number}` as FrameworkId
    apply(cluster, { type: 'framework-admitted', frameworkId, info: FRAMEWORK, atMs: 1 })
    apply(cluster, { type: 'framework-removed', frameworkId, atMs: 1 })
  }
  assert.equal(cluster.completedFrameworks.size, COMPLETED_FRAMEWORKS_MAX)
})
