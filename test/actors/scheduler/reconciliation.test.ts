import assert from 'node:assert/strict'
import test from 'node:test'
import { digestOf } from '../../../actors/protocol/task-digest.js'
import { RECONCILE_AGAIN_MS, TOLD_WITHIN_MS } from '../../../actors/scheduler/reconciliation.js'
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

const twoTasks = () => {
  const staged = onStage((event, ctx) => {
    if (event.type === 'offers') ctx.accept(event.offers, ['t', 'u', 'v'].map(one))
  })
  const { driven } = staged
  driven.receive({ type: 'offers', offers: [offer(1)] })
  driven.receive({ type: 'update', update: update(1, 'RUNNING') })
  const ended = update(1, 'FINISHED', { taskId: 'v' as never, launchId: 'w-L3' as never })
  driven.receive({ type: 'update', update: ended })
  return staged
}

test('another master tells of all tasks; it is asked for those of which it tells nothing, until it is answered', () => {
  const { driven, heard } = twoTasks()
  driven.terminate(master as never)
  driven.take()
  driven.receive({ ...leader, epoch: 4 })
  driven.receive({ ...subscribed, epoch: 4 })
  assert.deepEqual(asked(driven), [])
  assert.equal(driven.timers.get('reconcile')?.delayMs, TOLD_WITHIN_MS)
  heard.splice(0)
  const known = update(1, 'RUNNING', { source: 'master', reason: 'reconciliation' })
  driven.receive({ type: 'update', update: known })
  assert.equal(heard.length, 0, 'nothing has changed')
  driven.take()
  driven.fire('reconcile')
  const calls = driven.toldTo(master)
  assert.deepEqual([asked(driven), calls.map(({ type }) => type)], [[['u']], ['reconcile']])
  assert.equal(driven.timers.get('reconcile')?.delayMs, RECONCILE_AGAIN_MS)
  const { launchId: _, updateId: __, ...unknown } = known
  driven.receive({ type: 'update', update: { ...unknown, taskId: 'u' as never, state: 'UNKNOWN' } })
  assert.deepEqual(heard.map((event) => event.type === 'update' && event.update.state), ['UNKNOWN'])
  driven.take()
  driven.fire('reconcile')
  assert.deepEqual(asked(driven), [])
})

test('another master that knows the same tasks in the same states is asked nothing', () => {
  const { driven } = twoTasks()
  driven.terminate(master as never)
  driven.take()
  driven.receive({ ...leader, epoch: 4 })
  const knows = driven.toldTo(master).flatMap((call) => (call.type === 'subscribe' ? [call.knows] : []))
  const waiting = { taskId: 'u', launchId: undefined, state: 'STAGING' } as const
  assert.deepEqual(knows, [digestOf([waiting, { taskId: 't', launchId: 'w-L1', state: 'RUNNING' }])])
  driven.receive({ ...subscribed, epoch: 4, agrees: true })
  assert.deepEqual([asked(driven), driven.timers.has('reconcile')], [[], false])
})

test('a subscription that goes on is told nothing by itself, so everything is asked for', () => {
  const { driven } = twoTasks()
  driven.take()
  driven.receive({ type: 'reconnected' })
  driven.receive(subscribed)
  assert.deepEqual(asked(driven), [[], ['u', 't']])
})

test('what the author asks for is told whatever it is', () => {
  const { driven, heard } = onStage((event, ctx) => { if (event.type === 'told') ctx.reconcile(['t']) })
  driven.receive({ type: 'update', update: update(1, 'RUNNING') })
  driven.receive({ type: 'told', told: 'ask' })
  driven.receive({ type: 'update', update: update(1, 'RUNNING', { source: 'master', reason: 'reconciliation' }) })
  assert.deepEqual(heard.map(({ type }) => type), ['update', 'told', 'update'])
})

test('when its master was cut off it subscribes again: what either of them has said may be lost', () => {
  const { driven } = onStage()
  driven.receive(leader)
  assert.deepEqual(driven.toldTo(master), [], 'who only says that it leads has lost nothing')
  driven.receive({ ...leader, again: true })
  const [call] = driven.toldTo(master)
  assert.ok(call?.type === 'subscribe')
  assert.deepEqual([call.resumes, call.knows], [true, digestOf([])])
  driven.receive({ ...leader, again: true })
  assert.equal(driven.toldTo(master).length, 1, 'it is about to hear of all')
})
