import assert from 'node:assert/strict'
import test from 'node:test'
import { updateIdOf } from '../../../actors/agent/memory.js'
import {
  APPEND_ENTRIES_MAX, RESEND_FIRST_MS, RESEND_MAX_MS, updates, WRITE_AGAIN_MS, type UpdatesEvent, type UpdatesOrder,
} from '../../../actors/agent/updates.js'
import type { AgentCall } from '../../../actors/protocol/agent.js'
import type { AgentId, FrameworkId, LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import { floorOf, RESERVE_BYTES, type JournalEntry } from '../../../actors/protocol/journal.js'
import type { StatusUpdate, TaskState } from '../../../actors/protocol/task.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import type { LogEvent, LogRequest } from '../../../runtime/log.js'
import { drive, type Driven } from '../../support/drive.js'

const node = nodeAddress('agent', 'a', '1')
const agent = refOf<UpdatesEvent>(node, 'agent')
const journal = refOf<LogRequest<JournalEntry>>(node, 'port.journal')
const master = refOf<AgentCall>(nodeAddress('master', 'm', '1'), 'master')
const frameworkId = 'w-0000' as FrameworkId

type Message = UpdatesOrder | LogEvent<JournalEntry> | { readonly type: 'sweep' | 'write-again' }
type Driver = Driven<unknown, Message>

function update(launch: string, count: number, state: TaskState): StatusUpdate {
  const launchId = launch as LaunchId
  const updateId = updateIdOf(launchId, count)
  return { updateId, frameworkId, launchId, taskId: `task of ${launch}` as TaskId, state, source: 'executor', atMs: 1 }
}

const report = (...args: Parameters<typeof update>): Message => ({ type: 'report', update: update(...args) })
const acknowledged = (launch: string, count: number): Message => ({
  type: 'acknowledged', frameworkId, taskId: `task of ${launch}` as TaskId,
  updateId: updateIdOf(launch as LaunchId, count),
})

/** One that knows its master. */
function begun(pending: readonly StatusUpdate[] = []): Driver {
  const driven = drive(updates({ agent, journal, pending })) as Driver
  driven.receive({ type: 'master-found', master, agentId: 'w-S0' as AgentId })
  return driven
}

/** What was appended since the last `take`; the journal takes it, or refuses. */
const appends = (driven: Driver) => driven.toldTo(journal).flatMap((each) => (each.type === 'append' ? [each] : []))

function commit(driven: Driver): void {
  for (let waiting = appends(driven); waiting.length > 0; waiting = appends(driven)) {
    driven.told.splice(0, driven.told.length, ...driven.told.filter(({ to }) => to !== journal))
    for (const { token } of waiting) driven.receive({ type: 'committed', token })
  }
}

/** What the master was sent since the last call: `launch.count latest`. */
function sent(driven: Driver): string[] {
  const calls = driven.toldTo(master).flatMap((each) => (each.type === 'task-status' ? [each] : []))
  driven.take()
  return calls.map(({ update: { updateId }, latestState }) => `${updateId} ${latestState}`)
}

test('an update goes out when it is on disk, and its agent hears so first', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'RUNNING'))
  assert.deepEqual([driven.toldTo(agent), driven.toldTo(master)], [[], []])
  commit(driven)
  assert.deepEqual(driven.told.map(({ to }) => to), [agent, master])
  assert.deepEqual(sent(driven), ['L1.1 RUNNING'])
})

test('the steps of a task go out one at a time, in order, each with the latest state', () => {
  const driven = begun()
  for (const [count, state] of [[1, 'RUNNING'], [2, 'KILLING'], [3, 'KILLED']] as const) {
    driven.receive(report('L1', count, state))
  }
  commit(driven)
  assert.deepEqual(sent(driven), ['L1.1 RUNNING'])
  for (const [count, next] of [[1, ['L1.2 KILLED']], [2, ['L1.3 KILLED']], [3, []]] as const) {
    driven.receive(acknowledged('L1', count))
    commit(driven)
    assert.deepEqual(sent(driven), next)
  }
  driven.now += RESEND_MAX_MS
  driven.fire('sweep')
  assert.deepEqual(sent(driven), [], 'all is acknowledged')
})

test('tasks do not wait for each other', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'RUNNING'))
  driven.receive(report('L2', 1, 'RUNNING'))
  commit(driven)
  assert.deepEqual(sent(driven), ['L1.1 RUNNING', 'L2.1 RUNNING'])
})

test('an update is sent again after 10 seconds, then twice as long, up to 10 minutes', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'RUNNING'))
  commit(driven)
  sent(driven)
  const waits: number[] = []
  for (let waited = 1; waits.length < 9; waited++) {
    driven.fire('sweep')
    if (sent(driven).length === 0) continue
    waits.push(waited * 1_000)
    waited = 0
  }
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 600, 600, 600].map((seconds) => seconds * 1_000))
  assert.deepEqual([waits[0], waits[8]], [RESEND_FIRST_MS, RESEND_MAX_MS])
})

test('nothing is sent without a master, and all that is open goes to the next one', () => {
  const driven = begun()
  driven.receive({ type: 'master-lost' })
  driven.receive(report('L1', 1, 'RUNNING'))
  driven.receive(report('L2', 1, 'RUNNING'))
  commit(driven)
  driven.now += RESEND_MAX_MS
  driven.fire('sweep')
  assert.deepEqual(sent(driven), [])
  driven.receive({ type: 'master-found', master, agentId: 'w-S0' as AgentId })
  assert.deepEqual(sent(driven), ['L1.1 RUNNING', 'L2.1 RUNNING'])
})

