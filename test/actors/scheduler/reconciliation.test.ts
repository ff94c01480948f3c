import assert from 'node:assert/strict'
import test from 'node:test'
import { RECONCILE_AGAIN_MS } from '../../../actors/scheduler/reconciliation.js'
import { task } from '../../../actors/scheduler/task.js'
import { frameworkId, leader, master, offer, onStage, stage, subscribed, update, type Driver } from './stage.js'

const one = (id: string) => task({ id, resources: { cpus: 1 }, command: 'true' })
const asked = (driven: Driver) =>
  driven.toldTo(master).flatMap((call) => (call.type === 'reconcile' ? [call.taskIds] : []))

test('a framework that is new has nothing to ask for', () => {
  const { driven } = stage()
  driven.receive(leader)
  driven.receive(subscribed)
  assert.deepEqual([asked(driven), driven.timers.has('reconcile')], [[], false])
})

test('in another process it asks for everything that the master knows', () => {
  const { driven } = stage(undefined, {}, frameworkId)
  driven.receive(leader)
  driven.receive(subscribed)
  assert.deepEqual(asked(driven), [[]])
})

test('with another master it asks also for what that one may not know, until it is answered', () => {
  const { driven, heard } = onStage((event, ctx) => {
    if (event.type === 'offers') ctx.accept(event.offers, ['t', 'u', 'v'].map(one))
  })
  driven.receive({ type: 'offers', offers: [offer(1)] })
  driven.receive({ type: 'update', update: update(1, 'RUNNING') })
  const ended = update(1, 'FINISHED', { taskId: 'v' as never, launchId: 'w-L3' as never })
  driven.receive({ type: 'update', update: ended })
  driven.terminate(master as never)
  driven.take()
  driven.receive({ ...leader, epoch: 4 })
  driven.receive({ ...subscribed, epoch: 4 })
  assert.deepEqual(asked(driven), [[], ['u', 't']])
  heard.splice(0)
  const { updateId: _, ...known } = update(1, 'RUNNING', { source: 'master', reason: 'reconciliation' })
  driven.receive({ type: 'update', update: known })
  assert.equal(heard.length, 0, 'nothing has changed')
  assert.equal(driven.timers.get('reconcile')?.delayMs, RECONCILE_AGAIN_MS)
  driven.take()
  driven.fire('reconcile')
  assert.deepEqual(asked(driven), [['u']])
  const { launchId: __, ...unknown } = known
  driven.receive({ type: 'update', update: { ...unknown, taskId: 'u' as never, state: 'UNKNOWN' } })
  assert.deepEqual(heard.map((event) => event.type === 'update' && event.update.state), ['UNKNOWN'])
  driven.take()
  driven.fire('reconcile')
  assert.deepEqual(asked(driven), [])
})

test('what the author asks for is told whatever it is', () => {
  const { driven, heard } = onStage((event, ctx) => { if (event.type === 'told') ctx.reconcile(['t']) })
  driven.receive({ type: 'update', update: update(1, 'RUNNING') })
  driven.receive({ type: 'told', told: 'ask' })
  driven.receive({ type: 'update', update: update(1, 'RUNNING', { source: 'master', reason: 'reconciliation' }) })
  assert.deepEqual(heard.map(({ type }) => type), ['update', 'told', 'update'])
})
