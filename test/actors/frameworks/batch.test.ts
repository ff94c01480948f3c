import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { batch, LOSSES_MAX, REFUSE_MS } from '../../../actors/frameworks/batch.js'
import type { BatchEvent, BatchOptions } from '../../../actors/frameworks/batch-state.js'
import { UNREAD_MAX } from '../../../actors/frameworks/batch-outputs.js'
import { TASKS_PER_ACCEPT_MAX } from '../../../actors/frameworks/batch-packing.js'
import { of } from '../../../actors/resources/amounts.js'
import { Authored, user } from '../../support/author.js'

const told = user<BatchEvent>()
type Driven = ReturnType<typeof idle>

function idle(options: Partial<BatchOptions> = {}) {
  return new Authored(batch({
    name: 'job', template: ['echo', '{}'], resources: of({ cpus: 1, mem: 64 }), environment: {}, retries: 0,
    readsOutput: false, user: told, ...options,
  }), told)
}

function begin(inputs: readonly string[], options: Partial<BatchOptions> = {}): Driven {
  const it = idle(options)
  it.tell({ type: 'inputs', inputs, isLast: true })
  it.subscribe()
  return it
}

const letters = (count: number) => Array.from({ length: count }, (_, index) => `i${index + 1}`)
const launched = (it: Driven) =>
  it.take('accept').map(({ tasks }) => tasks.map(({ taskId }) => String(taskId)))
const done = (it: Driven, ...taskIds: string[]) => {
  for (const id of taskIds) it.update(id, 'FINISHED', { exitCode: 0 })
}
const bytes = (text: string) => new TextEncoder().encode(text)

test('an offer is filled with as many tasks as fit, in one accept', () => {
  const it = begin(letters(10))
  it.offer({ cpus: 4, mem: 4096 }, { cpus: 2, mem: 4096 })
  const accepts = it.take('accept')
  const ids = accepts.map(({ tasks }) => tasks.map(({ taskId }) => taskId))
  assert.deepEqual(ids, [['1', '2', '3', '4'], ['5', '6']])
  assert.deepEqual(accepts.map(({ refuseMs }) => refuseMs), [REFUSE_MS, REFUSE_MS])
  const task = accepts[0]?.tasks[0]
  assert.deepEqual(task?.command, {
    program: { type: 'argv', argv: ['echo', 'i1'] }, environment: { WARREN_BATCH_INPUT: 'i1' },
  })
})

test('what one message cannot carry is asked for again at once', () => {
  const it = begin(letters(TASKS_PER_ACCEPT_MAX + 5), { resources: of({ cpus: 0.01 }) })
  it.offer({ cpus: 100 })
  const [accepted] = it.take('accept')
  assert.equal(accepted?.tasks.length, TASKS_PER_ACCEPT_MAX)
  assert.equal(accepted?.refuseMs, 0)
})

test('offers are wanted exactly while there is something to launch', () => {
  const it = begin(letters(2), { retries: 1 })
  assert.deepEqual([it.take('suppress').length, it.take('revive').length], [0, 1])
  it.offer({ cpus: 4, mem: 4096 })
  assert.equal(it.take('suppress').length, 1)
  it.update('1', 'FAILED', { exitCode: 1 })
  assert.equal(it.take('revive').length, 1)
  it.offer({ cpus: 4, mem: 4096 })
  assert.equal(it.take('suppress').length, 1)
})

test('an offer that is too small, or comes for nothing, is declined for long', () => {
  const it = begin(letters(1))
  const [small] = it.offer({ cpus: 0.5, mem: 4096 })
  assert.deepEqual(it.take('decline'), [{ call: 'decline', offers: [small], refuseMs: REFUSE_MS }])
})

test('no more than so many run at once, and what was refused is asked for when missed, or after a break', () => {
  const it = begin(letters(5), { jobsMax: 2 })
  it.take('revive')
  it.offer({ cpus: 4, mem: 4096 })
  assert.deepEqual(launched(it), [['1', '2']])
  it.subscribe()
  assert.equal(it.take('revive').length, 1, 'a master that knew it all the while has kept its refusals')
  it.offer({ cpus: 2, mem: 4096 })
  done(it, '1')
  assert.ok(it.timers.has('revive'))
  it.fire('revive')
  assert.equal(it.take('revive').length, 1)
  it.offer({ cpus: 3, mem: 4096 })
  assert.deepEqual(launched(it), [['3']])
  assert.equal(it.timers.has('revive'), false)
})

