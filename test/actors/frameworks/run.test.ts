import assert from 'node:assert/strict'
import test from 'node:test'
import { LAUNCHES_MAX, run } from '../../../actors/frameworks/run.js'
import type { RunEvent, RunOptions } from '../../../actors/frameworks/run-state.js'
import { of } from '../../../actors/resources/amounts.js'
import { Authored, user } from '../../support/author.js'

/** Named after its command; the rest is what the chance of `Authored` makes of it. */
const TASK = 'echo-i000'

function begin(options: Partial<RunOptions> = {}) {
  const told = user<RunEvent>()
  return new Authored(run({
    name: 'echo', command: ['echo', 'hi'], resources: of({ cpus: 1, mem: 128 }), ports: 0,
    environment: { A: 'b' },
    user: told, ...options,
  }), told)
}

/** Launched on the first offer, and running. */
function running(options: Partial<RunOptions> = {}) {
  const it = begin(options)
  it.subscribe()
  it.offer({ cpus: 4, mem: 4096 })
  it.update(TASK, 'RUNNING')
  return it
}

test('it takes the first offer that holds the command, leaves the others, and wants no more', () => {
  const it = begin()
  it.subscribe()
  const room = { cpus: 4, mem: 4096 }
  const [small, large, other] = it.offer({ cpus: 0.5, mem: 4096 }, room, room)
  const [accepted, second] = it.take('accept')
  assert.equal(second, undefined)
  assert.deepEqual(accepted?.offers, [large])
  const tasks = accepted?.tasks.map(({ taskId, command, resources }) => ({ taskId, command, resources }))
  assert.deepEqual(tasks, [{
    taskId: TASK, command: { program: { type: 'argv', argv: ['echo', 'hi'] }, environment: { A: 'b' } },
    resources: of({ cpus: 1, mem: 128 }),
  }])
  assert.deepEqual(it.take('decline')[0]?.offers, [small, other])
  assert.equal(it.take('suppress').length, 1)
  assert.deepEqual(it.hear('launched'), [{ type: 'launched', taskId: TASK, hostname: 'host-2' }])
})

test('it takes ports out of the offer when it needs some, and passes by an offer that has too few', () => {
  const it = begin({ ports: 2 })
  it.subscribe()
  it.offer({ cpus: 4, mem: 4096, ports: '[31000-31000]' }, { cpus: 4, mem: 4096, ports: '[32000-32005]' })
  const [accepted] = it.take('accept')
  assert.deepEqual(accepted?.tasks[0]?.resources, of({ cpus: 1, mem: 128, ports: '[32000-32001]' }))
})

test('both streams are read from the moment it runs, each piece after the one before it is written', () => {
  const it = running()
  assert.deepEqual(it.calls.filter(({ call }) => call === 'read').length, 2)
  it.answer(TASK, 'stdout', 'one', false)
  const pieces = it.hear('output').map(({ stream, data }) => [stream, Buffer.from(data).toString()])
  assert.deepEqual(pieces, [['stdout', 'one']])
  assert.equal(it.take('read').filter(({ request }) => request.stream === 'stdout').length, 0)
  it.tell({ type: 'written', stream: 'stdout' })
  const [next] = it.take('read')
  assert.equal(next?.request.offset, 3)
  assert.equal(next?.request.follow, true)
})

test('it is over when the task has ended and both streams have, in whatever order', () => {
  const it = running()
  it.answer(TASK, 'stdout', 'out', true)
  it.update(TASK, 'FINISHED', { exitCode: 0 })
  assert.equal(it.take('finish').length, 0)
  it.answer(TASK, 'stderr', '', true)
  assert.deepEqual(it.told.map(({ type }) => type), ['launched', 'output', 'ended'])
  assert.deepEqual(it.take('finish'), [{ call: 'finish', exitCode: 0 }])
})

test('a task that is too large for every agent is not waited for', () => {
  const it = begin()
  it.subscribe()
  const [asked] = it.take('check-fit')
  assert.deepEqual(asked?.resources, of({ cpus: 1, mem: 128 }))
  const problem = 'needs 64 cpus; the largest agent has 4'
  it.give({ type: 'fit', requestId: asked?.requestId ?? '', agents: 2, problem })
  assert.deepEqual(it.hear('not-begun'), [{ type: 'not-begun', problem }])
  assert.equal(it.take('finish').length, 1)
})

