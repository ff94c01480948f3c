import assert from 'node:assert/strict'
import test from 'node:test'
import type { LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import { UPDATE_TEXT_CHARACTERS_MAX } from '../../../actors/protocol/task.js'
import { command, executed } from '../master/desk.js'
import {
  acknowledge, admitted, childOf, commit, frameworkId, journal, journaled, kill, launch, launchOf, output, queued,
  registered, reported, runTask, updatesRef, type Driver,
} from './workbench.js'

const report = (driven: Driver, number: number, state: 'RUNNING' | 'KILLING' | 'FINISHED' | 'KILLED', more = {}) =>
  driven.receive({ type: 'task-report', launchId: launchOf(number), state, ...more })
const ends = (driven: Driver, name: string) => driven.toldTo(childOf(driven, name))
  .flatMap((order) => (order.type === 'end' ? [order.graceMs] : []))

test('what an executor saw becomes an update of the task', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  report(driven, 1, 'RUNNING')
  const ending = { reason: 'timed-out', signal: 'SIGKILL', text: 'too long' }
  report(driven, 1, 'KILLED', ending)
  const common = { frameworkId, agentId: 'w-S0', taskId: 't', launchId: 'w-L1', atMs: driven.now }
  assert.deepEqual(reported(driven), [
    { ...common, updateId: 'w-L1.1', state: 'RUNNING', source: 'executor' },
    { ...common, ...ending, updateId: 'w-L1.2', state: 'KILLED', source: 'agent' },
  ])
})

test('an update tells no more text than its limit, and no half of a character', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  const letters = 'x'.repeat(UPDATE_TEXT_CHARACTERS_MAX - 2)
  for (const text of [`${letters}xx`, `${letters}xxx`, `${letters}🐇x`]) report(driven, 1, 'KILLED', { text })
  const told = reported(driven).map(({ text = '' }) => [text.length, text.slice(letters.length)])
  assert.deepEqual(told, [[letters.length + 2, 'xx'], [letters.length + 2, 'x…'], [letters.length + 1, '…']])
})

test('a report about a task that is not held says nothing', () => {
  const { driven } = registered()
  report(driven, 7, 'RUNNING')
  assert.deepEqual(reported(driven), [])
})

test('who follows the output of a command is told of its end, but not with each task of an executor', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, executed('u', 'e'))
  report(driven, 1, 'FINISHED')
  report(driven, 2, 'FINISHED')
  assert.deepEqual(driven.toldTo(output), [{ type: 'ended', launchId: 'w-L1' }])
})

test('a kill of one launch leaves another of the same task alone', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, command('t'))
  driven.receive({ type: 'kill-task', epoch: 3, frameworkId, taskId: 't' as TaskId, launchId: launchOf(1) })
  assert.deepEqual([ends(driven, 'w-L1').length, ends(driven, 'w-L2').length], [1, 0])
})

test('a kill reaches the executor with the grace of the call, of the task, or of the house', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, command('u', { cpus: 1 }, { killGraceMs: 40 }))
  driven.receive(kill('t'))
  driven.receive(kill('t', 5))
  driven.receive(kill('u'))
  driven.receive(kill('nobody'))
  assert.deepEqual([ends(driven, 'w-L1'), ends(driven, 'w-L2')], [[3_000, 5], [40]])
})

test('a drain ends every task with its grace, or the one that was given, and executors without tasks', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, executed('u', 'e'))
  driven.receive(runTask(3, command('v')))
  driven.receive({ type: 'drain-agent', epoch: 3, graceMs: 40 })
  driven.receive({ type: 'drain-agent', epoch: 3 })
  assert.deepEqual([ends(driven, 'w-L1'), ends(driven, 'w-L2-executor')], [[40, 3_000], [40, 3_000]])
  commit(driven)
  assert.deepEqual(reported(driven).map(({ taskId, state }) => [taskId, state]), [['v', 'KILLED']])
  driven.take()
  report(driven, 2, 'KILLED')
  for (const update of reported(driven)) journaled(driven, update)
  driven.receive({ type: 'drain-agent', epoch: 3 })
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L2-executor')), [{ type: 'end-all' }])
})

