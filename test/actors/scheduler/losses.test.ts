import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { TaskId } from '../../../actors/protocol/ids.js'
import { isTerminal, TASK_STATES, type TaskState } from '../../../actors/protocol/task.js'
import { idAfter, Losses } from '../../../actors/scheduler/losses.js'
import { task } from '../../../actors/scheduler/task.js'
import { agentId, master, offer, onStage, update, type Driver } from './stage.js'

const one = task({ id: 't', resources: { cpus: 1 }, command: 'true' })
const ofMaster = (state: TaskState) => {
  const { updateId: _, ...said } = update(0, state, { source: 'master' })
  return said
}
const calls = (driven: Driver) => driven.toldTo(master).map(({ type }) => type)

/** A framework that has launched `t`, and wants what is lost run again. */
function running(restartLost: true | { readonly returned: 'kill' | 'keep' }, more = {}) {
  const { driven, heard } = onStage((event, ctx) => {
    if (event.type === 'offers') ctx.accept(event.offers, [one])
  }, { restartLost, ...more })
  driven.receive({ type: 'offers', offers: [offer(1)] })
  driven.receive({ type: 'update', update: update(1, 'RUNNING') })
  driven.take()
  heard.splice(0)
  return { driven, heard, hear: (told: ReturnType<typeof update>) => driven.receive({ type: 'update', update: told }) }
}

test('a task that is lost is handed back to be launched again, under an id of its own', () => {
  for (const state of ['UNREACHABLE', 'GONE', 'GONE_BY_OPERATOR', 'LOST'] as const) {
    const { heard, hear } = running(true)
    hear(ofMaster(state))
    assert.deepEqual(heard, [{ type: 'lost', task: { ...one, taskId: 't~2' }, update: ofMaster(state) }])
  }
})

test('one that returns after it was replaced is killed, and its author hears nothing of it', () => {
  const { driven, heard, hear } = running(true)
  hear(ofMaster('UNREACHABLE'))
  hear({ ...ofMaster('RUNNING'), reason: 'agent-reregistered' })
  assert.deepEqual(driven.toldTo(master).map(({ type }) => type), ['kill'])
  driven.take()
  hear(update(2, 'KILLING'))
  hear(update(3, 'KILLED'))
  hear(update(3, 'KILLED'))
  assert.deepEqual([heard.length, calls(driven)], [1, ['kill', 'acknowledge', 'acknowledge', 'acknowledge']])
})

test('one that still runs when its update comes again is killed again: the first kill was lost', () => {
  const { driven, hear } = running(true)
  hear(ofMaster('UNREACHABLE'))
  hear({ ...ofMaster('RUNNING'), reason: 'agent-reregistered' })
  driven.take()
  hear(update(1, 'RUNNING'))
  assert.deepEqual(calls(driven), ['kill', 'acknowledge'])
  hear(update(2, 'KILLING'))
  hear(update(3, 'KILLED'))
  driven.take()
  hear(update(1, 'RUNNING'))
  assert.deepEqual(calls(driven), ['acknowledge'])
})

test('one that returns is told of like any other where its author wants to keep it', () => {
  const { driven, heard, hear } = running({ returned: 'keep' })
  hear(ofMaster('UNREACHABLE'))
  hear({ ...ofMaster('RUNNING'), reason: 'agent-reregistered' })
  hear(update(3, 'FINISHED'))
  assert.deepEqual(heard.map(({ type }) => type), ['lost', 'update', 'update'])
  assert.ok(!calls(driven).includes('kill'))
})

test('an author who acknowledges for themselves need not for what was replaced', () => {
  const { driven, hear } = running(true, { acknowledge: 'explicit' })
  hear(ofMaster('UNREACHABLE'))
  driven.take()
  hear(update(2, 'FINISHED'))
  assert.deepEqual(calls(driven), ['acknowledge'])
})

test('without a word of it, and of tasks that it did not launch, an author hears updates', () => {
  const plain = onStage()
  plain.driven.receive({ type: 'update', update: ofMaster('UNREACHABLE') })
  const asking = onStage(undefined, { restartLost: true })
  asking.driven.receive({ type: 'update', update: ofMaster('UNREACHABLE') })
  asking.driven.receive({ type: 'failure', agentId })
  assert.deepEqual([...plain.heard, ...asking.heard].map(({ type }) => type), ['update', 'update', 'failure'])
})

test('ids of what is launched again are counted, and stay legal', () => {
  const after = (id: string) => idAfter(id as TaskId)
  assert.deepEqual([after('t'), after('t~2'), after('t~9'), after('a~b')], ['t~2', 't~3', 't~10', 'a~b~2'])
  assert.equal(after('x'.repeat(255)), `${'x'.repeat(253)}~2`)
})

test('whatever happens to a task, it is lost or has ended once at the most', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...TASK_STATES), { maxLength: 20 }), (states) => {
    const losses = new Losses('kill')
    losses.expect(one)
    let ends = 0
    for (const state of states) {
      const verdict = losses.judge(update(1, state))
      if (verdict.type === 'lost' || (verdict.type === 'told' && isTerminal(state))) ends++
      // What ended is no news any more: it is not judged again.
      if (isTerminal(state)) break
    }
    assert.ok(ends <= 1)
  }))
})
