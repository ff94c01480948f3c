import assert from 'node:assert/strict'
import test from 'node:test'
import { executorOf, task, type TaskWish } from '../../../actors/scheduler/task.js'
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

/** Each: what no compiler has looked at, and what is said of it. */
const SLIPS: readonly (readonly [wish: object, said: RegExp])[] = [
  [{ resources: { cpus: 1 }, command: 'x' }, /a task has no id: write `task\(\{ id:/],
  [{ id: 'a', command: 'x' }, /^RangeError: task 'a' has no resources: .* `resources: \{ cpus: 0.1, mem: 32 \}`$/],
  [{ id: 'a', resources: { cpus: 1 }, command: { argv: [] } }, /command of task 'a' is neither .* \['echo', 'hi'\]/],
  [{ id: 'a', resources: { cpus: 1 }, comand: 'x' }, /task 'a' has 'comand', .*: did you mean 'command'\?/],
  [{ id: 'a', resources: { cpus: 1 }, command: 'x', priority: 1 }, /'priority', .* it may have id, name, resources/],
]

test('a slip in a wish is an error that names the task and the fix', () => {
  for (const [wish, said] of SLIPS) assert.throws(() => task(wish as TaskWish), said)
})
