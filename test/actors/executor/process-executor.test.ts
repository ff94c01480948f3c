import assert from 'node:assert/strict'
import test from 'node:test'
import {
  processExecutor, REGISTRATION_TIMEOUT_MS, SHUTDOWN_GRACE_MS,
} from '../../../actors/executor/process-executor.js'
import type { ExecutorCall, ExecutorEvent } from '../../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import type { LauncherEvent, LauncherRequest } from '../../../actors/protocol/machine.js'
import type { ExecutorOrder, ExecutorReport } from '../../../actors/protocol/running.js'
import type { Program, TaskState } from '../../../actors/protocol/task.js'
import { NONE } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'
import { executed } from '../master/desk.js'

const node = nodeAddress('agent', 'a', '1')
const agent = refOf<ExecutorReport>(node, 'agent')
const launcher = refOf<LauncherRequest>(node, 'port.launcher')
const process = refOf<ExecutorEvent>(nodeAddress('executor', 'e', '1'), 'executor')
const frameworkId = 'w-0000' as FrameworkId
const executorId = 'e' as ExecutorId
const launchId = 'w-L1-executor' as LaunchId
const data = new Uint8Array([1])

type Private = { readonly type: 'registration-over' | 'shutdown-over' | 'executor-lost' }
type Driver = Driven<unknown, ExecutorOrder | ExecutorCall | LauncherEvent | Private>

function begun(program: Program = { type: 'module', file: 'it.ts' }): Driver {
  const modules = {
    program: (file: string) => ({ argv: ['node', file] }),
    environment: (self: string) => ({ WARREN_AGENT_REF: self }),
  }
  const executor = { executorId, program, resources: NONE, environment: { A: 'b' } }
  return drive(processExecutor({ agent, launcher, frameworkId, executor, launchId, modules })) as Driver
}

const run = (id: string, number = 1): ExecutorOrder =>
  ({ type: 'run', launch: { launchId: `w-L${number}` as LaunchId, frameworkId, task: executed(id, 'e') } })
const register: ExecutorCall = { type: 'register-executor', executor: process, frameworkId, executorId }
const report = (id: string, sequence: number, state: TaskState): ExecutorCall =>
  ({ type: 'report-task', frameworkId, executorId, taskId: id as TaskId, sequence, state })
const noted = (id: string, sequence: number): ExecutorOrder => ({ type: 'noted', taskId: id as TaskId, sequence })

function registered(...orders: readonly ExecutorOrder[]): Driver {
  const driven = begun()
  for (const order of orders) driven.receive(order)
  driven.receive(register)
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
