import assert from 'node:assert/strict'
import test from 'node:test'
import {
  RECONNECT_AGAIN_MS, RECONNECT_TIMEOUT_MS, REGISTRATION_TIMEOUT_MS, SHUTDOWN_GRACE_MS,
} from '../../../actors/executor/process-executor.js'
import type { LaunchId } from '../../../actors/protocol/ids.js'
import type { LauncherEvent } from '../../../actors/protocol/machine.js'
import type { Program } from '../../../actors/protocol/task.js'
import { NONE } from '../../../actors/resources/resources.js'
import {
  agent, begun, commit, data, executor, executorId, frameworkId, journal, launcher, launchId, launchOf, made,
  process, recovered, register, registered, report, reports, requests, run, toProcess,
} from './process-stage.js'

test('it starts the process with all that it must know to join', () => {
  const [request] = begun().toldTo(launcher)
  assert.ok(request?.type === 'start')
  assert.deepEqual([request.launchId, request.program], [launchId, { argv: ['node', 'it.ts'] }])
  assert.deepEqual(request.environment, {
    A: 'b', WARREN_AGENT_REF: 'master-driven@1/driven', WARREN_FRAMEWORK_ID: frameworkId,
    WARREN_EXECUTOR_ID: executorId,
  })
  const programs: [Program, object][] = [
    [{ type: 'argv', argv: ['x'] }, { argv: ['x'] }], [{ type: 'shell', line: 'x y' }, { shell: 'x y' }],
  ]
  for (const [program, expected] of programs) {
    const start = begun(program).toldTo(launcher)[0]
    assert.deepEqual(start?.type === 'start' && start.program, expected)
  }
})

test('tasks wait until the executor has registered, then go to it in order', () => {
  const driven = begun()
  driven.receive(run('t', 1))
  driven.receive(run('u', 2))
  assert.deepEqual(toProcess(driven), [])
  driven.receive(register)
  driven.receive(register)
  assert.deepEqual(toProcess(driven), [], 'its address is not on disk yet')
  assert.deepEqual(driven.toldTo(journal).map((each) => each.type === 'append' && each.records), [[{
    type: 'executor-held', frameworkId, executorId, resources: NONE, launchId, executor: process,
  }]])
  commit(driven)
  assert.deepEqual(toProcess(driven), ['executor-registered', 'launch t', 'launch u'])
  driven.receive(run('v', 3))
  driven.receive(register)
  driven.receive({ ...register, launches: ['w-L1', 'w-L2', 'w-L3'] as LaunchId[] })
  assert.deepEqual(toProcess(driven).slice(3), [
    'launch v', 'executor-registered', 'launch t', 'launch u', 'launch v', 'executor-registered',
  ], 'it may ask twice, and is given again what it does not have')
  driven.take()
  driven.receive({ type: 'reconnected' })
  assert.deepEqual(driven.toldTo(process), [{ type: 'reconnect-executor', agent: driven.self }])
  assert.ok(!driven.timers.has('registration'))
})

test('an executor that does not register in time fails its tasks, and is killed', () => {
  const driven = begun()
  driven.receive(run('t'))
  driven.take()
  assert.equal(driven.timers.get('registration')?.delayMs, REGISTRATION_TIMEOUT_MS)
  driven.fire('registration')
  assert.deepEqual(reports(driven), ['w-L1 FAILED registration-timeout', 'executor-gone'])
  assert.deepEqual([requests(driven), driven.ended], [['SIGKILL', 'forget'], true])
})

test('when its process ends, so have its tasks, once', () => {
  const driven = registered(run('t', 1), run('u', 2))
  driven.receive(report('t', 1, 'FINISHED'))
  driven.take()
  driven.receive({ type: 'exited', launchId, exit: { code: 3 } })
  assert.deepEqual(reports(driven), ['w-L2 FAILED executor-terminated', 'executor-gone'])
  assert.match(JSON.stringify(driven.toldTo(agent)), /exited with 3.*"exitCode":3/)
  assert.ok(driven.ended)
})

test('a process that vanished or never ran fails its tasks with the reason', () => {
  const events: [LauncherEvent, string][] = [
    [{ type: 'vanished', launchId }, 'executor-terminated'],
    [{ type: 'launch-failed', launchId, reason: 'no such program' }, 'launch-failed'],
  ]
  for (const [event, reason] of events) {
    const driven = begun()
    driven.receive(run('t'))
    driven.take()
    driven.receive(event)
    assert.deepEqual(reports(driven), [`w-L1 FAILED ${reason}`, 'executor-gone'])
  }
})

test('a shutdown gives the executor its grace, then ends its process', () => {
  const driven = registered(run('t'))
  driven.receive({ type: 'end-all' })
  driven.receive({ type: 'end-all' })
  assert.deepEqual(driven.toldTo(process), [{ type: 'shut-down', graceMs: SHUTDOWN_GRACE_MS }])
  driven.fire('shutdown')
  assert.deepEqual(requests(driven), ['SIGKILL'])
  driven.receive({ type: 'exited', launchId, exit: { signal: 'SIGKILL' } })
  assert.deepEqual(reports(driven), ['w-L1 KILLED executor-terminated', 'executor-gone'])
})