test('what a drain has ended says so, and what was being ended before does not', () => {
  const { driven } = registered()
  for (const number of [1, 2, 3]) launch(driven, number, command(`t${number}`, { cpus: 1 }))
  report(driven, 1, 'KILLING')
  for (const update of reported(driven)) journaled(driven, update)
  driven.receive({ type: 'drain-agent', epoch: 3 })
  driven.take()
  report(driven, 1, 'KILLED')
  report(driven, 2, 'KILLED')
  report(driven, 3, 'FINISHED')
  assert.deepEqual(reported(driven).map(({ taskId, reason, text }) => [taskId, reason, text]), [
    ['t1', undefined, undefined], ['t2', 'drained', 'an operator has drained its agent'], ['t3', undefined, undefined],
  ])
})

test('a task that has ended is not ended again', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  report(driven, 1, 'FINISHED')
  driven.receive(kill('t'))
  assert.deepEqual(ends(driven, 'w-L1'), [])
})

test('an executor hears that its report is on disk when it is', () => {
  const { driven } = registered()
  launch(driven, 1, executed('t', 'e'))
  const to = childOf(driven, 'w-L1-executor')
  report(driven, 1, 'RUNNING', { noted: { to, taskId: 't', sequence: 4 } })
  const [update] = reported(driven)
  driven.take()
  journaled(driven, update as NonNullable<typeof update>)
  assert.deepEqual(driven.toldTo(to), [{ type: 'noted', taskId: 't', sequence: 4 }])
})

test('an acknowledged end is forgotten, but for the launch and where to read the output', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  report(driven, 1, 'FINISHED')
  const [update] = reported(driven)
  journaled(driven, update as NonNullable<typeof update>)
  assert.equal(driven.state.active.counts.size, 1)
  acknowledge(driven, update as NonNullable<typeof update>)
  const { memory, active } = driven.state
  assert.deepEqual([memory.tasks.size, active.counts.size, active.runners.size, active.toNote.size], [0, 0, 0, 0])
  assert.deepEqual([...memory.launches, ...memory.lastLaunch.values()], ['w-L1', 'w-L1'])
})

const shutdown = { type: 'shutdown-framework', epoch: 3, frameworkId } as const

test('a framework that has ended takes its tasks with it', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, executed('u', 'e'))
  driven.take()
  driven.receive(runTask(3, command('v')))
  driven.receive(shutdown)
  assert.deepEqual(ends(driven, 'w-L1'), [3_000])
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L2-executor')).map(({ type }) => type), ['end', 'end-all'])
  assert.equal([...driven.state.active.admitting.values()][0]?.outcome, 'killed')
  assert.deepEqual(driven.toldTo(updatesRef(driven)).at(-1), { type: 'forget-framework', frameworkId })
})

test('what had ended is settled without the framework, on disk too', () => {
  const { driven } = registered([
    admitted(1, command('t')), queued(1, 't', 1, 'RUNNING'), queued(1, 't', 2, 'FINISHED'),
  ])
  driven.receive({ ...shutdown, frameworkId: 'w-0009' as typeof frameworkId })
  assert.equal(driven.state.memory.tasks.size, 1)
  driven.receive(shutdown)
  assert.equal(driven.state.memory.tasks.size, 0)
  const [append] = driven.toldTo(journal)
  assert.deepEqual(append?.type === 'append' && append.records.map((entry) => 'updateId' in entry && entry.updateId), [
    'w-L1.1', 'w-L1.2',
  ])
})

test('a task id that runs again is not mistaken for its earlier launch', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  report(driven, 1, 'FINISHED')
  const [update] = reported(driven)
  journaled(driven, update as NonNullable<typeof update>)
  launch(driven, 2, command('t'))
  acknowledge(driven, update as NonNullable<typeof update>)
  assert.deepEqual([...driven.state.memory.tasks.keys()], ['w-L2' as LaunchId])
  driven.receive(kill('t'))
  assert.deepEqual([ends(driven, 'w-L1'), ends(driven, 'w-L2')], [[], [3_000]])
})

test('a command executor that begins again changes nothing, and is told once more what it was to end', () => {
  const { driven } = registered()
  launch(driven, 1, command('t', { cpus: 1 }, { killGraceMs: 70 }))
  driven.take()
  report(driven, 1, 'RUNNING')
  for (const update of reported(driven)) journaled(driven, update)
  driven.take()
  report(driven, 1, 'RUNNING')
  assert.deepEqual(driven.told, [])
  report(driven, 1, 'KILLING')
  for (const update of reported(driven)) journaled(driven, update)
  driven.take()
  report(driven, 1, 'RUNNING')
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L1')), [{ type: 'end', launchId: 'w-L1', graceMs: 70 }])
})
