import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTerminal, program, TASK_STATES, taskInfo } from '../../../actors/protocol/task.js'
import { Invalid } from '../../../runtime/schema.js'

test('nothing follows a terminal state; what may still change is not one', () => {
  const open = TASK_STATES.filter((state) => !isTerminal(state))
  assert.deepEqual(open, ['STAGING', 'STARTING', 'RUNNING', 'KILLING', 'UNREACHABLE', 'UNKNOWN'])
})

test('a task that lacks its resources, or runs nobody knows what, is refused with its place', () => {
  assert.throws(() => taskInfo.unpack(['t1', 'name']), { message: 'resources: missing' })
  const empty = [[], [], []]
  assert.deepEqual(taskInfo.unpack(['t1', 'name', empty]),
    { taskId: 't1', name: 'name', resources: { scalars: {}, ranges: {}, sets: {} } })
  assert.throws(() => taskInfo.unpack(['t1', 'name', empty, [[7, ['x']]]]),
    { message: 'command: program: expected one of argv, shell, module' })
  assert.throws(() => taskInfo.unpack(['a/b', 'name', empty]), { message: 'taskId: expected id' })
  assert.throws(() => program.unpack([1, ['x'.repeat(1_000_001)]]), Invalid)
})
