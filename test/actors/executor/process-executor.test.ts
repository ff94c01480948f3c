import assert from 'node:assert/strict'
import test from 'node:test'
import { OVERDUE_SLACK_MS } from '../../../actors/executor/handed-tasks.js'
import {
  processExecutor, RECONNECT_AGAIN_MS, RECONNECT_TIMEOUT_MS, REGISTRATION_TIMEOUT_MS, SHUTDOWN_GRACE_MS,
} from '../../../actors/executor/process-executor.js'
import type { Message } from '../../../actors/executor/process-state.js'
import type { ExecutorCall, ExecutorEvent } from '../../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { LauncherEvent, LauncherRequest } from '../../../actors/protocol/machine.js'
import type { ExecutorOrder, ExecutorOrigin, ExecutorReport, Launch } from '../../../actors/protocol/running.js'
import type { Program, TaskInfo, TaskState } from '../../../actors/protocol/task.js'
import { NONE } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import type { LogRequest } from '../../../runtime/log.js'
import { drive, type Driven } from '../../support/drive.js'
import { executed } from '../master/desk.js'

const node = nodeAddress('agent', 'a', '1')
const agent = refOf<ExecutorReport>(node, 'agent')
const launcher = refOf<LauncherRequest>(node, 'port.launcher')
const journal = refOf<LogRequest<JournalEntry>>(node, 'port.journal')
const process = refOf<ExecutorEvent>(nodeAddress('executor', 'e', '1'), 'executor')
const frameworkId = 'w-0000' as FrameworkId
const executorId = 'e' as ExecutorId
const launchId = 'w-L1-executor' as LaunchId
const data = new Uint8Array([1])

type Driver = Driven<unknown, Message>

const executor = (program: Program = { type: 'module', file: 'it.ts' }) =>
  ({ executorId, program, resources: NONE, environment: { A: 'b' } })

function made(origin: ExecutorOrigin, launches: readonly Launch[] = []): Driver {
  const modules = {
    program: (file: string) => ({ argv: ['node', file] }),
    environment: (self: string) => ({ WARREN_AGENT_REF: self }),
  }
  const held = { frameworkId, executorId, resources: NONE, launchId }
  return drive(processExecutor({ agent, launcher, journal, ...held, modules, origin, launches })) as Driver
}

/** One whose process has been started. */
function begun(program?: Program): Driver {
  const driven = made({ type: 'start', executor: executor(program) })
  commit(driven)
  return driven
}

/** That of an earlier life of the agent, which had joined unless told otherwise. */
const recovered = (launches: readonly Launch[] = [], joined = true): Driver =>
  made({ type: 'recover', ...(joined ? { executor: process } : {}) }, launches)

/** The journal takes what it was asked to since the last `take`. */
function commit(driven: Driver): void {
  for (const request of driven.toldTo(journal)) {
    if (request.type === 'append') driven.receive({ type: 'committed', token: request.token })
  }
  driven.told.splice(0, driven.told.length, ...driven.told.filter(({ to }) => to !== (journal as never)))
}

const launchOf = (id: string, number = 1, more: Partial<TaskInfo> = {}): Launch =>
  ({ launchId: `w-L${number}` as LaunchId, frameworkId, task: { ...executed(id, 'e'), ...more } })
const run = (id: string, number = 1, more: Partial<TaskInfo> = {}): ExecutorOrder =>
  ({ type: 'run', launch: launchOf(id, number, more) })
const register: ExecutorCall = { type: 'register-executor', executor: process, frameworkId, executorId }
const report = (id: string, sequence: number, state: TaskState): ExecutorCall =>
  ({ type: 'report-task', frameworkId, executorId, taskId: id as TaskId, sequence, state })
const noted = (id: string, sequence: number): ExecutorOrder => ({ type: 'noted', taskId: id as TaskId, sequence })

function registered(...orders: readonly ExecutorOrder[]): Driver {
  const driven = begun()
  for (const order of orders) driven.receive(order)
  driven.receive(register)
  commit(driven)
  driven.take()
  return driven
}

const toProcess = (driven: Driver) => driven.toldTo(process).map((event) =>
  event.type === 'launch-task' ? `launch ${event.task.taskId}`
    : event.type === 'report-noted' ? `noted ${event.sequence}` : event.type)
const reports = (driven: Driver) => driven.toldTo(agent).map((each) =>
  each.type === 'task-report' ? [each.launchId, each.state, ...each.reason ? [each.reason] : []].join(' ') : each.type)
const requests = (driven: Driver) => driven.toldTo(launcher).map((each) =>
  each.type === 'signal' ? each.signal : each.type)

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
  assert.deepEqual(toProcess(driven).slice(3), ['launch v', 'executor-registered'], 'it may ask twice')
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
  assert.deepEqual(toProcess(early), ['executor-registered'])
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