test('a command that fails is run again as often as it may, under another id', () => {
  const it = begin(['a', 'b'], { retries: 2 })
  it.offer({ cpus: 4, mem: 4096 })
  for (const id of ['1', '1.2', '1.3']) {
    assert.deepEqual(it.hear('ended'), [])
    it.update(id, 'FAILED', { exitCode: 7 })
    if (id !== '1.3') it.offer({ cpus: 1, mem: 4096 })
  }
  done(it, '2')
  const results = it.hear('ended')
    .map(({ result }) => [result.input, result.isOk, result.attempts, result.exitCode])
  assert.deepEqual(results, [['a', false, 3, 7], ['b', true, 1, 0]])
  assert.deepEqual(it.hear('finished')[0]?.totals, { ok: 1, failed: 1, offers: 3, accepts: 3, launched: 4 })
  assert.deepEqual(it.take('finish'), [{ call: 'finish', exitCode: 1 }])
})

test('a task that is lost with its agent is run again, a few times, as if it had not failed', () => {
  const it = begin(['a'])
  let id = '1'
  for (let loss = 1; loss <= LOSSES_MAX + 1; loss++) {
    it.offer({ cpus: 1, mem: 64 })
    id = launched(it)[0]?.[0] ?? ''
    it.update(id, 'LOST')
  }
  assert.equal(id, `1.${LOSSES_MAX + 1}`)
  const results = it.hear('ended').map(({ result }) => [result.state, result.attempts])
  assert.deepEqual(results, [['LOST', LOSSES_MAX + 1]])
})

test('an attempt that comes back after it was given up is killed', () => {
  const it = begin(['a'])
  it.offer({ cpus: 1, mem: 64 })
  it.update('1', 'UNREACHABLE')
  it.offer({ cpus: 1, mem: 64 })
  it.update('1', 'RUNNING')
  assert.deepEqual(it.take('kill'), [{ call: 'kill', taskId: '1' }])
  it.update('1', 'KILLED')
  done(it, '1.2')
  assert.deepEqual(it.hear('ended').map(({ result }) => [result.taskId, result.isOk]), [['1.2', true]])
})

test('short output comes with the end; the end is acknowledged once the output is written', () => {
  const it = begin(['a'], { readsOutput: true })
  it.offer({ cpus: 1, mem: 64 })
  assert.equal(it.calls.some(({ call }) => call === 'read'), false)
  it.update('1', 'FINISHED', { exitCode: 0, output: { stdout: bytes('hi\n'), stderr: bytes('') } })
  assert.deepEqual(it.hear('output').map(({ stream, index }) => [stream, index]), [['stdout', 1]])
  assert.deepEqual([it.take('acknowledge').length, it.hear('ended').length], [0, 0])
  it.tell({ type: 'written', taskId: '1', stream: 'stdout' })
  assert.deepEqual([it.take('acknowledge').length, it.hear('ended').length], [1, 1])
  assert.equal(it.take('finish')[0]?.exitCode, 0)
})

test('long output is read piece by piece after the end, both streams', () => {
  const it = begin(['a'], { readsOutput: true })
  it.offer({ cpus: 1, mem: 64 })
  done(it, '1')
  it.answer('1', 'stdout', 'one', false)
  it.answer('1', 'stderr', '', true)
  assert.throws(() => it.answer('1', 'stdout', 'two', true), /nobody asked/)
  it.tell({ type: 'written', taskId: '1', stream: 'stdout' })
  it.answer('1', 'stdout', 'two', true)
  assert.equal(it.hear('ended').length, 0)
  it.tell({ type: 'written', taskId: '1', stream: 'stdout' })
  assert.equal(it.hear('ended').length, 1)
})

test('output that an agent never gives is given up, and the result says so', () => {
  const it = begin(['a'], { readsOutput: true })
  it.offer({ cpus: 1, mem: 64 })
  done(it, '1')
  for (let tries = 0; tries < 3; tries++) {
    it.now += 10_000
    it.fire('batch-outputs')
  }
  assert.equal(it.hear('ended')[0]?.result.outputProblem, 'its agent does not answer')
})

