import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  compact, findTask, LAST_LAUNCHES_MAX, launchOf, newMemory, remember, updateIdOf, type Memory,
} from '../../../actors/agent/memory.js'
import type { AgentId, ExecutorId, FrameworkId, LaunchId, Role, TaskId } from '../../../actors/protocol/ids.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { TaskState } from '../../../actors/protocol/task.js'
import { NONE } from '../../../actors/resources/resources.js'
import { command } from '../master/desk.js'

const frameworkId = 'w-0000' as FrameworkId
const launch = (number: number) => `w-L${number}` as LaunchId

const admitted = (number: number, id: string): JournalEntry => ({
  type: 'launch-admitted', launchId: launch(number), frameworkId, role: '*' as Role, task: command(id),
})
const queued = (number: number, id: string, count: number, state: TaskState): JournalEntry => ({
  type: 'update-queued', update: {
    updateId: updateIdOf(launch(number), count), frameworkId, taskId: id as TaskId, launchId: launch(number), state,
    source: 'executor', atMs: count,
  },
  ...(count > 2 ? { sequence: count } : {}),
})
const held = (number: number, id: string): JournalEntry => ({
  type: 'executor-held', frameworkId, executorId: id as ExecutorId, launchId: launch(number), resources: NONE,
})
const acknowledged = (number: number, id: string, count: number): JournalEntry =>
  ({ type: 'update-acknowledged', frameworkId, taskId: id as TaskId, updateId: updateIdOf(launch(number), count) })

function fold(entries: readonly JournalEntry[], memory = newMemory()): Memory {
  for (const entry of entries) remember(memory, entry)
  return memory
}

const number = fc.nat(5)
const id = fc.constantFrom('a', 'b', 'c')
const count = fc.integer({ min: 1, max: 4 })
const state = fc.constantFrom<TaskState>('RUNNING', 'KILLING', 'FINISHED', 'FAILED')
const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.constantFrom('w-S0', 'w-S1').map((agentId): JournalEntry =>
    ({ type: 'became-agent', agentId: agentId as AgentId, cluster: 'warren' })),
  fc.nat(9).map((epoch): JournalEntry => ({ type: 'obeyed', clusterId: 'c', epoch, nonce: `n${epoch}` })),
  fc.tuple(number, id).map(([at, task]) => admitted(at, task)),
  fc.tuple(number, id, count, state).map(([at, task, nth, to]) => queued(at, task, nth, to)),
  fc.tuple(number, id, count).map(([at, task, nth]) => acknowledged(at, task, nth)),
  fc.constantFrom('b1', 'b2').map((bootId): JournalEntry => ({ type: 'life-begun', name: 'agent-a', bootId })),
  fc.tuple(number, id).map(([at, executor]) => held(at, executor)),
  fc.tuple(number, id).map(([at, executorId]): JournalEntry =>
    ({ type: 'executor-dropped', frameworkId, executorId: executorId as ExecutorId, launchId: launch(at) })),
)

test('a shortened journal folds to the same tasks, launches and identity', () => {
  fc.assert(fc.property(fc.array(entry, { maxLength: 40 }), fc.array(entry, { maxLength: 10 }), (before, after) => {
    const memory = fold(before)
    const shortened = fold(compact(memory))
    const essence = ({ agentId, cluster, obeyed, life, executors, tasks, launches }: Memory) =>
      ({ agentId, cluster, obeyed, life, executors, tasks, launches: [...launches].sort() })
    // An agent that has no id yet has nothing else to be known by.
    assert.deepEqual(essence(shortened), essence(memory))
    assert.deepEqual(essence(fold(after, shortened)), essence(fold(after, memory)))
  }))
})

test('a task is held until its terminal update is acknowledged, and its launch is known for ever', () => {
  const memory = fold([admitted(1, 'a'), queued(1, 'a', 1, 'RUNNING'), queued(1, 'a', 2, 'FINISHED')])
  assert.equal(findTask(memory, frameworkId, 'a' as TaskId)?.state, 'FINISHED')
  fold([acknowledged(1, 'a', 2)], memory)
  assert.equal(memory.tasks.get(launch(1))?.pending.length, 2, 'only the oldest can be acknowledged')
  fold([acknowledged(1, 'a', 1), acknowledged(1, 'a', 2)], memory)
  assert.equal(memory.tasks.size, 0)
  assert.ok(memory.launches.has(launch(1)))
  assert.deepEqual(compact(memory), [{ type: 'launches-remembered', launchIds: [launch(1)] }])
})

