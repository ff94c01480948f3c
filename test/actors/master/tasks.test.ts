import assert from 'node:assert/strict'
import test from 'node:test'
import type { AgentId, ExecutorId, FrameworkId, TaskId } from '../../../actors/protocol/ids.js'
import type { OutputAnswer } from '../../../actors/master/present.js'
import { of } from '../../../actors/resources/amounts.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { agentRef, command, deskAtWork, executed, schedulerRef, typesOf, updatesOf } from './desk.js'

test('a step is written down and passed on', () => {
  const { desk, frameworkId, task } = deskAtWork()
  const decided = desk.report(task, 'KILLING', 2)
  assert.deepEqual(decided.records, [{
    type: 'task-changed', frameworkId, taskId: 't', state: 'KILLING', updateId: 'w-L0.2', atMs: 1_000,
  }])
  assert.deepEqual(decided.effects.map(({ to }) => to), [schedulerRef('one')])
  assert.deepEqual(decided.allocator, [])
})

test('what a task took is free with its first terminal state, and only once', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  const ended = desk.report(task, 'FAILED', 2, { exitCode: 3 })
  assert.deepEqual(ended.allocator, [
    { type: 'recover', frameworkId, role: '*', agentId, resources: of({ cpus: 1 }), refuseMs: 0 },
  ])
  for (const [state, count] of [['FAILED', 2], ['FINISHED', 3], ['RUNNING', 1]] as const) {
    const repeated = desk.report(task, state, count)
    assert.deepEqual([repeated.records, repeated.allocator, typesOf(repeated)], [[], [], ['update']])
  }
  const { state, exitCode } = desk.task(frameworkId, 't')
  assert.deepEqual([state, exitCode], ['FAILED', 3])
})

test('the latest state counts, though an older step is told of', () => {
  const { desk, frameworkId, task } = deskAtWork()
  const early = desk.report(task, 'RUNNING', 1, { latestState: 'FINISHED' })
  assert.deepEqual(early.allocator.map(({ type }) => type), ['recover'])
  assert.deepEqual(updatesOf(early).map(({ state }) => state), ['RUNNING'])
  assert.equal(desk.task(frameworkId, 't').updateId, undefined, 'that step tells nothing of the end')
  assert.deepEqual(desk.acknowledge(task, 1).records, [])
  const late = desk.report(task, 'FINISHED', 2, { exitCode: 0 })
  assert.deepEqual([late.allocator, desk.task(frameworkId, 't').exitCode], [[], 0])
  assert.deepEqual(desk.acknowledge(task, 2).records.map(({ type }) => type), ['task-removed'])
})

test('a task is over when its terminal update is acknowledged, and not before', () => {
  const { desk, frameworkId, task } = deskAtWork()
  assert.deepEqual(desk.acknowledge(task, 1).records, [])
  desk.report(task, 'FINISHED', 2)
  assert.deepEqual(desk.acknowledge(task, 1).records, [])
  const decided = desk.acknowledge(task, 2)
  assert.deepEqual(decided.records, [{ type: 'task-removed', frameworkId, taskId: 't' }])
  assert.deepEqual(decided.effects, [{ to: agentRef('a'), message: {
    type: 'acknowledge-status', epoch: 3, frameworkId, taskId: 't', updateId: 'w-L0.2',
  } }])
  assert.deepEqual(typesOf(desk.acknowledge(task, 2)), ['acknowledge-status'], 'the first one may be lost')
})

test('an update of a launch whose task id runs again is acknowledged for the scheduler, who would mistake it', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.report(task, 'FINISHED', 2)
  desk.acknowledge(task, 2)
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('t')])
  const decided = desk.report(task, 'FINISHED', 2)
  assert.deepEqual([decided.records, typesOf(decided)], [[], ['acknowledge-status']])
  assert.equal(desk.task(frameworkId, 't').state, 'STAGING')
})

test('an update of a task that is over is passed on, so that it is acknowledged at last', () => {
  const { desk, task } = deskAtWork()
  desk.report(task, 'FINISHED', 2)
  desk.acknowledge(task, 2)
  const decided = desk.report(task, 'FINISHED', 2)
  assert.deepEqual([decided.records, decided.allocator, typesOf(decided)], [[], [], ['update']])
})

test('a task that the master has ended stays so, whatever its agent tells of it when it is back', () => {
  const { desk, agentId, task } = deskAtWork()
  desk.register('a', { life: 'i2', agentId })
  const decided = desk.report(task, 'KILLED', 2)
  assert.deepEqual([decided.records, typesOf(decided)], [[], ['acknowledge-status', 'update']])
  assert.deepEqual(updatesOf(decided).map(({ state, updateId }) => [state, updateId]), [['GONE', undefined]])
})

