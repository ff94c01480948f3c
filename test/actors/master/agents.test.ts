import assert from 'node:assert/strict'
import test from 'node:test'
import { PINGS_MISSED_MAX, UNREACHABLE_AGENTS_MAX } from '../../../actors/master/agents.js'
import { AGENT_TIMEOUT_MS } from '../../../actors/master/present.js'
import type { AgentId, TaskId } from '../../../actors/protocol/ids.js'
import { digestOfHeld } from '../../../actors/protocol/task-digest.js'
import { agentInfo, agentRef, command, deskAtWork, held, typesOf, updatesOf } from './desk.js'

test('an agent that breaks off is away: its offers are rescinded, its tasks run on', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  desk.offer(frameworkId, agentId)
  const lost = desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  assert.deepEqual([lost.records, typesOf(lost)], [[], ['rescind']])
  assert.deepEqual(lost.allocator.map(({ type }) => type), ['recover', 'deactivate-agent'])
  assert.equal(desk.task(frameworkId, 't').state, 'RUNNING')
})

test('an earlier life that was taken for the newer, because its words came late, gives way when it is missed', () => {
  const { desk, agentId, task } = deskAtWork()
  desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  desk.register('a', { agentId, tasks: [held(task, 'RUNNING')] })
  const lost = desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  assert.deepEqual(lost.effects, [
    { to: agentRef('a', 'i2'), message: { type: 'ping', epoch: 3, connected: false } },
  ])
})

test('an agent is pinged, and one that never answers is unreachable after five rounds', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  for (let round = 0; round < PINGS_MISSED_MAX; round++) {
    assert.deepEqual(desk.say({ type: 'ping-round' }).effects, [
      { to: agentRef('a'), message: { type: 'ping', epoch: 3, connected: true } },
    ])
  }
  const over = desk.say({ type: 'ping-round' })
  assert.deepEqual(over.records.map(({ type }) => type), ['task-changed', 'agent-unreachable'])
  assert.deepEqual(typesOf(over), ['update', 'failure'])
  assert.equal(desk.task(frameworkId, 't').state, 'UNREACHABLE')
  assert.deepEqual(over.allocator, [{ type: 'remove-agent', agentId }])
  assert.deepEqual(desk.say({ type: 'ping-round' }).effects, [], 'it is said once')
})

test('an answer makes up for all pings that were missed', () => {
  const { desk, agentId } = deskAtWork()
  for (let round = 0; round < 3 * PINGS_MISSED_MAX; round++) {
    assert.deepEqual(typesOf(desk.say({ type: 'ping-round' })), ['ping'])
    if (round % PINGS_MISSED_MAX === PINGS_MISSED_MAX - 1) desk.say({ type: 'pong', agentId })
  }
})

test('an agent that stays away is unreachable after its time', () => {
  const { desk, agentId } = deskAtWork()
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  desk.knowledge.now += AGENT_TIMEOUT_MS - 1
  assert.deepEqual(desk.say({ type: 'ping-round' }).records, [])
  desk.knowledge.now += 1
  const [update] = updatesOf(desk.say({ type: 'ping-round' }))
  assert.deepEqual([update?.state, update?.reason, update?.source], ['UNREACHABLE', 'agent-removed', 'master'])
})

test('what was held up until its agent was unreachable tells nothing of what runs there', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  desk.knowledge.now += AGENT_TIMEOUT_MS
  desk.say({ type: 'ping-round' })
  for (const latestState of ['RUNNING', 'FINISHED'] as const) {
    const late = desk.report(task, 'RUNNING', 1, { latestState })
    assert.deepEqual([late.records, late.changes, late.effects, late.allocator], [[], [], [], []])
  }
  assert.equal(desk.task(frameworkId, 't').state, 'UNREACHABLE')
})

test('what an unreachable agent has said in vain counts once it is back', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.fold({ type: 'agent-unreachable', agentId, atMs: 1 })
  desk.fold({ type: 'task-changed', frameworkId, taskId: 't' as TaskId, state: 'UNREACHABLE', atMs: 1 })
  const shortly = { agent: agentRef('a', 'i2'), info: agentInfo(), agentId, digest: digestOfHeld([task], []) }
  assert.deepEqual(typesOf(desk.say({ type: 'return-agent', ...shortly })), ['account-wanted'])
  desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(updatesOf(desk.report(task, 'RUNNING', 1)).map(({ state }) => state), ['RUNNING'])
  assert.equal(desk.task(frameworkId, 't').state, 'RUNNING')
})

test('the end of a task is one although its agent is unreachable', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.fold({ type: 'agent-unreachable', agentId, atMs: 1 })
  assert.deepEqual(updatesOf(desk.report(task, 'FINISHED', 2)).map(({ state }) => state), ['FINISHED'])
  assert.equal(desk.task(frameworkId, 't').state, 'FINISHED')
})

