import assert from 'node:assert/strict'
import test from 'node:test'
import { batch, LOSSES_MAX } from '../../../actors/frameworks/batch.js'
import type { BatchEvent } from '../../../actors/frameworks/batch-state.js'
import { FULL_MS } from '../../../actors/frameworks/full-agents.js'
import { LAUNCHES_MAX, run } from '../../../actors/frameworks/run.js'
import type { RunEvent } from '../../../actors/frameworks/run-state.js'
import { of } from '../../../actors/resources/amounts.js'
import { Authored, user, type Call } from '../../support/author.js'

const told = user<BatchEvent>()
const runner = user<RunEvent>()

function batchOf(inputs: readonly string[]) {
  const it = new Authored(batch({
    name: 'job', template: ['echo', '{}'], resources: of({ cpus: 1, mem: 64 }), environment: {}, retries: 0,
    readsOutput: false, user: told,
  }), told)
  it.tell({ type: 'inputs', inputs, isLast: true })
  it.subscribe()
  return it
}

type Accepted = Extract<Call, { readonly call: 'accept' }>
const launched = (it: { take(name: 'accept'): readonly Accepted[] }) =>
  it.take('accept').flatMap(({ tasks }) => tasks.map(({ taskId }) => String(taskId)))

test('an input that its agent has no room for waits for room, however often, and that is no attempt', () => {
  const it = batchOf(['a', 'b'])
  for (let launch = 1; launch <= LOSSES_MAX + 3; launch++) {
    it.offer({ cpus: 2, mem: 128 })
    for (const id of launched(it)) it.update(id, 'DROPPED', { source: 'agent', reason: 'no-room' })
    it.now += FULL_MS
  }
  assert.equal(it.take('acknowledge').length, 2 * (LOSSES_MAX + 3))
  it.offer({ cpus: 2, mem: 128 })
  for (const id of launched(it)) it.update(id, 'FINISHED', { exitCode: 0 })
  const results = it.hear('ended').map(({ result }) => [result.taskId, result.isOk, result.attempts])
  assert.deepEqual(results, [['1.9', true, 1], ['2.9', true, 1]])
})

test('all that an agent without room offers is refused for a moment, and other agents are not', () => {
  const it = batchOf(['a', 'b'])
  it.offer({ cpus: 2, mem: 128 })
  launched(it)
  for (const id of ['1', '2']) it.update(id, 'DROPPED', { source: 'agent', reason: 'no-room' })
  it.now += 400
  const [full] = it.offer({ cpus: 4, mem: 4096 }, { cpus: 1, mem: 64 })
  assert.deepEqual(it.take('decline'), [{ call: 'decline', offers: [full], refuseMs: FULL_MS - 400 }])
  assert.deepEqual(launched(it), ['1.2'])
  it.now += 600
  it.offer({ cpus: 4, mem: 4096 })
  assert.deepEqual(launched(it), ['2.2'])
})

test('a batch that is offered only agents without room says that it waits for room, once', () => {
  const it = batchOf(['a'])
  for (let launch = 1; launch <= 3; launch++) {
    const asked = it.take('check-fit').at(-1)
    it.give({ type: 'fit', requestId: asked?.requestId ?? '', agents: 1 })
    assert.equal(it.hear('waiting').length, launch === 2 ? 1 : 0, `before launch ${launch}`)
    it.offer({ cpus: 1, mem: 64 })
    it.now += FULL_MS
    it.update(launched(it)[0] ?? '', 'DROPPED', { source: 'agent', reason: 'no-room' })
    it.now += FULL_MS
  }
})

test('a run that its agent has no room for waits as well, and can be ended meanwhile', () => {
  const it = new Authored(run({
    name: 'echo', command: ['echo', 'hi'], resources: of({ cpus: 1, mem: 128 }), ports: 0, environment: {},
    user: runner,
  }), runner)
  it.subscribe()
  for (let launch = 1; launch <= LAUNCHES_MAX + 3; launch++) {
    it.offer({ cpus: 4, mem: 4096 })
    const [id = ''] = launched(it)
    it.take('decline')
    it.update(id, 'DROPPED', { source: 'agent', reason: 'no-room' })
    const [full] = it.offer({ cpus: 5, mem: 4096 })
    assert.deepEqual(it.take('decline'), [{ call: 'decline', offers: [full], refuseMs: FULL_MS }])
    it.now += FULL_MS
  }
  assert.equal(it.hear('ended').length, 0)
  it.tell({ type: 'kill' })
  assert.deepEqual(it.hear('not-begun'), [{ type: 'not-begun' }])
})