test('a scheduler that asks for a task that is over is told how it ended', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.report(task, 'FINISHED', 2)
  desk.acknowledge(task, 2)
  const decided = desk.say({ type: 'reconcile', frameworkId, taskIds: ['t' as TaskId] })
  assert.deepEqual(updatesOf(decided).map(({ state }) => state), ['FINISHED'])
})

test('an update while the scheduler is away changes the state and is kept by the agent', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.say({ type: 'scheduler-lost', frameworkId, ref: schedulerRef('one') as never })
  const decided = desk.report(task, 'FINISHED', 2)
  assert.deepEqual([typesOf(decided), decided.allocator.length, decided.records.length], [[], 1, 1])
})

test('an update for a framework that has ended tells the agent so; one that nobody knows is left alone', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.say({ type: 'teardown', frameworkId })
  assert.deepEqual(typesOf(desk.report(task, 'KILLED', 2)), ['shutdown-framework'])
  assert.deepEqual(desk.report({ ...task, frameworkId: 'w-0009' as FrameworkId }, 'KILLED', 2).effects, [])
})

test('a kill goes to the agent, and is remembered until the task has ended', () => {
  const { desk, frameworkId, task } = deskAtWork()
  const { effects } = desk.say({ type: 'kill', frameworkId, taskId: 't' as TaskId, graceMs: 50 })
  assert.deepEqual(effects, [
    { to: agentRef('a'), message: { type: 'kill-task', epoch: 3, frameworkId, taskId: 't', graceMs: 50 } },
  ])
  assert.deepEqual([...desk.knowledge.present.kills], [['w-L0', { graceMs: 50 }]])
  desk.report(task, 'KILLING', 2)
  assert.equal(desk.knowledge.present.kills.size, 1)
  desk.report(task, 'KILLED', 3)
  assert.equal(desk.knowledge.present.kills.size, 0)
})

test('a kill of a task that is unknown or has ended is answered with its state', () => {
  const { desk, frameworkId, task } = deskAtWork()
  const kill = (taskId: string) => updatesOf(desk.say({ type: 'kill', frameworkId, taskId: taskId as TaskId }))
  assert.deepEqual(kill('other').map(({ state, reason }) => [state, reason]), [['UNKNOWN', 'reconciliation']])
  desk.report(task, 'FINISHED', 2)
  desk.acknowledge(task, 2)
  assert.deepEqual(kill('t').map(({ state, reason }) => [state, reason]), [['FINISHED', 'reconciliation']])
})

/** A desk with an executor that takes half a cpu and whose one task is under way. */
function deskWithExecutor() {
  const { desk, agentId, frameworkId } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 2 }))], [executed('x', 'e', { cpus: 0.5 })])
  return {
    desk, task: desk.task(frameworkId, 'x'),
    ended: { type: 'executor-ended', agentId, frameworkId, executorId: 'e' },
    recovered: { type: 'recover', agentId, frameworkId, role: '*', resources: of({ cpus: 0.5 }), refuseMs: 0 },
    gone: { type: 'executor-exited', agentId, frameworkId, executorId: 'e' as ExecutorId, exitCode: 1 },
    failure: { type: 'failure', agentId, executorId: 'e', exitCode: 1 },
  } as const
}

test('an executor that ends frees what it took for itself, once, and its framework is told', () => {
  const { desk, task, gone, ended, recovered, failure } = deskWithExecutor()
  desk.report(task, 'RUNNING', 1)
  const decided = desk.say(gone)
  assert.deepEqual(decided.records, [ended])
  assert.deepEqual(decided.allocator, [recovered])
  assert.deepEqual(decided.effects.map(({ message }) => message), [failure])
  assert.deepEqual(desk.say(gone).allocator, [])
})

test('an executor that ends keeps its place for a task that is under way and brings it back', () => {
  const { desk, task, gone, ended, failure } = deskWithExecutor()
  const decided = desk.say(gone)
  assert.deepEqual([decided.records, decided.allocator], [[], []])
  assert.deepEqual(decided.effects.map(({ message }) => message), [failure])
  assert.deepEqual(desk.report(task, 'RUNNING', 1).allocator, [])
  assert.equal(desk.knowledge.present.awaited.size, 0)
  const again = desk.say(gone)
  assert.deepEqual(again.records, [ended], 'nothing is under way any more')
})