test('a shortened journal remembers launches in parts, however many there were', () => {
  const launchIds = Array.from({ length: 25_000 }, (_, index) => launch(index))
  const shortened = compact(fold([{ type: 'launches-remembered', launchIds }]))
  assert.deepEqual(shortened.map((each) => each.type === 'launches-remembered' && each.launchIds.length),
    [10_000, 10_000, 5_000])
  assert.deepEqual([...fold(shortened).launches], launchIds)
})

test('an end that is acknowledged after its task id was taken again is still found', () => {
  const memory = fold([
    admitted(1, 'a'), queued(1, 'a', 1, 'FINISHED'), admitted(2, 'a'), acknowledged(1, 'a', 1),
  ])
  assert.deepEqual([...memory.tasks.keys()], [launch(2)])
  assert.equal(findTask(memory, frameworkId, 'a' as TaskId)?.launchId, launch(2))
})

test('entries about launches that are not held change nothing', () => {
  const memory = fold([queued(1, 'a', 1, 'RUNNING'), acknowledged(1, 'a', 1)])
  assert.deepEqual(memory, newMemory())
})

test('the count of updates goes on after a shortened journal', () => {
  const memory = fold([
    admitted(1, 'a'), queued(1, 'a', 1, 'RUNNING'), acknowledged(1, 'a', 1), queued(1, 'a', 2, 'KILLING'),
  ])
  assert.equal(fold(compact(memory)).tasks.get(launch(1))?.updates, 2)
})

test('of the ended, only so many stay readable', () => {
  const memory = newMemory()
  for (let index = 0; index <= LAST_LAUNCHES_MAX; index++) {
    remember(memory, admitted(index, `t${index}`))
    remember(memory, queued(index, `t${index}`, 1, 'FINISHED'))
    remember(memory, acknowledged(index, `t${index}`, 1))
  }
  assert.equal(memory.lastLaunch.size, LAST_LAUNCHES_MAX)
  assert.equal(findTask(memory, frameworkId, 't0' as TaskId), undefined)
})

test('a task that runs is found, however many have come after it', () => {
  const memory = newMemory()
  remember(memory, admitted(0, 'service'))
  for (let index = 1; index <= LAST_LAUNCHES_MAX; index++) {
    remember(memory, admitted(index, `t${index}`))
    remember(memory, queued(index, `t${index}`, 1, 'FINISHED'))
    remember(memory, acknowledged(index, `t${index}`, 1))
  }
  assert.deepEqual([memory.tasks.size, memory.lastLaunch.size], [1, LAST_LAUNCHES_MAX])
  assert.equal(findTask(memory, frameworkId, 'service' as TaskId)?.launchId, launch(0))
})

test('an update id tells its launch, whatever the launch is called', () => {
  for (const launchId of ['w-L1', 'a.b.c', 'x.'] as LaunchId[]) {
    assert.equal(launchOf(updateIdOf(launchId, 12)), launchId)
  }
})

test('an executor is held until it is dropped, by its own process and not by an earlier one', () => {
  const dropped = (number: number): JournalEntry =>
    ({ type: 'executor-dropped', frameworkId, executorId: 'e' as ExecutorId, launchId: launch(number) })
  const memory = fold([held(1, 'e'), held(2, 'e'), dropped(1)])
  assert.deepEqual([...memory.executors.values()], [held(2, 'e')])
  assert.equal(fold([dropped(2)], memory).executors.size, 0)
})

test('a task knows since when it runs, and which report of its executor came last, over a shortened journal', () => {
  const memory = fold([admitted(1, 'a'), queued(1, 'a', 1, 'RUNNING'), queued(1, 'a', 3, 'KILLING')])
  for (const each of [memory, fold(compact(memory))]) {
    const { startedAtMs, sequence } = each.tasks.get(launch(1)) ?? {}
    assert.deepEqual([startedAtMs, sequence], [1, 3])
  }
})
