import assert from 'node:assert/strict'
import test from 'node:test'
import { taskEnvironment } from '../../../actors/executor/environment.js'
import type { FrameworkId, LaunchId } from '../../../actors/protocol/ids.js'
import type { TaskInfo } from '../../../actors/protocol/task.js'
import { command } from '../master/desk.js'

const of = (task: TaskInfo) => taskEnvironment({
  launchId: 'w-L1' as LaunchId, frameworkId: 'w-0000' as FrameworkId, task,
})
const line = { type: 'shell', line: 'true' } as const
const own = { WARREN_TASK_ID: 't', WARREN_TASK_NAME: 't', WARREN_FRAMEWORK_ID: 'w-0000', WARREN_LAUNCH_ID: 'w-L1' }

test('a task is told who it is', () => assert.deepEqual(of(command('t')), own))

test('it is told its ports one by one, and as ranges', () => {
  const environment = of(command('t', { ports: '[31000-31001,31005-31005]' }))
  const ports = { PORTS: '31000-31001,31005-31005', PORT0: '31000', PORT1: '31001', PORT2: '31005' }
  assert.deepEqual(environment, { ...own, ...ports })
})

test('many ports are spelt out only so far', () => {
  const environment = of(command('t', { ports: '[1-60000]' }))
  assert.deepEqual([environment['PORT99'], environment['PORT100'], environment['PORTS']], ['100', undefined, '1-60000'])
})

test('what the task asks for comes too, and wins over its ports but not over who it is', () => {
  const environment = { A: 'b', PORT0: 'mine', WARREN_TASK_ID: 'another' }
  const task = command('t', { ports: '[31000-31000]' }, { command: { program: line, environment } })
  assert.deepEqual(of(task), { ...own, A: 'b', PORT0: 'mine', PORTS: '31000-31000' })
})
