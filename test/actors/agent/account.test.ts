import assert from 'node:assert/strict'
import test from 'node:test'
import { command, executed } from '../master/desk.js'
import {
  admission, admitted, commit, executorGone, frameworkId, journal, launch, master, queued, registered, runTask,
  workbench, type Driver,
} from './workbench.js'

const leader = { type: 'leader', master, epoch: 3, cluster: 'warren' } as const
const toMaster = (driven: Driver) => driven.toldTo(master).map(({ type }) => type)

test('it registers with what it holds, and again until it is answered', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [
    { type: 'became-agent', agentId: 'w-S0' as never, cluster: 'warren' },
    admitted(1, command('t')), queued(1, 't', 1, 'RUNNING'),
  ] })
  driven.receive(leader)
  driven.receive({ type: 'account-wanted', epoch: 3 })
  const [brief, call] = driven.toldTo(master)
  assert.ok(brief?.type === 'return-agent' && call?.type === 'register-agent')
  assert.deepEqual([call.agent, call.agentId, call.executors], [driven.self, 'w-S0', []])
  assert.deepEqual(call.tasks.map(({ launchId, state }) => [launchId, state]), [['w-L1', 'RUNNING']])
  driven.receive(leader)
  assert.equal(toMaster(driven).length, 2, 'who leads is announced and asked for')
  driven.fire('register')
  assert.deepEqual(toMaster(driven), ['return-agent', 'register-agent', 'register-agent'])
  driven.receive(admission())
  assert.ok(!driven.timers.has('register'))
})

test('it says which executors run', () => {
  const { driven } = registered()
  launch(driven, 1, executed('t', 'e'))
  driven.receive({ type: 'ping', epoch: 3, connected: false })
  driven.receive({ type: 'account-wanted', epoch: 3 })
  const call = driven.toldTo(master).at(-1)
  assert.deepEqual(call?.type === 'register-agent' && call.executors, [{ frameworkId, executorId: 'e' }])
})

test('whose account is wanted gives it, though an earlier word of it was answered meanwhile', () => {
  const { driven } = registered()
  launch(driven, 1, executed('t', 'e'))
  driven.receive({ type: 'ping', epoch: 3, connected: false })
  driven.receive(admission())
  driven.take()
  driven.receive({ type: 'account-wanted', epoch: 3 })
  assert.deepEqual(toMaster(driven), ['register-agent'])
  assert.ok(driven.timers.has('register'), 'until that is answered')
})

test('an answer to what it said before it was cut off is none to what it says now', () => {
  const { driven } = registered()
  driven.receive({ type: 'reconnected' })
  driven.receive(admission(3, 1))
  assert.ok(driven.timers.has('register'))
  driven.receive(admission(3, 2))
  assert.ok(!driven.timers.has('register'))
})

test('nor is one to what it said before an executor ended', () => {
  const { driven } = registered()
  launch(driven, 1, executed('t', 'e'))
  driven.receive({ type: 'reconnected' })
  driven.receive({ type: 'task-report', launchId: 'w-L1' as never, state: 'FAILED' })
  driven.receive(executorGone('e'))
  driven.receive(admission(3, 2))
  assert.ok(driven.timers.has('register'))
  driven.fire('register')
  const call = driven.toldTo(master).at(-1)
  assert.deepEqual(call?.type === 'register-agent' && [call.statement, call.executors], [3, []])
  driven.receive(admission(3, 3))
  assert.ok(!driven.timers.has('register'))
})

test('an id that the disk has refused is written down again before a launch', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [] })
  commit(driven)
  driven.receive(leader)
  driven.take()
  driven.receive(admission())
  for (const request of driven.toldTo(journal)) {
    if (request.type === 'append') driven.receive({ type: 'append-failed', token: request.token, reason: 'full' })
  }
  driven.take()
  driven.receive(runTask(1, command('t')))
  assert.deepEqual(driven.toldTo(journal).flatMap((request) =>
    (request.type === 'append' ? request.records.map(({ type }) => type) : [])), ['became-agent', 'launch-admitted'])
  commit(driven)
  driven.take()
  driven.receive(runTask(2, command('u')))
  assert.deepEqual(driven.toldTo(journal).flatMap((request) =>
    (request.type === 'append' ? request.records.map(({ type }) => type) : [])), ['launch-admitted'])
})