test('an executor that ended frees its place when the task that was to bring it back fails', () => {
  const { desk, task, gone, ended, recovered } = deskWithExecutor()
  desk.say(gone)
  const decided = desk.report(task, 'FAILED', 1)
  assert.deepEqual(decided.records.filter(({ type }) => type !== 'task-changed'), [ended])
  assert.equal(decided.allocator.length, 2, 'what the task took, and what the executor took')
  assert.deepEqual(decided.allocator[1], recovered)
  assert.equal(desk.knowledge.present.awaited.size, 0)
})

test('a task that came and went with its executor does not bring it back, however late its steps are told', () => {
  const { desk, task, gone, ended, recovered } = deskWithExecutor()
  const decided = desk.say({ ...gone, launches: [task.launchId] })
  assert.deepEqual([decided.records, decided.allocator], [[ended], [recovered]])
  assert.deepEqual(desk.report(task, 'RUNNING', 1).allocator, [])
})

test('a task that went with its executor says nothing of one that is still to bring it back', () => {
  const { desk, task, gone, ended } = deskWithExecutor()
  const { agentId, frameworkId } = task
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [executed('y', 'e', { cpus: 0.5 })])
  assert.deepEqual(desk.say({ ...gone, launches: [task.launchId] }).records, [])
  desk.report(task, 'RUNNING', 1)
  const over = desk.report(desk.task(frameworkId, 'y'), 'DROPPED', 1)
  assert.deepEqual(over.records.filter(({ type }) => type !== 'task-changed'), [ended])
})

test('messages pass between a framework and its executor', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  const [executorId, data] = ['e' as ExecutorId, new Uint8Array([1])]
  const down = desk.say({ type: 'framework-message', frameworkId, agentId, executorId, data })
  assert.deepEqual(down.effects, [
    { to: agentRef('a'), message: { type: 'message-to-executor', epoch: 3, frameworkId, executorId, data } },
  ])
  const up = desk.say({ type: 'message-from-executor', agentId, frameworkId, executorId, data })
  assert.deepEqual(up.effects, [{ to: schedulerRef('one'), message: { type: 'message', agentId, executorId, data } }])
})

test('a question about output goes to the agent that has it, and the answer to whoever asked', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  const question = {
    frameworkId, taskId: 't' as TaskId, stream: 'stdout', offset: 0, bytesMax: 9, follow: false,
  } as const
  const replyTo = refOf<OutputAnswer>(nodeAddress('master', 'm', '1'), 'port.http')
  const asked = [
    ...desk.say({ type: 'read-output', requestId: 'a.b', ...question }).effects,
    ...desk.say({ type: 'operator-read', ...question, replyTo: replyTo as never }).effects,
  ]
  const ids = asked.map(({ message }) => (message as unknown as { requestId: string }).requestId)
  assert.deepEqual(ids, ['3-0.a.b', '3-1.operator'])
  const answer = (requestId: string) => desk.say({
    type: 'task-output', requestId, offset: 0, data: new Uint8Array(), end: true,
  }).effects.map(({ to, message }) => [to, (message as unknown as { requestId: string }).requestId])
  assert.deepEqual(answer('3-1.operator'), [[replyTo, 'operator']])
  assert.deepEqual(answer('3-0.a.b'), [[schedulerRef('one'), 'a.b']])
  assert.deepEqual(answer('3-0.a.b'), [], 'one answer for one question')
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const away = desk.say({ type: 'read-output', requestId: 'c', ...question })
  assert.match(JSON.stringify(away.effects), /its agent is away/)
  const unknown = desk.say({ type: 'read-output', requestId: 'c', ...question, taskId: 'x' as TaskId })
  assert.match(JSON.stringify(unknown.effects), /there is no task 'x'/)
})

test('output can be read after the task is over, of its last launch', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.report(task, 'FINISHED', 2)
  desk.acknowledge(task, 2)
  const question = {
    frameworkId, taskId: 't' as TaskId, stream: 'stderr', offset: 0, bytesMax: 9, follow: false,
  } as const
  assert.deepEqual(typesOf(desk.say({ type: 'read-output', requestId: 'a', ...question })), ['read-task'])
  desk.say({ type: 'unregister-agent', agentId: agentId as AgentId })
  assert.match(JSON.stringify(desk.say({ type: 'read-output', requestId: 'a', ...question }).effects), /away/)
})

test('who asks whether something could ever fit is told how many agents there are', () => {
  const { desk, frameworkId } = deskAtWork()
  const ask = (cpus: number) =>
    desk.say({ type: 'check-fit', frameworkId, requestId: 'r', resources: of({ cpus }) }).effects[0]?.message
  assert.deepEqual(ask(4), { type: 'fit', requestId: 'r', agents: 1 })
  assert.deepEqual(ask(5), { type: 'fit', requestId: 'r', agents: 1, problem: 'needs 5 cpus; the largest agent has 4' })
})
