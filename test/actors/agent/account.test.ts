import assert from 'node:assert/strict'
import test from 'node:test'
import { command, executed } from '../master/desk.js'
import {
  admission, admitted, frameworkId, launch, master, queued, registered, workbench, type Driver,
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
