import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type {
  AgentId, ExecutorId, FrameworkId, LaunchId, Role, TaskId, UpdateId,
} from '../../../actors/protocol/ids.js'
import { floorOf, RESERVE_BYTES, type JournalEntry } from '../../../actors/protocol/journal.js'
import type { Reason, TaskState } from '../../../actors/protocol/task.js'
import { NONE } from '../../../actors/resources/resources.js'
import { command } from '../master/desk.js'

const frameworkId = 'w-0000' as FrameworkId
const taskId = 't' as TaskId
const executor = { frameworkId, executorId: 'e' as ExecutorId, launchId: 'w-L5' as LaunchId }
const step = (launch: string, state: TaskState, reason?: Reason): JournalEntry => ({
  type: 'update-queued',
  update: {
    updateId: `${launch}.1` as UpdateId, launchId: launch as LaunchId, frameworkId, taskId, state, source: 'agent',
    atMs: 1, ...(reason ? { reason } : {}),
  },
})
const acknowledged: JournalEntry = { type: 'update-acknowledged', frameworkId, taskId, updateId: 'w-L1.1' as UpdateId }

/** By how much of the reserve must stay behind them, least first. */
const BY_FLOOR: readonly (readonly JournalEntry[])[] = [
  [
    { type: 'became-agent', agentId: 'w-S0' as AgentId, cluster: 'c' },
    { type: 'obeyed', clusterId: 'c', epoch: 1, nonce: 'n' },
    { type: 'life-begun', name: 'agent-a', bootId: 'b' },
  ],
  [acknowledged, { type: 'executor-dropped', ...executor }],
  [step('w-L1', 'FINISHED'), step('w-L2', 'FAILED', 'launch-failed'), step('w-L3', 'KILLED')],
  [
    step('w-L4', 'RUNNING'), step('w-L5', 'KILLING'), step('w-L6', 'DROPPED', 'journal-failed'),
    { type: 'launch-admitted', launchId: 'w-L7' as LaunchId, frameworkId, role: '*' as Role, task: command('t') },
    { type: 'executor-held', ...executor, resources: NONE },
    { type: 'launches-remembered', launchIds: [] },
  ],
]

test('what matters more may use room that what matters less must leave', () => {
  const floors = BY_FLOOR.map((entries) => {
    const [floor, ...others] = new Set(entries.map((entry) => floorOf([entry])))
    assert.deepEqual(others, [])
    return floor
  })
  assert.deepEqual(floors, [0, 65_536, 262_144, RESERVE_BYTES])
})

test('what is written as one has the floor of what matters least in it', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...BY_FLOOR.flat())), (entries) => {
    assert.equal(floorOf(entries), Math.max(0, ...entries.map((entry) => floorOf([entry]))))
  }))
})

test('the steps before an end go along with it, and those of other launches do not', () => {
  const end = step('w-L1', 'KILLED')
  assert.equal(floorOf([step('w-L1', 'KILLING'), end]), floorOf([end]))
  assert.equal(floorOf([step('w-L2', 'KILLING'), end]), RESERVE_BYTES)
  assert.equal(floorOf([step('w-L1', 'RUNNING'), step('w-L1', 'DROPPED', 'journal-failed')]), RESERVE_BYTES)
})
