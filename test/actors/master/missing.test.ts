import assert from 'node:assert/strict'
import test from 'node:test'
import type { Decision } from '../../../actors/master/decision.js'
import type { ToldAgent } from '../../../actors/protocol/allocator.js'
import type { LaunchId, UpdateId } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { command, deskAtWork, held, typesOf, updatesOf } from './desk.js'

const recordsOf = ({ records }: Decision) => records.map(({ type }) => type)
const toldOf = ({ allocator }: Decision): ToldAgent | undefined =>
  allocator.flatMap((call) => (call.type === 'add-agent' ? [call.agent] : []))[0]

test('a task that began and is not there any more is gone, and takes nothing', () => {
  const { desk, agentId } = deskAtWork()
  const again = desk.register('a', { life: 'i2', agentId })
  assert.deepEqual(recordsOf(again), ['task-changed', 'task-removed'])
  assert.deepEqual(updatesOf(again).map(({ state, reason, updateId }) => [state, reason, updateId]), [
    ['GONE', 'agent-restarted', undefined],
  ])
  assert.deepEqual(toldOf(again)?.used, [])
})

test('a task that has ended, and whose agent comes back without it, is forgotten, and its end told again', () => {
  const { desk, agentId, task } = deskAtWork()
  desk.report(task, 'FINISHED', 2)
  const again = desk.register('a', { life: 'i2', agentId })
  assert.deepEqual(recordsOf(again), ['task-removed'])
  assert.deepEqual(updatesOf(again).map(({ state, updateId }) => [state, updateId]), [['FINISHED', undefined]])
})

test('a task that began and that the same life does not have gives back what it took', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  const again = desk.register('a', { agentId })
  assert.deepEqual(updatesOf(again).map(({ state }) => state), ['GONE'])
  assert.deepEqual(again.allocator, [
    { type: 'recover', frameworkId, role: '*', agentId, resources: of({ cpus: 1 }), refuseMs: 0 },
  ])
})

test('a task whose end the agent remembers has ended so, although the log knows nothing of it', () => {
  const { desk, agentId, task } = deskAtWork()
  const ended = [{ launchId: task.launchId, state: 'FINISHED' }] as const
  const again = desk.register('a', { life: 'i2', agentId, ended })
  assert.deepEqual(updatesOf(again).map(({ state, reason }) => [state, reason]), [['FINISHED', 'agent-reregistered']])
  assert.deepEqual(toldOf(again)?.used, [])
})

test('what the scheduler has acknowledged and nobody tells again is taken from the agent that comes back', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('u')])
  const task = desk.task(frameworkId, 'u')
  const ahead = { ...held(task, 'RUNNING'), updateId: `${task.launchId}.1` as UpdateId }
  const tasks = [held(desk.task(frameworkId, 't'), 'RUNNING'), ahead]
  const again = desk.register('a', { life: 'i2', agentId, tasks })
  assert.deepEqual(recordsOf(again), ['task-changed'])
  assert.deepEqual([desk.task(frameworkId, 'u').state, desk.task(frameworkId, 'u').updateId], ['RUNNING', 'w-L1.1'])
})

test('a task that has ended takes nothing of an agent that comes back, although the update is still to come', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  const lost = { ...held(task, 'RUNNING'), launchId: 'w-L9' as LaunchId, task: command('lost', { cpus: 4 }) }
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'FAILED'), lost] })
  assert.deepEqual(typesOf(again), ['agent-registered', 'update'], 'all of it is the other task’s')
  assert.deepEqual([desk.task(frameworkId, 't').state, toldOf(again)?.used.length], ['FAILED', 1])
  const [update] = updatesOf(desk.report(task, 'FAILED', 2))
  assert.deepEqual([update?.taskId, update?.state], ['t', 'FAILED'], 'its scheduler hears of it as ever')
})

test('an end that was acknowledged before this master has heard how is forgotten as soon as it has', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'FAILED')] })
  desk.acknowledge(task, 2)
  assert.equal(desk.task(frameworkId, 't').state, 'FAILED')
  const told = desk.report(task, 'FAILED', 2)
  assert.deepEqual(told.records.map(({ type }) => type), ['task-changed', 'task-removed'])
})

test('an agent that is full of tasks that the log has lost gets none of those that are on their way', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('coming')])
  const lost = { ...held(task, 'RUNNING'), launchId: 'w-L9' as LaunchId, task: command('lost', { cpus: 3 }) }
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING'), lost] })
  assert.deepEqual(updatesOf(again).map(({ taskId, state, reason }) => [taskId, state, reason]), [
    ['coming', 'DROPPED', 'no-room'], ['lost', 'RUNNING', 'agent-reregistered'],
  ])
  assert.ok(!typesOf(again).includes('run-task'))
})
