import assert from 'node:assert/strict'
import test from 'node:test'
import { PINGS_MISSED_MAX } from '../../../actors/master/agents.js'
import { AGENT_TIMEOUT_MS } from '../../../actors/master/present.js'
import type { AgentId } from '../../../actors/protocol/ids.js'
import { agentRef, command, deskAtWork, held, typesOf, updatesOf } from './desk.js'

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