test('one that has not registered yet is told by a signal, and again if it does', () => {
  const driven = begun()
  driven.take()
  driven.receive({ type: 'end-all' })
  assert.deepEqual(requests(driven), ['SIGTERM'])
  driven.receive(register)
  commit(driven)
  assert.deepEqual(toProcess(driven), ['executor-registered', 'shut-down'])
})

test('a process whose node is lost is killed: it may be alive, and nobody would know', () => {
  const driven = registered(run('t'))
  driven.terminate(process as never)
  assert.deepEqual(requests(driven), ['SIGKILL'])
})

test('messages pass in both directions', () => {
  const driven = registered()
  driven.receive({ type: 'pass-message', data })
  assert.deepEqual(driven.toldTo(process), [{ type: 'tell-executor', data }])
  driven.receive({ type: 'tell-framework', frameworkId, executorId, data })
  assert.deepEqual(driven.toldTo(agent), [{ type: 'executor-said', frameworkId, executorId, data }])
})

test('it is on disk before its process starts; a disk that refuses drops its tasks', () => {
  const driven = made({ type: 'start', executor: executor() }, [launchOf('t')])
  assert.deepEqual([requests(driven), driven.toldTo(journal).length], [[], 1])
  driven.receive({ type: 'append-failed', token: 1, reason: 'no space left' })
  assert.deepEqual(reports(driven), ['w-L1 DROPPED journal-failed', 'executor-gone'])
  assert.ok(driven.ended && !requests(driven).includes('start'))
})

test('one that is to end before it is on disk never starts', () => {
  const driven = made({ type: 'start', executor: executor() }, [launchOf('t')])
  driven.receive({ type: 'end-all' })
  commit(driven)
  assert.deepEqual(reports(driven), ['w-L1 KILLED killed-during-launch', 'executor-gone'])
  assert.ok(!requests(driven).includes('start'))
})

test('when the disk refuses its address it is asked for again by its next registration', () => {
  const driven = begun()
  driven.receive(run('t'))
  driven.receive(register)
  driven.receive({ type: 'append-failed', token: 2, reason: 'no space left' })
  driven.take()
  driven.receive(register)
  commit(driven)
  assert.deepEqual(toProcess(driven), ['executor-registered', 'launch t'])
})

test('the executor of an earlier life is called until it comes back, and is given what never reached it', () => {
  const driven = recovered([launchOf('t', 1), launchOf('u', 2)])
  driven.receive({ type: 'started', launchId, pid: 9, directory: '/d' })
  driven.receive(run('v', 3))
  assert.deepEqual([requests(driven), toProcess(driven)], [['adopt'], ['reconnect-executor']])
  assert.equal(driven.timers.get('call')?.delayMs, RECONNECT_AGAIN_MS)
  driven.fire('call')
  driven.take()
  driven.receive({ ...register, launches: ['w-L1' as LaunchId] })
  assert.deepEqual(toProcess(driven), ['executor-registered', 'launch u', 'launch v'])
  assert.deepEqual([driven.toldTo(journal), [...driven.timers.keys()]], [[], []])
  driven.terminate(process as never)
  assert.deepEqual(requests(driven), ['SIGKILL'])
})

test('one that does not come back in time is ended, and its tasks are gone', () => {
  const driven = recovered([launchOf('t')])
  driven.take()
  assert.equal(driven.timers.get('registration')?.delayMs, RECONNECT_TIMEOUT_MS)
  driven.fire('registration')
  assert.deepEqual(reports(driven), ['w-L1 GONE registration-timeout', 'executor-gone'])
  assert.deepEqual(requests(driven), ['SIGKILL', 'forget'])
})

test('one that ended while no agent watched has failed its tasks', () => {
  const driven = recovered([launchOf('t')])
  driven.receive({ type: 'exited', launchId, exit: { code: 3 } })
  assert.deepEqual(reports(driven), ['w-L1 FAILED executor-terminated', 'executor-gone'])
})

test('one that had not joined is ended, and what it was to run is left for another', () => {
  const driven = recovered([launchOf('t')], false)
  driven.receive({ type: 'started', launchId, pid: 9, directory: '/d' })
  assert.deepEqual(requests(driven), ['adopt', 'SIGKILL'])
  driven.receive({ type: 'exited', launchId, exit: { signal: 'SIGKILL' } })
  assert.deepEqual(reports(driven), ['executor-gone'])
})

test('an executor whose tasks have all ended before it joined is sent away; who comes then may start another', () => {
  const driven = begun()
  driven.receive(run('t'))
  driven.receive({ type: 'end', launchId: launchOf('t').launchId, graceMs: 1 })
  driven.receive(register)
  commit(driven)
  assert.deepEqual(toProcess(driven), ['executor-registered', 'shut-down'])
  driven.take()
  driven.receive(run('u', 2))
  assert.deepEqual(reports(driven), ['w-L2 DROPPED executor-terminated'])
})

test('an executor that is wanted again before it has joined stays', () => {
  const driven = begun()
  driven.receive(run('t'))
  driven.receive({ type: 'end', launchId: launchOf('t').launchId, graceMs: 1 })
  driven.receive(run('u', 2))
  driven.receive(register)
  commit(driven)
  assert.deepEqual(toProcess(driven), ['executor-registered', 'launch u'])
})
