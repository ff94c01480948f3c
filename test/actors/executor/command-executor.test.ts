import assert from 'node:assert/strict'
import test from 'node:test'
import { commandExecutor } from '../../../actors/executor/command-executor.js'
import type { FrameworkId, LaunchId } from '../../../actors/protocol/ids.js'
import type { Exit, LauncherEvent, LauncherRequest } from '../../../actors/protocol/machine.js'
import type { ExecutorOrder, ExecutorReport } from '../../../actors/protocol/running.js'
import type { TaskInfo } from '../../../actors/protocol/task.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'
import { command } from '../master/desk.js'

const node = nodeAddress('agent', 'a', '1')
const agent = refOf<ExecutorReport>(node, 'agent')
const launcher = refOf<LauncherRequest>(node, 'port.launcher')
const launchId = 'w-L1' as LaunchId
const frameworkId = 'w-0000' as FrameworkId

type Message = ExecutorOrder | LauncherEvent | { readonly type: 'grace-over' | 'time-over' }
type Driver = Driven<unknown, Message>

function begun(task: Partial<TaskInfo> = {}, recovered = false): Driver {
  const launch = { launchId, frameworkId, task: command('t', { cpus: 1 }, task) }
  return drive(commandExecutor({ agent, launcher, launch, recovered })) as Driver
}

const started: Message = { type: 'started', launchId, pid: 9, directory: '/d' }
const exited = (exit: Exit): Message => ({ type: 'exited', launchId, exit })
const end = (graceMs: number): Message => ({ type: 'end', launchId, graceMs })

function running(task: Partial<TaskInfo> = {}): Driver {
  const driven = begun(task)
  driven.receive(started)
  driven.take()
  return driven
}

const requests = (driven: Driver) => driven.toldTo(launcher).map((each) =>
  each.type === 'signal' ? each.signal : each.type)
const states = (driven: Driver) => driven.toldTo(agent).flatMap((each) =>
  each.type === 'task-report' ? [[each.state, ...each.reason ? [each.reason] : []].join(' ')] : [])

test('it starts the command with what the task is told', () => {
  const [request] = begun({ outputBytesMax: 7 }).toldTo(launcher)
  assert.ok(request?.type === 'start')
  assert.deepEqual([request.launchId, request.program, request.outputBytesMax], [launchId, { shell: 'true' }, 7])
  assert.equal(request.environment['WARREN_TASK_ID'], 't')
  const argv = begun({ command: { program: { type: 'argv', argv: ['echo', 'a'] } } }).toldTo(launcher)[0]
  assert.deepEqual(argv?.type === 'start' && argv.program, { argv: ['echo', 'a'] })
})

test('a command runs, and how it exits says how the task ended', () => {
  const cases: [Exit, string, object][] = [
    [{ code: 0 }, 'FINISHED', { exitCode: 0, text: 'exited with 0' }],
    [{ code: 3 }, 'FAILED', { exitCode: 3, text: 'exited with 3' }],
    [{ signal: 'SIGSEGV' }, 'FAILED', { signal: 'SIGSEGV', text: 'ended by SIGSEGV' }],
  ]
  for (const [exit, state, more] of cases) {
    const driven = begun()
    driven.receive(started)
    assert.deepEqual(states(driven), ['RUNNING'])
    driven.take()
    driven.receive(exited(exit))
    assert.deepEqual(driven.toldTo(agent), [{ type: 'task-report', launchId, state, ...more }])
    assert.deepEqual([requests(driven), driven.ended], [['forget'], true])
  }
})

test('short output comes with the end', () => {
  const driven = running()
  const output = { stdout: new Uint8Array([1]), stderr: new Uint8Array() }
  driven.receive({ type: 'exited', launchId, exit: { code: 0 }, output })
  const [report] = driven.toldTo(agent)
  assert.deepEqual(report?.type === 'task-report' && report.output, output)
})

test('a command that cannot be started fails with the reason', () => {
  const driven = begun()
  driven.receive({ type: 'launch-failed', launchId, reason: 'no such command' })
  assert.deepEqual(states(driven), ['FAILED launch-failed'])
  assert.match(JSON.stringify(driven.toldTo(agent)), /no such command/)
})

test('a module is no command: the task fails, and the agent does not', () => {
  const driven = begun({ command: { program: { type: 'module', file: 'x.ts' } } })
  assert.deepEqual([states(driven), requests(driven), driven.ended], [['FAILED launch-failed'], ['forget'], true])
})

test('one that an earlier life began is found again, and does not begin twice in anybody\'s eyes', () => {
  const driven = begun({}, true)
  assert.deepEqual(driven.toldTo(launcher), [{ type: 'adopt', launchId, replyTo: driven.self }])
  driven.receive(started)
  assert.deepEqual(states(driven), [])
  driven.receive(exited({ code: 0 }))
  assert.deepEqual(states(driven), ['FINISHED'])
})

