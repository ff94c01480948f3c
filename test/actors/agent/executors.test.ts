import assert from 'node:assert/strict'
import test from 'node:test'
import type { ExecutorId } from '../../../actors/protocol/ids.js'
import { executed } from '../master/desk.js'
import {
  childOf, executorGone, frameworkId, launch, launchOf, launcher, master, output, registered, reported,
  type Driver,
} from './workbench.js'

const executorId = 'e' as ExecutorId
const data = new Uint8Array([1])

function withExecutor(): Driver {
  const { driven } = registered()
  launch(driven, 1, executed('t', 'e'))
  launch(driven, 2, executed('u', 'e'))
  driven.take()
  return driven
}

/** Its tasks end, as its actor says before its last word. */
function end(driven: Driver): void {
  for (const number of [1, 2]) driven.receive({ type: 'task-report', launchId: launchOf(number), state: 'FAILED' })
  driven.take()
}

/** The notice that the executor's actor has ended, and what the agent makes of it once it has read its mail. */
function stopped(driven: Driver): void {
  driven.terminate(childOf(driven, 'w-L1-executor') as never)
  const late = driven.toldTo(driven.self)
  driven.take()
  for (const message of late) driven.receive(message)
}

test('messages pass in both directions', () => {
  const driven = withExecutor()
  driven.receive({ type: 'message-to-executor', epoch: 3, frameworkId, executorId, data })
  driven.receive({ type: 'message-to-executor', epoch: 3, frameworkId, executorId: 'x' as ExecutorId, data })
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L1-executor')), [{ type: 'pass-message', data }])
  driven.receive({ type: 'executor-said', frameworkId, executorId, data })
  assert.deepEqual(driven.toldTo(master), [
    { type: 'message-from-executor', agentId: 'w-S0', frameworkId, executorId, data },
  ])
})

test('an executor that ends is reported, its output is at its end, and the next task starts a new one', () => {
  const driven = withExecutor()
  end(driven)
  driven.receive(executorGone('e', 3))
  assert.deepEqual(driven.toldTo(master), [
    {
      type: 'executor-exited', agentId: 'w-S0', frameworkId, executorId, exitCode: 3, epoch: 3, life: 1,
      launches: [launchOf(1), launchOf(2)],
    },
  ])
  assert.deepEqual(driven.toldTo(output), [{ type: 'ended', launchId: 'w-L1-executor' }])
  launch(driven, 3, executed('v', 'e'))
  assert.ok(driven.spawned.some(({ name }) => name === 'w-L3-executor'))
})

test('what an executor said before it ended counts, although the notice of its end passes the mail', () => {
  const driven = withExecutor()
  driven.terminate(childOf(driven, 'w-L1-executor') as never)
  assert.deepEqual(reported(driven), [], 'its last words may still be in the mail')
  const late = driven.toldTo(driven.self)
  driven.take()
  for (const number of [1, 2]) driven.receive({ type: 'task-report', launchId: launchOf(number), state: 'KILLED' })
  driven.receive(executorGone('e'))
  for (const message of late) driven.receive(message)
  assert.deepEqual(reported(driven).map(({ state }) => state), ['KILLED', 'KILLED'])
  assert.deepEqual(driven.toldTo(master).map(({ type }) => type), ['executor-exited'])
})

test('an executor whose actor ended without a word fails its tasks, and its process is killed', () => {
  const driven = withExecutor()
  stopped(driven)
  assert.deepEqual(reported(driven).map(({ taskId, state, reason }) => `${taskId} ${state} ${reason}`), [
    't FAILED executor-terminated', 'u FAILED executor-terminated',
  ])
  assert.deepEqual(driven.toldTo(launcher), [{ type: 'signal', launchId: 'w-L1-executor', signal: 'SIGKILL' }])
  assert.deepEqual(driven.toldTo(master).map(({ type }) => type), ['executor-exited'])
  assert.equal(driven.state.active.executors.size, 0)
})

test('the late notice of one that has ended does no harm to its successor', () => {
  const driven = withExecutor()
  end(driven)
  driven.receive(executorGone('e'))
  launch(driven, 3, executed('v', 'e'))
  driven.take()
  stopped(driven)
  assert.deepEqual(driven.told, [])
  assert.deepEqual([...driven.state.active.executors.values()].map(({ launchId }) => launchId), ['w-L3-executor'])
})

test('a task that was given to an executor which had just ended is begun by another one', () => {
  const driven = withExecutor()
  driven.receive({ type: 'task-report', launchId: launchOf(1), state: 'FAILED' })
  driven.receive(executorGone('e'))
  assert.deepEqual(driven.spawned.map(({ name }) => name), ['updates', 'w-L1-executor', 'w-L2-executor-1000'])
  assert.deepEqual(driven.toldTo(master), [])
})
