import assert from 'node:assert/strict'
import test from 'node:test'
import { REFUSED_AGAIN_MS } from '../../../actors/agent/agent.js'
import { LEAVE_TIMEOUT_MS } from '../../../actors/agent/leaving.js'
import { ESCALATE, STOP } from '../../../runtime/supervision.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { command, executed } from '../master/desk.js'
import {
  acknowledge, admission, admitted, AGENT_ID, childOf, frameworkId, held, journal, journaled, launch, master, owner,
  queued,  registered, reported, runTask, updatesRef, workbench, type Driver,
} from './workbench.js'

const masters = 'masters@*/master'
const leader = { type: 'leader', master, epoch: 3, cluster: 'warren' } as const
const leaver = refOf<{ readonly type: 'left' }>(nodeAddress('agent', 'a', '1'), 'port.leaver')
const toMaster = (driven: Driver) => driven.toldTo(master).map(({ type }) => type)
const toUpdates = (driven: Driver) => driven.toldTo(updatesRef(driven)).map(({ type }) => type)

test('an agent reads its journal before it does anything else', () => {
  const { driven } = workbench()
  assert.deepEqual(driven.take(), [{ to: journal, message: { type: 'replay', replyTo: driven.self } }])
  driven.receive(leader)
  assert.deepEqual(driven.told, [])
  driven.receive({ type: 'replayed', records: [admitted(1, command('t')), queued(1, 't', 1, 'RUNNING')] })
  assert.deepEqual(driven.spawned.map(({ name, supervision }) => [name, supervision === ESCALATE]), [
    ['updates', true], ['w-L1', false],
  ])
  assert.deepEqual(driven.toldTo(masters as never), [{ type: 'find-leader', replyTo: driven.self }])
})

test('it asks who leads less and less often, until it hears', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [] })
  const waits: number[] = []
  for (let asked = 0; asked < 9; asked++) {
    waits.push(driven.timers.get('seek')?.delayMs ?? 0)
    driven.fire('seek')
  }
  assert.equal(driven.toldTo(masters as never).length, 10)
  assert.ok((waits[0] as number) <= 50 && (waits[8] as number) >= 1_000 && waits.every((wait) => wait <= 2_000))
  driven.receive(leader)
  assert.ok(!driven.timers.has('seek'))
})

test('who does not answer may not lead any more: it asks who does', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [] })
  driven.receive(leader)
  driven.take()
  driven.fire('register')
  assert.deepEqual(driven.toldTo(masters as never), [{ type: 'find-leader', replyTo: driven.self }])
  assert.deepEqual(toMaster(driven), ['register-agent'])
})

test('the answer of a master that leads anew is not taken for one of the master that is known', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [] })
  driven.receive(leader)
  driven.take()
  driven.receive({ ...admission(), epoch: 4 } as ReturnType<typeof admission>)
  assert.deepEqual(driven.toldTo(masters as never), [{ type: 'find-leader', replyTo: driven.self }])
  assert.deepEqual(toUpdates(driven), [])
})

test('its id is written down once, and its updates know where to go', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [] })
  driven.receive(leader)
  driven.take()
  driven.receive(admission())
  assert.deepEqual(driven.toldTo(journal).map((each) => each.type === 'append' && each.records), [
    [{ type: 'became-agent', agentId: 'w-S0', cluster: 'warren' }],
  ])
  assert.deepEqual(driven.toldTo(updatesRef(driven)), [{ type: 'master-found', master, agentId: 'w-S0' }])
  assert.deepEqual(driven.toldTo(owner), [{ type: 'registered', agentId: 'w-S0', cluster: 'warren', epoch: 3 }])
  driven.receive(admission())
  assert.deepEqual([driven.toldTo(journal).length, driven.toldTo(owner).length], [1, 1])
})

test('an agent that is refused says so to its owner', () => {
  const { driven } = registered()
  driven.receive({ type: 'agent-refused', epoch: 3, problem: 'wrong machine' })
  assert.deepEqual(driven.toldTo(owner), [{ type: 'refused', problem: 'wrong machine' }])
})

test('an agent that is refused keeps its tasks, and asks again, but slowly', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  driven.take()
  driven.receive({ type: 'agent-refused', epoch: 3, problem: 'too small' })
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L1')), [])
  assert.deepEqual([driven.timers.has('ping'), driven.timers.get('register')?.delayMs], [false, REFUSED_AGAIN_MS])
  assert.deepEqual(toUpdates(driven), ['master-lost'])
  driven.fire('register')
  assert.deepEqual(toMaster(driven), ['return-agent'])
  driven.receive(admission())
  assert.deepEqual(driven.toldTo(owner).map(({ type }) => type), ['refused', 'registered'])
})

test('it answers pings, and one that is silent for long is no master any more', () => {
  const { driven } = registered()
  driven.receive({ type: 'ping', epoch: 3, connected: true })
  assert.deepEqual(toMaster(driven), ['pong'])
  assert.equal(driven.timers.get('ping')?.delayMs, 37_500)
  driven.fire('ping')
  assert.equal(driven.toldTo(masters as never).length, 1)
  assert.deepEqual(toUpdates(driven), ['master-lost'])
  driven.receive({ type: 'ping', epoch: 3, connected: true })
  assert.deepEqual(toMaster(driven), ['pong'])
})

