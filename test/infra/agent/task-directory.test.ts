import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStatus, taskDirectory } from '../../../infra/agent/task-directory.js'

test('an id that could name something outside the tasks has no directory', () => {
  assert.equal(taskDirectory('/w', 'run-1.a_B'), '/w/tasks/run-1.a_B')
  for (const id of ['', '.', '..', '../x', 'a/b', 'a\0b', 'a b', 'x'.repeat(129)]) {
    assert.equal(taskDirectory('/w', id), undefined, id)
  }
})

test('a status says as much as its complete lines do', () => {
  const table: [string, ReturnType<typeof parseStatus>][] = [
    ['', {}],
    ['12', {}],
    ['12\n', { pid: 12 }],
    ['12\n3', { pid: 12 }],
    ['12\n3\n', { pid: 12, end: { code: 3 } }],
    ['12\n137\n', { pid: 12, end: { code: 137 } }],
    ['12\nKilled\n', { pid: 12, words: 'Killed' }],
    ['12\nKilled\n137\n', { pid: 12, end: { signal: 'SIGKILL' }, words: 'Killed' }],
    ['12\nTerminated\n143\n', { pid: 12, end: { signal: 'SIGTERM' }, words: 'Terminated' }],
    ['12\nReal-time signal 2\n164\n', { pid: 12, end: { signal: 'signal 36' }, words: 'Real-time signal 2' }],
    ['12\nsh: 3: Cannot fork\n', { pid: 12, words: 'sh: 3: Cannot fork' }],
    ['12\nvanished\n', { pid: 12, end: 'vanished' }],
    ['sh: 0: Illegal number: x\n', { words: 'sh: 0: Illegal number: x' }],
    ['sh: 0: Illegal number: x\nvanished\n', { end: 'vanished', words: 'sh: 0: Illegal number: x\nvanished' }],
  ]
  for (const [text, expected] of table) assert.deepEqual(parseStatus(text), expected, JSON.stringify(text))
})
