import assert from 'node:assert/strict'
import test from 'node:test'
import type { Message } from '../../../actors/agent/state.js'
import type { AgentCall } from '../../../actors/protocol/agent.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import { MASTERS } from '../../../actors/protocol/leadership.js'
import type { SchedulerCall } from '../../../actors/protocol/scheduler.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { command } from '../master/desk.js'
import {
  admission, admitted, commit, frameworkId, journal, launch, master, owner, runTask, workbench, type Driver,
} from './workbench.js'

const other = refOf<SchedulerCall | AgentCall>(nodeAddress('master', 'other', '1'), 'master')
const leads = (epoch: number, nonce: string, more: object = {}): Extract<Message, { type: 'leader' }> =>
  ({ type: 'leader', master, epoch, cluster: 'warren', clusterId: 'c1', nonce, ...more })
const registers = (driver: Driver, to = master) =>
  driver.toldTo(to).filter(({ type }) => type === 'register-agent' || type === 'return-agent').length

function begun(records: readonly JournalEntry[] = []): Driver {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records })
  driven.take()
  return driven
}
const OBEYED = { type: 'obeyed', clusterId: 'c1', epoch: 3, nonce: 'n3' } as const

test('whom it obeys is in its journal before it registers there, and before it does what it is told', () => {
  const driven = begun()
  driven.receive(leads(3, 'n3'))
  driven.receive({ type: 'shutdown-framework', epoch: 3, frameworkId })
  assert.deepEqual(driven.toldTo(journal).flatMap((each) => (each.type === 'append' ? each.records : [])), [OBEYED])
  assert.equal(registers(driven), 0)
  commit(driven)
  assert.equal(registers(driven), 1)
  driven.receive({ ...admission(), clusterId: 'c1', nonce: 'another' } as Message)
  assert.deepEqual(driven.toldTo(owner), [], 'another master of the same epoch does not admit it')
})

test('a leader that is known already is registered with at once, after a restart as well', () => {
  const driven = begun([OBEYED])
  driven.receive(leads(3, 'n3'))
  assert.deepEqual([registers(driven), driven.toldTo(journal)], [1, []])
})

test('an older master is not obeyed, nor another one of the same epoch, and is told which epoch is', () => {
  const driven = begun([OBEYED])
  for (const leader of [leads(2, 'n2'), leads(3, 'lost', { master: other }), leads(1, 'n1', { master: other })]) {
    driven.receive(leader)
  }
  driven.receive(runTask(1, command('t'), 2))
  const said = { type: 'epoch-obeyed', epoch: 3, clusterId: 'c1' }
  assert.deepEqual([driven.toldTo(master), driven.toldTo(other), driven.toldTo(journal)], [[said], [said, said], []])
  driven.receive(leads(4, 'n4', { master: other }))
  commit(driven)
  assert.equal(registers(driven, other), 1)
})

test('the master of another cluster is refused: nothing ends, its owner is told once, and it looks on', () => {
  const driven = begun([
    { type: 'became-agent', agentId: 'w-S0' as never, cluster: 'warren' }, OBEYED, admitted(1, command('t')),
  ])
  for (let again = 0; again < 3; again++) driven.receive(leads(9, 'n9', { clusterId: 'c2', master: other }))
  assert.deepEqual([driven.toldTo(other), driven.stopped], [[], []])
  const [said, ...more] = driven.toldTo(owner)
  assert.ok(said?.type === 'refused' && more.length === 0)
  for (const words of [/id c1/, /id c2/, /restore/, /--work-dir/]) assert.match(said.problem, words)
  assert.deepEqual(driven.logs.filter(({ level }) => level === 'error').map(({ text }) => text), [said.problem])
  driven.fire('seek')
  driven.receive(leads(3, 'n3'))
  assert.equal(registers(driven), 1)
})

test('a work directory of a cluster of another name is refused, though its journal knows no id', () => {
  const driven = begun([{ type: 'became-agent', agentId: 'w-S0' as never, cluster: 'prod' }])
  driven.receive(leads(1, 'n1'))
  const [said] = driven.toldTo(owner)
  assert.ok(said?.type === 'refused')
  assert.match(said.problem, /'warren' \(id c1\).*'prod'/)
})

test('what the disk does not take is not obeyed, and tried again after a pause', () => {
  const driven = begun()
  driven.receive(leads(3, 'n3'))
  const [request] = driven.toldTo(journal)
  assert.ok(request?.type === 'append')
  driven.take()
  driven.receive({ type: 'append-failed', token: request.token, reason: 'full' })
  assert.equal(registers(driven), 0)
  assert.deepEqual(driven.toldTo(MASTERS), [], 'a full disk is no reason to ask and write as fast as can be')
  driven.fire('seek')
  driven.receive(leads(3, 'n3'))
  commit(driven)
  assert.equal(registers(driven), 1)
})

test('a master older than one that the disk did not take is told to claim above that one', () => {
  for (const records of [[], [OBEYED]]) {
    const driven = begun(records)
    driven.receive(leads(8, 'n8'))
    for (const request of driven.toldTo(journal)) {
      if (request.type === 'append') driven.receive({ type: 'append-failed', token: request.token, reason: 'full' })
    }
    driven.receive(leads(4, 'n4', { master: other }))
    assert.deepEqual(driven.toldTo(other), [{ type: 'epoch-obeyed', epoch: 8, clusterId: 'c1' }])
  }
})

test('a leader that another one follows before the disk has its name is not registered with', () => {
  const driven = begun()
  driven.receive(leads(3, 'n3'))
  const [late] = driven.toldTo(journal)
  driven.take()
  driven.receive(leads(4, 'n4'))
  if (late?.type === 'append') driven.receive({ type: 'committed', token: late.token })
  assert.equal(registers(driven), 0)
  commit(driven)
  assert.equal(registers(driven), 1)
})

test('a leader that does not say of which claim it is counts by its epoch', () => {
  const driven = begun([OBEYED])
  driven.receive({ type: 'leader', master, epoch: 2, cluster: 'warren' })
  assert.equal(registers(driven), 0)
  driven.receive({ type: 'leader', master, epoch: 3, cluster: 'warren' })
  driven.receive(admission())
  launch(driven, 1, command('t'))
  assert.equal(driven.toldTo(journal).length, 1)
})
