import assert from 'node:assert/strict'
import test from 'node:test'
import { OVERDUE_SLACK_MS } from '../../../actors/executor/handed-tasks.js'
import type { ExecutorCall } from '../../../actors/protocol/executor.js'
import type { LaunchId } from '../../../actors/protocol/ids.js'
import {
  agent, begun, commit, launchId, launchOf, noted, process, recovered, register, registered, report,
  reports, requests, run, toProcess,
} from './process-stage.js'

test('a report is passed on once, however often it is repeated, and noted when it is on disk', () => {
  const driven = registered(run('t'))
  driven.receive(report('t', 1, 'RUNNING'))
  driven.receive(report('t', 1, 'RUNNING'))
  assert.deepEqual([reports(driven), toProcess(driven)], [['w-L1 RUNNING'], []])
  driven.receive(noted('t', 1))
  driven.receive(report('t', 1, 'RUNNING'))
  assert.deepEqual([reports(driven), toProcess(driven)], [['w-L1 RUNNING'], ['noted 1', 'noted 1']])
})

test('a report that repeats the end of a task is not taken for one of its next run', () => {
  const driven = registered(run('t', 1))
  driven.receive(report('t', 1, 'FINISHED'))
  driven.receive(run('t', 2))
  driven.receive(report('t', 1, 'FINISHED'))
  assert.deepEqual(reports(driven), ['w-L1 FINISHED'])
  driven.receive(report('t', 2, 'RUNNING'))
  assert.deepEqual(reports(driven), ['w-L1 FINISHED', 'w-L2 RUNNING'])
})

test('a report about a task that is not there is noted and goes no further', () => {
  const driven = registered()
  driven.receive(report('t', 1, 'RUNNING'))
  assert.deepEqual([reports(driven), toProcess(driven)], [[], ['noted 1']])
})

test('such a report is known from then on: whatever runs under its id later, it is not of that', () => {
  const driven = registered()
  driven.receive(report('t', 1, 'RUNNING'))
  driven.receive(run('t'))
  driven.receive(report('t', 1, 'RUNNING'))
  assert.deepEqual(reports(driven), [])
  driven.receive(report('t', 2, 'RUNNING'))
  assert.deepEqual(reports(driven), ['w-L1 RUNNING'])
})

test('a task is ended by its executor, or before it was handed over', () => {
  const driven = registered(run('t'))
  driven.receive({ type: 'end', launchId: 'w-L1' as LaunchId, graceMs: 70 })
  assert.deepEqual(driven.toldTo(process), [{ type: 'stop-task', taskId: 't', graceMs: 70 }])
  const early = begun()
  early.receive(run('t'))
  early.receive({ type: 'end', launchId: 'w-L1' as LaunchId, graceMs: 70 })
  assert.deepEqual(reports(early), ['w-L1 KILLED killed-during-launch'])
  early.receive(register)
  commit(early)
  assert.deepEqual(toProcess(early), ['executor-registered', 'shut-down'])
})

test('what an earlier life has on disk is noted and not passed on again', () => {
  const driven = recovered([{ ...launchOf('t'), sequence: 2 }])
  driven.receive({ ...register, launches: ['w-L1' as LaunchId] })
  driven.take()
  driven.receive(report('t', 2, 'RUNNING'))
  assert.deepEqual([reports(driven), toProcess(driven)], [[], ['noted 2']])
  driven.receive(report('t', 3, 'FINISHED'))
  assert.deepEqual(reports(driven), ['w-L1 FINISHED'])
})

test('the end of an earlier launch is not taken for one of the next, even by another life', () => {
  const driven = recovered([launchOf('t', 2)])
  driven.receive({ ...register, launches: ['w-L1', 'w-L2'] as LaunchId[] })
  driven.receive({ ...report('t', 5, 'FINISHED'), launchId: 'w-L1' as LaunchId } as ExecutorCall)
  assert.deepEqual(reports(driven), [])
})

test('a kill waits for an executor that has not come back, and spares it what it never got', () => {
  const driven = recovered([launchOf('t', 1), launchOf('u', 2)])
  for (const number of [1, 2]) driven.receive({ type: 'end', launchId: `w-L${number}` as LaunchId, graceMs: 70 })
  assert.deepEqual(reports(driven), [])
  driven.take()
  driven.receive({ ...register, launches: ['w-L1' as LaunchId] })
  assert.deepEqual(toProcess(driven), ['executor-registered', 'stop-task'])
  assert.deepEqual(reports(driven), ['w-L2 KILLED killed-during-launch'])
})

test('a task that runs longer than it may is told to end, and has failed by that', () => {
  const driven = registered(run('t', 1, { timeoutMs: 1_000, killGraceMs: 70 }))
  assert.equal(driven.timers.get('time-w-L1')?.delayMs, 1_000)
  driven.now += 400
  driven.receive(report('t', 1, 'RUNNING'))
  assert.equal(driven.timers.get('time-w-L1')?.delayMs, 1_000, 'it counts from when it runs')
  driven.take()
  driven.fire('time-w-L1')
  assert.deepEqual(driven.toldTo(process), [{ type: 'stop-task', taskId: 't', graceMs: 70 }])
  driven.receive(report('t', 2, 'KILLED'))
  const [told] = driven.toldTo(agent)
  assert.ok(told?.type === 'task-report')
  assert.deepEqual([told.state, told.reason, told.text], ['FAILED', 'timed-out', 'it ran longer than 1 s'])
  assert.ok(!driven.timers.has('time-w-L1'))
})

test('an executor that does not end such a task within its grace is ended, and its tasks with it', () => {
  const driven = registered(run('t', 1, { timeoutMs: 1_000, killGraceMs: 70 }), run('u', 2))
  driven.fire('time-w-L1')
  assert.equal(driven.timers.get('time-w-L1')?.delayMs, 70 + OVERDUE_SLACK_MS)
  driven.take()
  driven.fire('time-w-L1')
  assert.deepEqual(requests(driven), ['SIGKILL'])
  driven.receive({ type: 'exited', launchId, exit: { signal: 'SIGKILL' } })
  assert.deepEqual(reports(driven), ['w-L1 FAILED timed-out', 'w-L2 FAILED executor-terminated', 'executor-gone'])
})

test('the time of a task goes on over a restart of the agent, even while its executor is away', () => {
  const launch = { ...launchOf('t', 1, { timeoutMs: 1_000 }), startedAtMs: 1_699_999_999_400 }
  const driven = recovered([launch])
  assert.equal(driven.timers.get('time-w-L1')?.delayMs, 400)
  driven.fire('time-w-L1')
  driven.take()
  driven.receive({ ...register, launches: ['w-L1' as LaunchId] })
  assert.deepEqual(toProcess(driven), ['executor-registered', 'stop-task'])
})