test('an agent whose master or whose link was gone comes back', () => {
  const { driven } = registered()
  driven.terminate(master as never)
  assert.deepEqual(toUpdates(driven), ['master-lost'])
  driven.receive({ ...leader, epoch: 4 })
  assert.deepEqual(toMaster(driven), ['register-agent'])
  driven.receive(admission(4))
  assert.deepEqual(toUpdates(driven), ['master-lost', 'master-found'])
  driven.receive({ type: 'reconnected' })
  assert.deepEqual(toMaster(driven), ['register-agent', 'register-agent'])
})

test('a master that has been replaced is not obeyed, however late its words arrive', () => {
  const { driven, commands } = registered()
  driven.receive({ ...leader, epoch: 4 })
  driven.receive(admission(4))
  driven.take()
  driven.receive(runTask(1, command('t'), 3))
  driven.receive({ type: 'shutdown-framework', epoch: 3, frameworkId })
  driven.receive({ type: 'ping', epoch: 3, connected: true })
  driven.receive({ ...leader, epoch: 3, master: 'master-old@1/master' as typeof master })
  assert.deepEqual([driven.told, commands], [[], []])
  driven.receive(runTask(1, command('t'), 4))
  assert.equal(driven.toldTo(journal).length, 1)
})

test('acknowledgements go to those who see updates through', () => {
  const { driven } = registered()
  const call = { epoch: 3, frameworkId, taskId: 't' as never, updateId: 'w-L1.1' as never }
  driven.receive({ type: 'acknowledge-status', ...call })
  assert.deepEqual(driven.toldTo(updatesRef(driven)), [{ type: 'acknowledged', ...call }])
})

test('when a scheduler is back its updates are sent again', () => {
  const { driven } = registered()
  driven.receive({ type: 'scheduler-back', epoch: 3, frameworkId })
  assert.deepEqual(driven.toldTo(updatesRef(driven)), [{ type: 'send-again', frameworkId }])
})

test('an agent that leaves ends its tasks, waits until their ends are acknowledged, and says goodbye', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  driven.receive({ type: 'leave', replyTo: leaver })
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L1')).map(({ type }) => type), ['end'])
  driven.receive({ type: 'task-report', launchId: 'w-L1' as never, state: 'KILLED' })
  const [update] = reported(driven)
  assert.ok(update)
  journaled(driven, update)
  assert.deepEqual(driven.toldTo(leaver), [])
  acknowledge(driven, update)
  assert.deepEqual([toMaster(driven), driven.toldTo(leaver)], [['unregister-agent'], [{ type: 'left' }]])
  driven.fire('leave')
  assert.equal(driven.toldTo(leaver).length, 1, 'it leaves once')
})

test('an agent without tasks leaves at once, and one whose master is deaf after a while', () => {
  const idle = registered().driven
  idle.receive({ type: 'leave', replyTo: leaver })
  assert.equal(idle.toldTo(leaver).length, 1)
  const { driven } = registered()
  launch(driven, 1, command('t'))
  driven.receive({ type: 'leave', replyTo: leaver })
  assert.equal(driven.timers.get('leave')?.delayMs, LEAVE_TIMEOUT_MS)
  driven.fire('leave')
  assert.deepEqual([toMaster(driven), driven.toldTo(leaver)], [['unregister-agent'], [{ type: 'left' }]])
})

test('an agent that leaves does not come back when a master calls', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  driven.receive({ type: 'leave', replyTo: leaver })
  driven.take()
  driven.receive({ ...leader, epoch: 9 })
  driven.receive(admission(9))
  driven.terminate(master as never)
  assert.deepEqual(driven.told, [])
})

test('an agent that failed begins again with its journal, finds its tasks, and registers as the same one', () => {
  const { driven, commands, processes } = registered([admitted(1, command('t')), queued(1, 't', 1, 'RUNNING')])
  driven.restart()
  assert.deepEqual(driven.toldTo(journal).map(({ type }) => type), ['replay'])
  driven.take()
  driven.receive({ type: 'replayed', records: [
    { type: 'became-agent', agentId: AGENT_ID as never, cluster: 'warren' }, held(2, 'e'),
    admitted(1, command('t')), queued(1, 't', 1, 'RUNNING'), admitted(2, executed('u', 'e')),
  ] })
  assert.deepEqual([commands.at(-1)?.recovered, processes.at(-1)?.origin.type], [true, 'recover'])
  driven.receive(leader)
  driven.receive({ type: 'account-wanted', epoch: 3 })
  const call = driven.toldTo(master).at(-1)
  assert.ok(call?.type === 'register-agent')
  assert.deepEqual([call.agentId, call.tasks.map(({ state }) => state)], [AGENT_ID, ['RUNNING', 'STAGING']])
})

test('each kind of child is supervised so that nothing is lost: see the table of who does what', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, executed('u', 'e'))
  assert.deepEqual(driven.spawned.map(({ name, supervision }) => [name, supervision]), [
    ['updates', ESCALATE], ['w-L1', undefined], ['w-L2-executor', STOP],
  ])
})
