import assert from 'node:assert/strict'
import test from 'node:test'
import type { LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import { command, executed } from '../master/desk.js'
import { frameworkId, launch, master, output, registered, usage, workbench, type Driver } from './workbench.js'

const question = { frameworkId, stream: 'stdout', offset: 3, bytesMax: 10, follow: true } as const
const ask = (driven: Driver, id: string) =>
  driven.receive({ type: 'read-task', requestId: '1.r', taskId: id as TaskId, ...question })

test('a question about a command goes to its own output, one about an executor\'s task to that of the executor', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, executed('u', 'e'))
  launch(driven, 3, executed('v', 'e'))
  driven.take()
  for (const id of ['t', 'u', 'v']) ask(driven, id)
  const asked = driven.toldTo(output).flatMap((each) => (each.type === 'read' ? [each] : []))
  assert.deepEqual(asked.map(({ launchId }) => launchId), ['w-L1', 'w-L2-executor', 'w-L2-executor'])
  const { launchId: _, ...rest } = asked[0] as typeof asked[number]
  const { frameworkId: __, stream: path, ...same } = question
  assert.deepEqual(rest, { type: 'read', requestId: '1.r', replyTo: driven.self, path, ...same })
})

test('answers go to the master, and so does what could not be read', () => {
  const { driven } = registered()
  const data = new Uint8Array([1])
  driven.receive({ type: 'output', requestId: '1.r', offset: 3, data, end: true, size: 4 })
  driven.receive({ type: 'output-failed', requestId: '2.r', refusal: 'missing', reason: 'no such file' })
  ask(driven, 'nobody')
  const nothing = { type: 'task-output', offset: 0, data: new Uint8Array(), end: true } as const
  assert.deepEqual(driven.toldTo(master), [
    { type: 'task-output', requestId: '1.r', offset: 3, data, end: true, size: 4 },
    { ...nothing, requestId: '2.r', problem: 'no such file', refusal: 'missing' },
    { ...nothing, requestId: '1.r', problem: "no task 'nobody' here", refusal: 'missing' },
  ])
})

test('an answer without a master has nobody to go to', () => {
  const { driven } = workbench()
  driven.take()
  driven.receive({ type: 'output', requestId: '1.r', offset: 0, data: new Uint8Array(), end: true, size: 0 })
  assert.deepEqual(driven.told, [])
})

test('files are asked for by launch, of an executor\'s task in its executor\'s directory, or of all launches', () => {
  const { driven } = registered()
  launch(driven, 1, command('t'))
  launch(driven, 2, executed('u', 'e'))
  driven.take()
  const file = { path: 'sandbox/a', offset: 1, bytesMax: 9, follow: true }
  driven.receive({ type: 'read-file', requestId: '1.r', launchId: 'w-L1' as LaunchId, ...file })
  driven.receive({ type: 'list-files', requestId: '2.r', launchId: 'w-L2' as LaunchId, path: '', entriesMax: 5 })
  driven.receive({ type: 'list-files', requestId: '3.r', path: 'w-L1', after: 'a', entriesMax: 5 })
  const replyTo = driven.self
  assert.deepEqual(driven.toldTo(output), [
    { type: 'read', launchId: 'w-L1', ...file, orShorter: true, requestId: '1.r', replyTo },
    { type: 'list-files', launchId: 'w-L2-executor', path: '', entriesMax: 5, requestId: '2.r', replyTo },
    { type: 'list-files', path: 'w-L1', after: 'a', entriesMax: 5, requestId: '3.r', replyTo },
  ])
})

test('what a directory holds goes to the master, and so does why it is not told', () => {
  const { driven } = registered()
  const entries = [{ name: 'a', kind: 'file', size: 1, modifiedMs: 2 }] as const
  driven.receive({ type: 'listed', requestId: '1.r', entries, next: 'a' })
  driven.receive({ type: 'listed', requestId: '2.r', entries })
  driven.receive({ type: 'listed', requestId: '3.r', entries: [], refusal: 'outside', problem: 'no' })
  assert.deepEqual(driven.toldTo(master), [
    { type: 'files-listed', requestId: '1.r', entries, next: 'a' },
    { type: 'files-listed', requestId: '2.r', entries },
    { type: 'files-listed', requestId: '3.r', entries: [], refusal: 'outside', problem: 'no' },
  ])
})

test('the question how busy the machine is goes to it, and its answer to the master', () => {
  const { driven } = registered()
  driven.receive({ type: 'measure-machine', requestId: '1.r', launches: true })
  assert.deepEqual(driven.toldTo(usage), [{ type: 'measure', launches: true, requestId: '1.r', replyTo: driven.self }])
  const sizes = { memBytes: 4, memUsedBytes: 2, diskBytes: 4, diskUsedBytes: 2 }
  const measured = { cpus: 2, cpusUsed: 0.5, overMs: 500, ...sizes, load1: 1, load5: 1, load15: 1 }
  driven.receive({ type: 'measured', requestId: '1.r', usage: measured })
  driven.receive({ type: 'measured', requestId: '2.r', problem: 'no /proc here' })
  assert.deepEqual(driven.toldTo(master), [
    { type: 'machine-measured', requestId: '1.r', usage: measured },
    { type: 'machine-measured', requestId: '2.r', problem: 'no /proc here' },
  ])
})
