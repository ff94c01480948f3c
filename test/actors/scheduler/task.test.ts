import assert from 'node:assert/strict'
import test from 'node:test'
import { executorOf, task } from '../../../actors/scheduler/task.js'
import { of } from '../../../actors/resources/amounts.js'

test('a task is said in one short call', () => {
  assert.deepEqual(task({ id: 't', resources: { cpus: 1, mem: 64 }, command: 'echo hi' }), {
    taskId: 't', name: 't', resources: of({ cpus: 1, mem: 64 }),
    command: { program: { type: 'shell', line: 'echo hi' } },
  })
})

test('all that can be wished for is passed on', () => {
  const wish = {
    id: 't', name: 'a task', resources: of({ cpus: 1 }), command: ['echo', 'hi'], environment: { A: 'b' },
    killGraceMs: 5, timeoutMs: 9, outputBytesMax: 7,
  }
  assert.deepEqual(task(wish), {
    taskId: 't', name: 'a task', resources: of({ cpus: 1 }),
    command: { program: { type: 'argv', argv: ['echo', 'hi'] }, environment: { A: 'b' } },
    killGraceMs: 5, timeoutMs: 9, outputBytesMax: 7,
  })
})

test('a task of an executor carries data, as bytes or as text', () => {
  const executor = executorOf({ id: 'e', file: 'it.ts', resources: { cpus: 0.1 } })
  assert.deepEqual(executor, {
    executorId: 'e', program: { type: 'module', file: 'it.ts' }, resources: of({ cpus: 0.1 }),
  })
  assert.deepEqual(executorOf({ id: 'e', command: 'run it', resources: {} }).program, { type: 'shell', line: 'run it' })
  const bytes = new Uint8Array([195, 188])
  for (const data of ['ü', bytes]) {
    assert.deepEqual(task({ id: 't', resources: { cpus: 1 }, executor, data }).data, bytes)
  }
})

test('a wish for what cannot be is a clear error', () => {
  assert.throws(() => task({ id: 't', resources: { cpus: -1 } }), RangeError)
})