test('while much output waits to be written, nothing new is launched', () => {
  const it = begin(letters(UNREAD_MAX + 10), { readsOutput: true, resources: of({ cpus: 0.01 }) })
  it.take('revive')
  it.offer({ cpus: UNREAD_MAX / 100 })
  for (const id of launched(it).flat()) {
    it.update(id, 'FINISHED', { exitCode: 0, output: { stdout: bytes('x'), stderr: bytes('') } })
  }
  it.offer({ cpus: 1 })
  assert.deepEqual(launched(it), [])
  it.tell({ type: 'written', taskId: '1', stream: 'stdout' })
  it.fire('revive')
  assert.equal(it.take('revive').length, 1)
})

test('tasks that no agent could ever hold end the batch at once', () => {
  const it = begin(['a'])
  const [asked] = it.take('check-fit')
  const problem = 'needs 64 cpus; the largest agent has 4'
  it.give({ type: 'fit', requestId: asked?.requestId ?? '', agents: 1, problem })
  assert.deepEqual(it.hear('given-up'), [{ type: 'given-up', problem }])
  assert.equal(it.take('finish')[0]?.exitCode, 1)
})

test('an input that makes too long a command fails by itself; the others run', () => {
  const it = begin(['x'.repeat(70_000), 'b'])
  it.offer({ cpus: 4, mem: 4096 })
  assert.deepEqual(launched(it), [['2']])
  assert.equal(it.hear('ended')[0]?.result.state, 'ERROR')
})

test('a task that nobody knows after a change of masters is run again', () => {
  const it = begin(['a', 'b'])
  it.offer({ cpus: 4, mem: 4096 })
  it.give({ type: 'disconnected' })
  it.subscribe()
  it.update('2', 'UNKNOWN', { source: 'master' })
  it.offer({ cpus: 4, mem: 4096 })
  assert.deepEqual(launched(it).at(-1), ['2.2'])
})

test('inputs may come while others run, and the end waits for the last', () => {
  const it = idle({ resources: of({ cpus: 1 }) })
  it.subscribe()
  assert.equal(it.take('suppress').length, 1)
  it.tell({ type: 'inputs', inputs: ['a'], isLast: false })
  assert.equal(it.take('revive').length, 1)
  it.offer({ cpus: 4 })
  done(it, '1')
  assert.equal(it.hear('finished').length, 0)
  it.tell({ type: 'inputs', inputs: [], isLast: true })
  assert.equal(it.hear('finished').length, 1)
})

test('whatever becomes of its tasks, every input ends exactly once and nothing is overfilled', () => {
  const ends = ['FINISHED', 'FINISHED', 'FAILED', 'LOST', 'DROPPED', 'KILLED', 'ERROR'] as const
  const step = fc.record({
    cpus: fc.integer({ min: 1, max: 9 }), end: fc.constantFrom(...ends), which: fc.nat(20),
  })
  const jobs = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined })
  const many = fc.array(step, { minLength: 1, maxLength: 20 })
  const count = fc.integer({ min: 1, max: 30 })
  fc.assert(fc.property(count, fc.nat(3), jobs, many, (inputs, retries, jobsMax, steps) => {
    const it = begin(letters(inputs), { retries, ...(jobsMax === undefined ? {} : { jobsMax }) })
    const running = new Set<string>()
    for (let turn = 0; it.take('finish').length === 0; turn++) {
      assert.ok(turn < 5_000, 'it never ends')
      const { cpus, end, which } = steps[turn % steps.length] as (typeof steps)[number]
      it.offer({ cpus, mem: 64_000 })
      for (const tasks of launched(it)) {
        assert.ok(tasks.length <= cpus)
        for (const id of tasks) assert.ok(!running.has(id) && running.add(id))
      }
      assert.ok(running.size <= (jobsMax ?? Infinity))
      const ended = [...running][which % Math.max(1, running.size)]
      if (ended === undefined) continue
      running.delete(ended)
      it.update(ended, end)
    }
    const seen = it.hear('ended').map(({ result }) => result.index)
    assert.deepEqual(seen.sort((one, other) => one - other), letters(inputs).map((_, index) => index + 1))
  }), { numRuns: 100 })
})
