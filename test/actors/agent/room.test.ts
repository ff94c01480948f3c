import assert from 'node:assert/strict'
import test from 'node:test'
import { newMemory, remember } from '../../../actors/agent/memory.js'
import { executorKey } from '../../../actors/agent/memory.js'
import { hasRoom } from '../../../actors/agent/room.js'
import { newActive, type State } from '../../../actors/agent/state.js'
import type { ExecutorId, LaunchId } from '../../../actors/protocol/ids.js'
import type { TaskInfo } from '../../../actors/protocol/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { command, executed } from '../master/desk.js'
import { admitted, frameworkId, launchOf, queued } from './workbench.js'

const total = of({ cpus: 4, mem: 1024, ports: '[31000-31001]' })

function stateWith(...tasks: readonly TaskInfo[]): State {
  const memory = newMemory()
  for (const [index, task] of tasks.entries()) remember(memory, admitted(index, task))
  return { memory, active: newActive() } as State
}

const fits = (state: State, task: TaskInfo) => hasRoom(state, total, frameworkId, task)

test('an empty machine has room for all that it has, and for no more', () => {
  assert.ok(fits(stateWith(), command('t', { cpus: 4, mem: 1024, ports: '[31000-31001]' })))
  assert.ok(!fits(stateWith(), command('t', { cpus: 4.001 })))
  assert.ok(!fits(stateWith(), command('t', { gpus: 1 })))
})

test('what tasks hold is taken until they have ended', () => {
  const state = stateWith(command('a', { cpus: 3 }))
  assert.ok(!fits(state, command('t', { cpus: 2 })))
  remember(state.memory, queued(0, 'a', 1, 'KILLING'))
  assert.ok(!fits(state, command('t', { cpus: 2 })))
  remember(state.memory, queued(0, 'a', 2, 'KILLED'))
  assert.ok(fits(state, command('t', { cpus: 2 })))
})

test('a port that one task holds is not there for another', () => {
  const state = stateWith(command('a', { ports: '[31000-31000]' }))
  assert.ok(!fits(state, command('t', { ports: '[31000-31000]' })))
  assert.ok(fits(state, command('t', { ports: '[31001-31001]' })))
})

test('launches on their way to the disk count, but not those that will not begin', () => {
  const state = stateWith()
  const admitting = { entry: admitted(0, command('a', { cpus: 3 })) as never, outcome: 'start' as 'start' | 'killed' }
  state.active.admitting.set(1, admitting)
  assert.ok(!fits(state, command('t', { cpus: 2 })))
  admitting.outcome = 'killed'
  assert.ok(fits(state, command('t', { cpus: 2 })))
})

test('a new executor needs room of its own; one that runs or is coming has it already', () => {
  const task = executed('t', 'e', { cpus: 3.5 })
  assert.ok(!fits(stateWith(), task))
  const coming = stateWith()
  coming.active.admitting.set(1, { entry: admitted(0, executed('a', 'e', { cpus: 2 })) as never, outcome: 'start' })
  assert.ok(fits(coming, task), 'one cpu is left beside its executor and its first task')
  assert.ok(!fits(coming, executed('t', 'other', { cpus: 0.5 })))
  const running = stateWith()
  const executor = { launchId: 'x' as LaunchId, frameworkId, executorId: 'e' as ExecutorId, resources: of({ cpus: 3 }) }
  running.active.executors.set(executorKey(frameworkId, executor.executorId), { ...executor, ref: 'x' as never })
  assert.ok(fits(running, task))
  assert.ok(!fits(running, command('t', { cpus: 2 })), 'an idle executor holds what it took')
})

test('a machine that holds more than it has, has room for nothing', () => {
  const state = stateWith(command('a', { cpus: 3 }), command('b', { cpus: 3 }))
  assert.ok(!fits(state, command('t', { cpus: 0.1 })))
  assert.ok(fits(state, command('t', { mem: 1 })))
  assert.ok(!fits(stateWith(command('a', { mem: 1025 })), command('t', { mem: 1 })), launchOf(0))
})