test('one that has vanished meanwhile has failed', () => {
  const driven = begun({}, true)
  driven.receive({ type: 'vanished', launchId })
  assert.deepEqual(states(driven), ['FAILED agent-restarted'])
})

test('a restarted executor asks for its process again', () => {
  const driven = running()
  driven.restart()
  assert.deepEqual(requests(driven), ['start'], 'the launcher answers as if it had been asked to adopt it')
})

test('a kill is a SIGTERM, and a SIGKILL after the grace', () => {
  const driven = running()
  driven.receive(end(200))
  assert.deepEqual([requests(driven), states(driven)], [['SIGTERM'], ['KILLING']])
  assert.equal(driven.timers.get('grace')?.delayMs, 200)
  driven.fire('grace')
  assert.deepEqual(requests(driven), ['SIGTERM', 'SIGKILL'])
  driven.receive(exited({ signal: 'SIGKILL' }))
  assert.deepEqual(states(driven), ['KILLING', 'KILLED'])
})

test('however a killed command exits, it was killed', () => {
  const driven = running()
  driven.receive(end(200))
  driven.receive(exited({ code: 0 }))
  assert.deepEqual(states(driven), ['KILLING', 'KILLED'])
})

test('a further order shortens the grace, and never lengthens it', () => {
  const driven = running()
  driven.receive(end(1_000))
  driven.now += 100
  driven.receive(end(5_000))
  assert.equal(driven.timers.get('grace')?.delayMs, 1_000)
  driven.receive(end(50))
  assert.equal(driven.timers.get('grace')?.delayMs, 50)
  assert.deepEqual([requests(driven), states(driven)], [['SIGTERM'], ['KILLING']])
  driven.receive({ type: 'end-all' })
  assert.equal(driven.timers.get('grace')?.delayMs, 0)
})

test('a command that is killed before it has started is ended as soon as it has', () => {
  const driven = begun()
  driven.take()
  driven.receive(end(300))
  assert.deepEqual(requests(driven), [])
  driven.now += 100
  driven.receive(started)
  assert.deepEqual([requests(driven), states(driven)], [['SIGTERM'], []])
  assert.equal(driven.timers.get('grace')?.delayMs, 200)
  driven.receive(exited({ signal: 'SIGTERM' }))
  assert.deepEqual(states(driven), ['KILLED'])
})

test('one whose grace was over before it had started is killed for certain all the same', () => {
  const driven = begun()
  driven.receive(end(0))
  driven.fire('grace')
  driven.take()
  driven.receive(started)
  driven.fire('grace')
  assert.deepEqual(requests(driven), ['SIGTERM', 'SIGKILL'])
})

test('a command that runs too long is ended, and has failed', () => {
  const driven = running({ timeoutMs: 5_000, killGraceMs: 40 })
  assert.equal(driven.timers.get('time-over')?.delayMs, 5_000)
  driven.fire('time-over')
  assert.equal(driven.timers.get('grace')?.delayMs, 40)
  driven.receive(end(10))
  driven.receive(exited({ code: 0 }))
  assert.deepEqual(states(driven), ['KILLING', 'FAILED timed-out'])
  assert.match(JSON.stringify(driven.toldTo(agent)), /longer than 5 s/)
})

test('orders that are not for commands change nothing', () => {
  const driven = running()
  driven.receive({ type: 'pass-message', data: new Uint8Array() })
  driven.receive({ type: 'noted', taskId: 't' as never, sequence: 1 })
  assert.deepEqual(driven.told, [])
})

test('the time of one that is found again counts from when it began', () => {
  const launch = { launchId, frameworkId, task: command('t', { cpus: 1 }, { timeoutMs: 1_000 }) }
  const startedAtMs = 1_699_999_999_400
  const driven = drive(commandExecutor({
    agent, launcher, launch: { ...launch, startedAtMs }, recovered: true,
  })) as Driver
  driven.receive(started)
  assert.equal(driven.timers.get('time-over')?.delayMs, 400)
})

test('one of before a boot is gone with it, unless its end is on disk', () => {
  const launch = { launchId, frameworkId, task: command('t') }
  const driven = drive(commandExecutor({ agent, launcher, launch, recovered: true, rebooted: true })) as Driver
  assert.deepEqual(driven.toldTo(launcher), [{ type: 'adopt', launchId, rebooted: true, replyTo: driven.self }])
  driven.receive({ type: 'vanished', launchId })
  assert.deepEqual(states(driven), ['GONE agent-restarted'])
  assert.match(JSON.stringify(driven.toldTo(agent)), /the machine was rebooted/)
})
