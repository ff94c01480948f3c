import assert from 'node:assert/strict'
import test from 'node:test'
import { Acknowledged, TASKS_REMEMBERED_MAX } from '../../../actors/scheduler/acknowledged.js'
import type { FrameworkId, LaunchId, TaskId, UpdateId } from '../../../actors/protocol/ids.js'
import type { StatusUpdate, TaskState } from '../../../actors/protocol/task.js'

const update = (launch: string, count: number, state: TaskState, more: Partial<StatusUpdate> = {}): StatusUpdate => ({
  frameworkId: 'w-0000' as FrameworkId, taskId: 't' as TaskId, launchId: launch as LaunchId,
  updateId: `${launch}.${count}` as UpdateId, state, source: 'agent', atMs: 1, ...more,
})
const ofMaster = (launch: string, state: TaskState): StatusUpdate => {
  const { updateId: _, ...said } = update(launch, 0, state, { source: 'master' })
  return said
}

const answer = (launch: string, state: TaskState, count?: number): StatusUpdate => ({
  ...ofMaster(launch, state), reason: 'reconciliation',
  ...(count === undefined ? {} : { updateId: `${launch}.${count}` as UpdateId }),
})

test('each step is new once', () => {
  const acknowledged = new Acknowledged()
  const seen = [
    update('L1', 1, 'RUNNING'), update('L1', 1, 'RUNNING'), update('L1', 2, 'KILLED'), update('L1', 2, 'KILLED'),
  ]
  assert.deepEqual(seen.map((each) => acknowledged.isNew(each)), [true, false, true, false])
})

test('nothing follows a terminal state, whoever says it', () => {
  const acknowledged = new Acknowledged()
  acknowledged.isNew(ofMaster('L1', 'LOST'))
  for (const late of [update('L1', 2, 'RUNNING'), update('L1', 3, 'FINISHED'), ofMaster('L1', 'RUNNING')]) {
    assert.ok(!acknowledged.isNew(late))
  }
})

test('that the offers are spent is no news of a task that was launched with them', () => {
  const acknowledged = new Acknowledged()
  const { launchId: _, ...spent } = { ...ofMaster('L1', 'DROPPED'), reason: 'invalid-offers' as const }
  assert.ok(acknowledged.isNew(spent), 'nothing is known of a launch')
  acknowledged.isNew(update('L1', 1, 'RUNNING'))
  assert.ok(!acknowledged.isNew(spent))
  acknowledged.isNew(update('L1', 2, 'FINISHED'))
  acknowledged.expect('t' as TaskId)
  assert.ok(acknowledged.isNew(spent), 'it was to be launched again')
})

test('a further launch of the same task id begins anew', () => {
  const acknowledged = new Acknowledged()
  acknowledged.isNew(update('L1', 1, 'FAILED'))
  assert.ok(acknowledged.isNew(update('L2', 1, 'RUNNING')))
})

test('what the master says of itself is told; it is no step of the task', () => {
  const acknowledged = new Acknowledged()
  acknowledged.isNew(update('L1', 1, 'RUNNING'))
  assert.ok(acknowledged.isNew(ofMaster('L1', 'UNREACHABLE')) && acknowledged.isNew(ofMaster('L1', 'RUNNING')))
  assert.ok(!acknowledged.isNew(update('L1', 1, 'RUNNING')))
  const { launchId: _, ...refusal } = ofMaster('L1', 'ERROR')
  assert.ok(acknowledged.isNew(refusal) && acknowledged.isNew(refusal))
})

test('a reconciliation that says what is known is no news, unless it was asked for', () => {
  const acknowledged = new Acknowledged()
  acknowledged.isNew(update('L1', 1, 'RUNNING'))
  assert.ok(!acknowledged.isNew(answer('L1', 'RUNNING')) && !acknowledged.isNew(answer('L1', 'RUNNING', 1)))
  acknowledged.want([])
  assert.deepEqual([1, 2].map(() => acknowledged.isNew(answer('L1', 'RUNNING', 1))), [true, false])
  acknowledged.want(['t' as TaskId])
  assert.ok(acknowledged.isNew(answer('L1', 'RUNNING')))
  assert.ok(acknowledged.isNew(answer('L1', 'UNREACHABLE')) && !acknowledged.isNew(answer('L1', 'UNREACHABLE')))
  assert.ok(acknowledged.isNew(answer('L1', 'FAILED', 3)))
  acknowledged.want(['t' as TaskId])
  assert.ok(!acknowledged.isNew(answer('L1', 'FAILED')), 'nothing follows an end')
})

test('steps that a reconciliation has run ahead of are no news when they come', () => {
  const acknowledged = new Acknowledged()
  assert.ok(acknowledged.isNew(answer('L1', 'RUNNING', 2)))
  const steps = [update('L1', 1, 'STARTING'), update('L1', 2, 'RUNNING'), update('L1', 3, 'FINISHED')]
  assert.deepEqual(steps.map((each) => acknowledged.isNew(each)), [false, false, true])
})

test('a task that nobody knows is told of once, and one that has ended not at all', () => {
  const acknowledged = new Acknowledged()
  const { launchId: _, ...unknown } = answer('L1', 'UNKNOWN')
  acknowledged.expect('t' as TaskId)
  assert.deepEqual(acknowledged.live(), ['t'])
  assert.deepEqual([1, 2].map(() => acknowledged.isNew(unknown)), [true, false])
  acknowledged.isNew(update('L1', 1, 'FINISHED'))
  assert.deepEqual([acknowledged.isNew(unknown), acknowledged.live()], [false, []])
  acknowledged.expect('t' as TaskId)
  const { launchId: __, ...refusal } = ofMaster('L2', 'DROPPED')
  assert.ok(acknowledged.isNew(refusal))
  assert.deepEqual(acknowledged.live(), [], 'a launch that was refused is not asked for')
})

test('an update is settled when its author says so, or when a later one has been seen', () => {
  const acknowledged = new Acknowledged()
  const [first, second] = [update('L1', 1, 'RUNNING'), update('L1', 2, 'FINISHED')]
  acknowledged.isNew(first)
  assert.ok(!acknowledged.isSettled(first))
  acknowledged.settle(second)
  assert.ok(!acknowledged.isSettled(first), 'that was another')
  acknowledged.settle(first)
  assert.ok(acknowledged.isSettled(first))
  acknowledged.isNew(second)
  assert.deepEqual([acknowledged.isSettled(first), acknowledged.isSettled(second)], [true, false])
})

test('only so many tasks are remembered, the oldest being forgotten', () => {
  const acknowledged = new Acknowledged()
  const of = (number: number) => update('L1', 1, 'FINISHED', { taskId: `t${number}` as TaskId })
  for (let number = 0; number <= TASKS_REMEMBERED_MAX; number++) acknowledged.isNew(of(number))
  assert.ok(!acknowledged.isNew(of(1)))
  assert.ok(acknowledged.isNew(of(0)))
})
