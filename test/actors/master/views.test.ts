import assert from 'node:assert/strict'
import test from 'node:test'
import { clusterView, viewsOf } from '../../../actors/master/views.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentRef, command, deskAtWork, executed, schedulerRef } from './desk.js'

const startedAt = '1970-01-01T00:00:01.000Z'

test('an agent is shown with what it has, what is used and what is offered', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 2 }))], [executed('x', 'e', { cpus: 0.5 })])
  desk.offer(frameworkId, agentId, of({ cpus: 1 }))
  assert.deepEqual(viewsOf(desk.knowledge, 'agents'), [{
    id: agentId, hostname: 'host', connection: 'connected', state: 'active', resources: { cpus: 4, mem: 4096 },
    used: { cpus: 2.5 },
    offered: { cpus: 1 }, attributes: '', tasks: 2, admittedAt: startedAt,
  }])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const stateOf = () => (viewsOf(desk.knowledge, 'agents')[0] as { state: string }).state
  assert.equal(stateOf(), 'disconnected')
  desk.knowledge.now += 1_000_000
  desk.say({ type: 'ping-round' })
  assert.equal(stateOf(), 'unreachable')
})

test('a framework is shown with what its live tasks use', () => {
  const { desk, frameworkId, task } = deskAtWork()
  const view = {
    id: frameworkId, name: 'one', state: 'active', roles: ['*'], suppressed: [], used: { cpus: 1 }, tasks: 1,
    subscribedAt: startedAt,
  }
  assert.deepEqual(viewsOf(desk.knowledge, 'frameworks'), [view])
  desk.report(task, 'FINISHED', 2)
  desk.say({ type: 'suppress', frameworkId, roles: [] })
  assert.deepEqual(viewsOf(desk.knowledge, 'frameworks'), [{ ...view, suppressed: ['*'], used: {}, tasks: 0 }])
  desk.say({ type: 'scheduler-lost', frameworkId, ref: schedulerRef('one') as never })
  assert.equal((viewsOf(desk.knowledge, 'frameworks')[0] as { state: string }).state, 'disconnected')
})

test('tasks are shown from first to last, the ended ones too, with how they ended', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.knowledge.now = 61_000
  desk.report(task, 'FAILED', 2, { exitCode: 9 })
  desk.acknowledge(task, 2)
  const argv = command('u', { cpus: 1 }, { command: { program: { type: 'argv', argv: ['echo', 'hi there'] } } })
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 2 }))], [argv, executed('x', 'e')])
  const views = viewsOf(desk.knowledge, 'tasks') as unknown as { id: string; state: string; command: string }[]
  assert.deepEqual(views.map(({ id, state, command: line }) => [id, state, line]), [
    ['t', 'FAILED', 'true'], ['u', 'STAGING', 'echo hi there'], ['x', 'STAGING', 'it.ts'],
  ])
  assert.deepEqual(views[0], {
    id: 't', name: 't', framework: frameworkId, agent: agentId, launch: 'w-L0', role: '*', state: 'FAILED',
    resources: { cpus: 1 }, command: 'true', exitCode: 9, launchedAt: startedAt, changedAt: '1970-01-01T00:01:01.000Z',
  })
})

test('offers are shown, and the cluster as a whole', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  const { offerId } = desk.offer(frameworkId, agentId, of({ mem: 64 }))
  assert.deepEqual(viewsOf(desk.knowledge, 'offers'), [
    { id: offerId, framework: frameworkId, agent: agentId, role: '*', resources: { mem: 64 }, offeredAt: startedAt },
  ])
  assert.deepEqual(clusterView(desk.knowledge), {
    cluster: 'warren', epoch: 3, leader: 'm1', leading: true, agents: 1, frameworks: 1, tasks: 1, offers: 1,
  })
})