/** A desk whose agent is unreachable, with a task that runs there and one whose end nobody has acknowledged. */
function deskOfMany() {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [command('u')])
  desk.report(desk.task(frameworkId, 'u'), 'FINISHED', 1)
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  desk.knowledge.now += AGENT_TIMEOUT_MS
  desk.say({ type: 'ping-round' })
  const leave = (number: number): void => {
    for (const type of ['agent-admitted', 'agent-unreachable'] as const) {
      desk.fold({ type, agentId: `w-S${number}` as AgentId, info: agentInfo(), atMs: desk.knowledge.now + number })
    }
  }
  for (let number = 1; number < UNREACHABLE_AGENTS_MAX; number++) leave(number)
  return { desk, agentId, frameworkId, task, leaveOneMore: () => leave(UNREACHABLE_AGENTS_MAX) }
}

test('of more unreachable agents than are remembered the one that is away longest is removed, its tasks lost', () => {
  const { desk, agentId, frameworkId, leaveOneMore } = deskOfMany()
  assert.deepEqual(desk.say({ type: 'ping-round' }).records, [])
  leaveOneMore()
  const round = desk.say({ type: 'ping-round' })
  assert.deepEqual(round.records.map(({ type }) => type), [
    'task-changed', 'task-removed', 'task-removed', 'agent-removed',
  ])
  assert.deepEqual(updatesOf(round).map(({ taskId, state }) => [taskId, state]), [['t', 'LOST'], ['u', 'FINISHED']])
  const { agents, frameworks, tasksAt } = desk.knowledge.cluster
  assert.deepEqual([agents.size, agents.has(agentId)], [UNREACHABLE_AGENTS_MAX, false])
  assert.deepEqual([frameworks.get(frameworkId)?.tasks.size, [...tasksAt.of(agentId)]], [0, []])
  assert.deepEqual(desk.say({ type: 'ping-round' }).records, [])
})

test('an agent that was removed comes back under its id, and what was told to be lost is killed there', () => {
  const { desk, agentId, frameworkId, task, leaveOneMore } = deskOfMany()
  leaveOneMore()
  desk.say({ type: 'ping-round' })
  const late = desk.report(task, 'RUNNING', 1)
  assert.deepEqual([late.records, late.effects], [[], []])
  const back = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(back.records.map(({ type }) => type), ['agent-admitted'])
  assert.deepEqual(typesOf(back), ['agent-registered', 'kill-task'])
  const killed = desk.report(task, 'KILLED', 2)
  assert.deepEqual([killed.records, updatesOf(killed).map(({ state }) => state)], [[], ['LOST']])
  assert.equal(desk.knowledge.cluster.frameworks.get(frameworkId)?.tasks.size, 0)
})

test('a task that runs again under its id is not killed for the launch that was lost', () => {
  const { desk, agentId, frameworkId, task, leaveOneMore } = deskOfMany()
  leaveOneMore()
  desk.say({ type: 'ping-round' })
  const tasks = [held(task, 'RUNNING')]
  desk.register('a', { life: 'i2', agentId, tasks })
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [command('t')])
  const again = held(desk.task(frameworkId, 't'), 'RUNNING')
  const back = desk.register('a', { life: 'i2', agentId, tasks: [...tasks, again] })
  assert.deepEqual(back.effects.flatMap(({ message }) => message.type === 'kill-task'
    ? [(message as unknown as { launchId: string }).launchId] : []), [task.launchId])
})

test('an agent that leaves takes its tasks with it: they are lost and over', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [command('u')])
  desk.offer(frameworkId, agentId)
  const left = desk.say({ type: 'unregister-agent', agentId })
  assert.deepEqual(left.records.map(({ type }) => type), [
    'task-changed', 'task-removed', 'task-changed', 'task-removed', 'agent-removed',
  ])
  assert.deepEqual(updatesOf(left).map(({ state }) => state), ['LOST', 'LOST'])
  assert.deepEqual(typesOf(left), ['rescind', 'update', 'update', 'failure'])
  assert.deepEqual(left.allocator.map(({ type }) => type), ['recover', 'remove-agent'])
  assert.equal(desk.knowledge.cluster.completedTasks.size, 2)
})

test('the goodbye of an earlier life does not part with the one that has come since', () => {
  const { desk, agentId } = deskAtWork()
  desk.register('a', { agentId, life: 'i2' })
  const decided = desk.say({ type: 'unregister-agent', agentId, agent: agentRef('a') })
  assert.deepEqual([decided.records, decided.effects, decided.allocator], [[], [], []])
  const left = desk.say({ type: 'unregister-agent', agentId, agent: agentRef('a', 'i2') })
  assert.equal(left.records.at(-1)?.type, 'agent-removed')
})

test('whoever is not there cannot leave', () => {
  const { desk } = deskAtWork()
  const decided = desk.say({ type: 'unregister-agent', agentId: 'w-S9' as AgentId })
  assert.deepEqual([decided.records, decided.effects, decided.allocator], [[], [], []])
})