test('why it waits is said once it has waited for a while, and once for each reason', () => {
  const it = begin()
  it.subscribe()
  const [asked] = it.take('check-fit')
  it.give({ type: 'fit', requestId: asked?.requestId ?? '', agents: 0 })
  assert.deepEqual(it.hear('waiting'), [])
  it.fire('patience')
  it.fire('patience')
  assert.deepEqual(it.hear('waiting'), [{ type: 'waiting', waiting: 'an agent' }])
  it.give({ type: 'fit', requestId: asked?.requestId ?? '', agents: 1 })
  assert.deepEqual(it.hear('waiting'), [{ type: 'waiting', waiting: 'room on an agent' }])
})

test('a kill before the launch ends it at once; one after it goes through the cluster', () => {
  const waiting = begin()
  waiting.subscribe()
  waiting.tell({ type: 'kill' })
  assert.deepEqual(waiting.hear('not-begun'), [{ type: 'not-begun' }])
  const it = running()
  it.tell({ type: 'kill' })
  assert.deepEqual(it.take('kill'), [{ call: 'kill', taskId: TASK }])
  assert.equal(it.take('finish').length, 0)
  it.update(TASK, 'KILLED', { signal: 'SIGTERM' })
  it.answer(TASK, 'stdout', '', true)
  it.answer(TASK, 'stderr', '', true)
  assert.equal(it.hear('ended')[0]?.update.state, 'KILLED')
})

test('a launch that never began is tried again under another id, a few times', () => {
  const it = begin()
  it.subscribe()
  for (let launch = 1; launch <= LAUNCHES_MAX; launch++) {
    it.offer({ cpus: 4, mem: 4096 })
    const id = it.take('accept')[0]?.tasks[0]?.taskId
    assert.equal(id, launch === 1 ? TASK : `${TASK}.${launch}`)
    it.update(id ?? '', 'DROPPED', { text: 'an offer no longer stands' })
  }
  assert.equal(it.take('revive').length, LAUNCHES_MAX - 1)
  assert.equal(it.hear('ended')[0]?.update.state, 'DROPPED')
})

for (const state of ['LOST', 'GONE', 'UNREACHABLE', 'UNKNOWN'] as const) {
  test(`a task that is ${state} is over, and its output is not waited for`, () => {
    const it = running()
    it.update(TASK, state)
    assert.equal(it.hear('ended')[0]?.update.state, state)
    assert.equal(it.take('finish').length, 1)
  })
}

test('a stream that nobody reads is not asked for any more', () => {
  const it = running()
  it.answer(TASK, 'stdout', 'y\n', false)
  it.tell({ type: 'closed', stream: 'stdout' })
  it.update(TASK, 'KILLED')
  it.answer(TASK, 'stderr', '', true)
  assert.equal(it.hear('ended').length, 1)
})

test('while the task runs, output that cannot be read now is asked for again later', () => {
  const it = running()
  it.answer(TASK, 'stdout', '', true, 'its agent is away')
  it.fire('read-stdout')
  it.answer(TASK, 'stdout', 'late', false)
  assert.equal(it.hear('output').length, 1)
})

test('output that nobody can give any more is said to be lost', () => {
  const it = running()
  it.update(TASK, 'FINISHED', { exitCode: 0 })
  for (let tries = 0; tries < 3; tries++) it.fire('output')
  assert.equal(it.hear('output-lost').length, 1)
  assert.equal(it.hear('ended').length, 1)
})

test('after a change of masters it asks again for what it was reading', () => {
  const it = running()
  it.take('read')
  it.give({ type: 'disconnected' })
  assert.equal(it.hear('disconnected').length, 1)
  it.subscribe()
  assert.equal(it.take('read').length, 2)
  assert.equal(it.take('suppress').length, 2)
})

test('when no master leads for long, it gives up and says so', () => {
  const it = begin()
  it.fire('no-master')
  assert.equal(it.hear('not-begun')[0]?.noMaster, true)
  assert.equal(it.take('finish').length, 1)
})

test('its task is called after the command, in letters that can be typed', () => {
  for (const [name, word] of [['/usr/bin/make', 'make'], ['say "hi"', 'say'], ['ü', 'task'], ['a/b c/d', 'b']]) {
    const it = begin({ name: String(name) })
    it.subscribe()
    it.offer({ cpus: 4, mem: 4096 })
    assert.equal(it.take('accept')[0]?.tasks[0]?.taskId, `${word}-i000`)
  }
})