test('what an earlier life left open is sent, and its acknowledgement is written down', () => {
  const driven = begun([update('L1', 4, 'KILLING'), update('L1', 5, 'KILLED')])
  assert.deepEqual(sent(driven), ['L1.4 KILLED'])
  driven.receive(acknowledged('L1', 4))
  assert.deepEqual(appends(driven).map(({ records }) => records), [[
    { type: 'update-acknowledged', frameworkId, taskId: 'task of L1', updateId: 'L1.4' },
  ]])
})

test('only the update that was sent can be acknowledged, and only once', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'RUNNING'))
  driven.receive(report('L1', 2, 'FINISHED'))
  commit(driven)
  driven.take()
  for (const [launch, count] of [['L1', 2], ['L9', 1]] as const) driven.receive(acknowledged(launch, count))
  assert.deepEqual(driven.told, [])
  driven.receive(acknowledged('L1', 1))
  driven.receive(acknowledged('L1', 1))
  assert.equal(appends(driven).length, 1)
})

test('what comes while the disk is busy goes with the next append, in order', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'RUNNING'))
  driven.receive(report('L2', 1, 'RUNNING'))
  driven.receive(report('L1', 2, 'FINISHED'))
  const [first] = appends(driven)
  assert.deepEqual([appends(driven).length, first?.records.length], [1, 1])
  driven.take()
  driven.receive({ type: 'committed', token: first?.token as number })
  assert.deepEqual(appends(driven).map(({ records }) => records.length), [2])
})

test('one append takes only so many entries', () => {
  const driven = begun()
  for (let index = 0; index < APPEND_ENTRIES_MAX + 2; index++) driven.receive(report(`L${index}`, 1, 'RUNNING'))
  driven.receive({ type: 'committed', token: 1 })
  assert.deepEqual(appends(driven).map(({ records }) => records.length), [1, APPEND_ENTRIES_MAX])
})

test('a disk that refuses is asked again after a while, and the order of the steps is kept', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'RUNNING'))
  driven.receive({ type: 'append-failed', token: 1, reason: 'no space left' })
  driven.receive(report('L1', 2, 'FINISHED'))
  assert.equal(appends(driven).length, 1, 'it is left alone for a while')
  assert.equal(driven.timers.get('write-again')?.delayMs, WRITE_AGAIN_MS)
  assert.match(JSON.stringify(driven.logs), /no space left/)
  driven.fire('write-again')
  driven.receive({ type: 'committed', token: 1 })
  assert.deepEqual(sent(driven), [], 'that was the answer to the first attempt')
  driven.receive({ type: 'committed', token: 2 })
  driven.receive({ type: 'committed', token: 3 })
  assert.deepEqual(sent(driven), ['L1.1 RUNNING'])
})

/** What is asked first of a journal that is full: it refuses all that may not use its reserve. */
function onFullDisk(driven: Driver, times: number): string[][] {
  const asked: string[][] = []
  while (asked.length < times) {
    const [append] = appends(driven)
    driven.take()
    if (!append) {
      driven.fire('write-again')
      continue
    }
    const { token, records } = append
    asked.push(records.map((entry) => (entry.type === 'update-queued' ? `${entry.update.updateId}` : entry.type)))
    const isTaken = floorOf(records) < RESERVE_BYTES
    driven.receive(isTaken ? { type: 'committed', token } : { type: 'append-failed', token, reason: 'full' })
  }
  return asked
}

test('on a full disk an end is written with the steps before it, and waits for no other task\'s', () => {
  const driven = begun([update('L9', 1, 'FINISHED')])
  driven.receive(report('L1', 1, 'RUNNING'))
  driven.receive(report('L2', 2, 'KILLING'))
  driven.receive(report('L2', 3, 'KILLED'))
  driven.receive(acknowledged('L9', 1))
  const asked = onFullDisk(driven, 4)
  assert.deepEqual(asked, [['L1.1'], ['update-acknowledged'], ['L2.2', 'L2.3'], ['L1.1']])
  // Once there is room, all go together again.
  driven.fire('write-again')
  commit(driven)
  driven.receive(report('L3', 1, 'RUNNING'))
  driven.receive(report('L1', 2, 'RUNNING'))
  driven.receive(report('L4', 1, 'FINISHED'))
  const [first] = appends(driven)
  driven.take()
  driven.receive({ type: 'committed', token: first?.token as number })
  assert.deepEqual(appends(driven).map(({ records }) => records.length), [2])
})

test('a scheduler that is back is sent at once what it has not acknowledged, however long the wait has grown', () => {
  const driven = begun([update('L1', 1, 'RUNNING')])
  for (let round = 0; round < 200; round++) driven.fire('sweep')
  sent(driven)
  driven.receive({ type: 'send-again', frameworkId: 'w-0009' as FrameworkId })
  assert.deepEqual(sent(driven), [])
  driven.receive({ type: 'send-again', frameworkId })
  assert.deepEqual(sent(driven), ['L1.1 RUNNING'])
  driven.now += RESEND_FIRST_MS
  driven.fire('sweep')
  assert.deepEqual(sent(driven), ['L1.1 RUNNING'], 'and the waits begin anew')
})

test('updates of a framework that has ended are not sent any more', () => {
  const driven = begun()
  driven.receive(report('L1', 1, 'KILLED'))
  commit(driven)
  sent(driven)
  driven.receive({ type: 'forget-framework', frameworkId: 'w-0009' as FrameworkId })
  driven.receive({ type: 'forget-framework', frameworkId })
  driven.now += RESEND_MAX_MS
  driven.fire('sweep')
  assert.deepEqual(sent(driven), [])
})
