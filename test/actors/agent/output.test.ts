import assert from 'node:assert/strict'
import test from 'node:test'
import type { TaskId } from '../../../actors/protocol/ids.js'
import { command, executed } from '../master/desk.js'
import { frameworkId, launch, master, output, registered, workbench, type Driver } from './workbench.js'

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
  const { frameworkId: __, ...same } = question
  assert.deepEqual(rest, { type: 'read', requestId: '1.r', replyTo: driven.self, ...same })
})

test('answers go to the master, and so does what could not be read', () => {
  const { driven } = registered()
  const data = new Uint8Array([1])
  driven.receive({ type: 'output', requestId: '1.r', offset: 3, data, end: true })
  driven.receive({ type: 'output-failed', requestId: '2.r', reason: 'no such file' })
  ask(driven, 'nobody')
  const nothing = { type: 'task-output', offset: 0, data: new Uint8Array(), end: true } as const
  assert.deepEqual(driven.toldTo(master), [
    { type: 'task-output', requestId: '1.r', offset: 3, data, end: true },
    { ...nothing, requestId: '2.r', problem: 'no such file' },
    { ...nothing, requestId: '1.r', problem: "no task 'nobody' here" },
  ])
})

test('an answer without a master has nobody to go to', () => {
  const { driven } = workbench()
  driven.take()
  driven.receive({ type: 'output', requestId: '1.r', offset: 0, data: new Uint8Array(), end: true })
  assert.deepEqual(driven.told, [])
})
