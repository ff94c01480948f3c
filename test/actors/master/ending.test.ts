/** Ends that the master itself decides, and what is heard late: of an earlier launch, or of an agent that is over. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { AgentId, ExecutorId, FrameworkId } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import {
  agentInfo, agentRef, command, Desk, deskAtWork, executed, held, schedulerRef, typesOf, updatesOf,
} from './desk.js'

const operator = schedulerRef('operator') as never
const executorId = 'x' as ExecutorId

/** A task of a custom executor, launched at an agent. */
function executing() {
  const desk = new Desk()
  const [agentId, frameworkId] = ['w-S0' as AgentId, 'w-0000' as FrameworkId]
  desk.register('a', { number: 1 })
  desk.subscribe('one')
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [executed('t', 'x', { cpus: 1 })])
  return { desk, agentId, frameworkId, task: desk.task(frameworkId, 't') }
}

test('a launch that arrives when its task has been taken for gone is killed', () => {
  const { desk, agentId, task } = deskAtWork()
  desk.register('a', { agentId })
  const late = desk.report(task, 'RUNNING', 1)
  assert.deepEqual(typesOf(late), ['kill-task', 'acknowledge-status', 'update'])
  assert.deepEqual(updatesOf(late).map(({ state }) => state), ['GONE'])
  assert.deepEqual(typesOf(desk.report(task, 'RUNNING', 1, { latestState: 'KILLED' })),
    ['acknowledge-status', 'update'], 'it is over by now')
})

test('so is one whose task has been launched again, and the other goes on', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.register('a', { agentId })
  desk.register('b', { info: { ...agentInfo(), hostname: 'other' } })
  desk.accept(frameworkId, [desk.offer(frameworkId, 'w-S1' as AgentId)], [command('t')])
  const late = desk.report(task, 'RUNNING', 1)
  assert.deepEqual(typesOf(late), ['kill-task', 'acknowledge-status'])
  const launchIds = late.effects.flatMap(({ message }) => ('launchId' in message ? [message.launchId] : []))
  assert.deepEqual(launchIds, [task.launchId])
})

test('an executor that a late launch has brought comes into the books', () => {
  const { desk, agentId, frameworkId, task } = executing()
  desk.register('a', { agentId })
  for (let round = 0; round < 7; round++) desk.say({ type: 'ping-round' })
  assert.equal(desk.task(frameworkId, 't').state, 'UNREACHABLE')
  desk.register('a', { agentId })
  const late = desk.report(task, 'RUNNING', 1)
  assert.deepEqual(typesOf(late), ['account-wanted', 'kill-task', 'acknowledge-status', 'update'])
  desk.register('a', { agentId, executors: [{ frameworkId, executorId }], tasks: [held(task, 'RUNNING')] })
  assert.equal(desk.knowledge.cluster.executors.size, 1)
  const told = desk.calls.flatMap((call) => (call.type === 'add-agent' ? [call.agent.used] : [])).at(-1)
  assert.deepEqual(told?.map(({ resources }) => resources), [of({ cpus: 1 })])
})

test('the end of an earlier life\'s executor ends none of the next', () => {
  const { desk, agentId, frameworkId, task } = executing()
  desk.report(task, 'RUNNING', 1)
  desk.register('a', { agentId, life: 'i2', number: 2, tasks: [held(task, 'FAILED')] })
  desk.report(task, 'FAILED', 2)
  desk.acknowledge(task, 2)
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [executed('u', 'x', { cpus: 1 })])
  desk.report(desk.task(frameworkId, 'u'), 'RUNNING', 1)
  const exited = { type: 'executor-exited', agentId, frameworkId, executorId, launches: [task.launchId] } as const
  const late = desk.say({ ...exited, life: 1 })
  assert.deepEqual([late.records, late.allocator], [[], []])
  assert.deepEqual(desk.say({ ...exited, life: 2 }).records.map(({ type }) => type), ['executor-ended'])
})

test('the goodbye of an earlier life ends nothing, also while the next one is away', () => {
  const { desk, agentId, task } = deskAtWork()
  desk.register('a', { agentId, life: 'i2', number: 2, tasks: [held(task, 'RUNNING')] })
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a', 'i2') })
  const goodbye = { type: 'unregister-agent', agentId, agent: agentRef('a', 'i1') } as const
  assert.deepEqual(updatesOf(desk.say({ ...goodbye, life: 1 })), [])
  assert.deepEqual(updatesOf(desk.say({ ...goodbye, life: 2 })).map(({ state }) => state), ['LOST'])
})

test('an agent that has lost its id is known by what it holds', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.say({ type: 'agent-lost', agentId: task.agentId, ref: agentRef('a') })
  desk.register('a', { life: 'i2', number: 2, tasks: [held(task, 'RUNNING')] })
  assert.equal(desk.knowledge.cluster.agents.size, 1)
  assert.deepEqual(typesOf(desk.say({ type: 'kill', frameworkId, taskId: task.task.taskId })), ['kill-task'])
})

test('an end of which only a later state has told is told when its agent is declared gone', () => {
  const { desk, agentId, task } = deskAtWork()
  desk.report(task, 'RUNNING', 1, { latestState: 'FINISHED' })
  const gone = desk.say({ type: 'operator-gone', agentId, replyTo: operator })
  assert.deepEqual([...updatesOf(gone), ...updatesOf(desk.report(task, 'FINISHED', 2))].map(({ state }) => state),
    ['FINISHED'])
})

test('so it is when its agent leaves, and nothing of it stays', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.report(task, 'RUNNING', 1, { latestState: 'FINISHED' })
  const left = desk.say({ type: 'unregister-agent', agentId, agent: agentRef('a') })
  assert.deepEqual(updatesOf(left).map(({ state }) => state), ['FINISHED'])
  assert.equal(desk.knowledge.cluster.frameworks.get(frameworkId)?.tasks.size, 0)
})

test('nor does it when an agent is drained and gone while the scheduler is away: the id of the task is free', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.say({ type: 'scheduler-lost', frameworkId, ref: schedulerRef('one') })
  desk.say({ type: 'operator-drain', agentId, gone: true, replyTo: operator })
  desk.report(task, 'KILLING', 2, { latestState: 'KILLED' })
  desk.say({ type: 'sweep' })
  desk.subscribe('one', { frameworkId, life: 'i2' })
  assert.equal(desk.knowledge.cluster.frameworks.get(frameworkId)?.tasks.size, 0)
})

test('what an agent tells of a task that the master has ended is acknowledged only when the scheduler is there', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.register('a', { life: 'i2', agentId })
  desk.say({ type: 'scheduler-lost', frameworkId, ref: schedulerRef('one') })
  const report = () => typesOf(desk.report(task, 'KILLING', 2, { latestState: 'KILLED' }))
  assert.deepEqual(report(), [])
  assert.deepEqual(typesOf(desk.subscribe('one', { frameworkId, life: 'i2' })), ['subscribed', 'scheduler-back'])
  assert.deepEqual(report(), ['acknowledge-status', 'update'])
})
