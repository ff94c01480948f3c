import assert from 'node:assert/strict'
import test from 'node:test'
import { OWED_AGAIN_MS, OWED_MS } from '../../../actors/master/reconciling.js'
import type { TaskId } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentRef, command, deskAtWork, typesOf, updatesOf } from './desk.js'

function asking() {
  const at = deskAtWork()
  const { desk, frameworkId } = at
  const reconcile = (...taskIds: string[]) => desk.say({
    type: 'reconcile', frameworkId, taskIds: taskIds as TaskId[],
  })
  return { ...at, reconcile, ask: (...taskIds: string[]) => updatesOf(reconcile(...taskIds)) }
}

test('reconciliation tells of the tasks that are named, or of all', () => {
  const { desk, agentId, frameworkId, ask } = asking()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('u')])
  assert.deepEqual(ask().map(({ taskId, state }) => [taskId, state]), [['t', 'RUNNING'], ['u', 'STAGING']])
  assert.deepEqual(ask('u', 'x', 'x').map(({ taskId, state, agentId: at }) => [taskId, state, at]), [
    ['u', 'STAGING', agentId], ['x', 'UNKNOWN', undefined],
  ])
  for (const { source, reason } of ask('t', 'x')) assert.deepEqual([source, reason], ['master', 'reconciliation'])
  assert.deepEqual(ask('t').map(({ updateId }) => updateId), ['w-L0.1'], 'whoever has that update knows it again')
})

test('while agents may still come back nobody can say that a task is unknown', () => {
  const { desk, ask, reconcile } = asking()
  desk.knowledge.present.recoveringUntilMs = desk.knowledge.now + 1
  assert.deepEqual(ask('t', 'x').map(({ taskId }) => taskId), ['t'])
  assert.equal(reconcile('t', 'x').barrier, false)
})

test('that a task is unknown is not said before the log has brought back a word of this leader', () => {
  const { reconcile } = asking()
  assert.equal(reconcile('t').barrier, false)
  assert.equal(reconcile('t', 'x').barrier, true)
})

test('before a task is said to be unknown its framework’s offers are taken back: an accept may be on its way', () => {
  const { desk, agentId, frameworkId, reconcile } = asking()
  const offer = desk.offer(frameworkId, agentId)
  assert.deepEqual(typesOf(reconcile('t')), ['update'])
  assert.deepEqual(typesOf(reconcile('x')), ['rescind', 'update'])
  const late = updatesOf(desk.accept(frameworkId, [offer], [command('x')]))
  assert.deepEqual(late.map(({ state }) => state), ['DROPPED'])
})

test('of an end that is not acknowledged the agent tells again itself, if it is there', () => {
  const { desk, agentId, task, reconcile, ask } = asking()
  desk.report(task, 'FAILED', 2, { exitCode: 3 })
  const asked = reconcile('t')
  assert.deepEqual([typesOf(asked), asked.effects[0]?.to], [['scheduler-back'], agentRef('a')])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  assert.deepEqual(ask('t').map(({ state, exitCode, updateId }) => [state, exitCode, updateId]), [
    ['FAILED', 3, 'w-L0.2'],
  ])
})

test('an end that its agent has forgotten is told by the master a little later, until it is acknowledged', () => {
  const { desk, task, reconcile } = asking()
  const sweepAfter = (passedMs: number) => {
    desk.knowledge.now += passedMs
    return updatesOf(desk.say({ type: 'sweep' })).map(({ state, updateId }) => [state, updateId])
  }
  desk.report(task, 'FAILED', 2)
  reconcile('t')
  reconcile('t')
  assert.deepEqual(sweepAfter(OWED_MS - 1), [])
  assert.deepEqual(sweepAfter(1), [['FAILED', 'w-L0.2']])
  assert.deepEqual([sweepAfter(OWED_AGAIN_MS - 1), sweepAfter(1)], [[], [['FAILED', 'w-L0.2']]])
  desk.acknowledge(task, 2)
  assert.deepEqual(sweepAfter(OWED_AGAIN_MS), [])
  assert.equal(desk.knowledge.present.owed.size, 0)
})

test('an end that is over for everybody is still known for a while, when it is asked for', () => {
  const { desk, task, ask } = asking()
  desk.report(task, 'FINISHED', 2, { exitCode: 0 })
  desk.acknowledge(task, 2)
  assert.deepEqual(ask(), [])
  assert.deepEqual(ask('t').map(({ state, exitCode }) => [state, exitCode]), [['FINISHED', 0]])
})
