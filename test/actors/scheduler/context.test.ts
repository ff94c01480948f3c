import assert from 'node:assert/strict'
import test from 'node:test'
import type { SchedulerCall } from '../../../actors/protocol/scheduler.js'
import type { FrameworkContext } from '../../../actors/scheduler/framework.js'
import { task } from '../../../actors/scheduler/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentId, frameworkId, master, offer, onStage, stage, update } from './stage.js'

const [first, second] = [offer(1), offer(2)]
const one = task({ id: 't', resources: { cpus: 1 }, command: 'true' })
const data = new Uint8Array([1])
const wish = { requestId: 'r', taskId: 't', stream: 'stdout', offset: 0 } as const
const read = { type: 'read-output', requestId: 'r', taskId: 't', stream: 'stdout', offset: 0 }
const launch = { operations: [{ type: 'launch', tasks: [one] }] }

/** What an author asks for, and what the master hears of it (beside the framework's id). */
const CALLS: readonly (readonly [ask: (ctx: FrameworkContext) => void, call: object])[] = [
  [(ctx) => ctx.accept(first, [one]), { type: 'accept', offerIds: [first.offerId], ...launch }],
  [(ctx) => ctx.accept([first, second], [one], { refuseMs: 0 }),
    { type: 'accept', offerIds: [first.offerId, second.offerId], ...launch, refuseMs: 0 }],
  [(ctx) => ctx.decline(first), { type: 'decline', offerIds: [first.offerId] }],
  [(ctx) => ctx.decline([first], { refuseMs: 9 }), { type: 'decline', offerIds: [first.offerId], refuseMs: 9 }],
  [(ctx) => ctx.kill('t'), { type: 'kill', taskId: 't' }],
  [(ctx) => ctx.kill('t', { graceMs: 9 }), { type: 'kill', taskId: 't', graceMs: 9 }],
  [(ctx) => ctx.revive(), { type: 'revive', roles: [] }],
  [(ctx) => ctx.revive(['web']), { type: 'revive', roles: ['web'] }],
  [(ctx) => ctx.suppress(), { type: 'suppress', roles: [] }],
  [(ctx) => ctx.suppress(['web']), { type: 'suppress', roles: ['web'] }],
  [(ctx) => ctx.reconcile(), { type: 'reconcile', taskIds: [] }],
  [(ctx) => ctx.reconcile(['t']), { type: 'reconcile', taskIds: ['t'] }],
  [(ctx) => ctx.message(agentId, 'e', data), { type: 'framework-message', agentId, executorId: 'e', data }],
  [(ctx) => ctx.acknowledge(update(1, 'RUNNING')),
    { type: 'acknowledge', agentId, taskId: 't', updateId: 'w-L1.1' }],
  [(ctx) => ctx.read(wish), { ...read, bytesMax: 65_536, follow: false }],
  [(ctx) => ctx.read({ ...wish, bytesMax: 5, follow: true }), { ...read, bytesMax: 5, follow: true }],
  [(ctx) => ctx.checkFit('r', of({ cpus: 9 })), { type: 'check-fit', requestId: 'r', resources: of({ cpus: 9 }) }],
  [(ctx) => ctx.finish(), { type: 'teardown' }],
]

for (const [ask, call] of CALLS) {
  test(`the author's ${ask.toString().slice(9)} becomes one call`, () => {
    const { driven } = onStage((event, ctx) => { if (event.type === 'told') ask(ctx) })
    driven.receive({ type: 'told', told: 'now' })
    assert.deepEqual(driven.toldTo(master), [{ frameworkId, ...call } as unknown as SchedulerCall])
  })
}

test('calls are dropped while nobody leads: offers are void by then', () => {
  const { driven } = onStage((event, ctx) => {
    if (event.type === 'told') for (const [ask] of CALLS.slice(0, -1)) ask(ctx)
  })
  driven.terminate(master as never)
  driven.take()
  driven.receive({ type: 'told', told: 'now' })
  assert.deepEqual(driven.told, [])
})

test('an update of the master\'s own asks for no acknowledgement', () => {
  const { updateId: _, ...said } = update(1, 'LOST')
  const { driven } = onStage((event, ctx) => { if (event.type === 'told') ctx.acknowledge(said) })
  driven.receive({ type: 'told', told: 'now' })
  assert.deepEqual(driven.told, [])
})

test('the author has timers, the time, chance, and may tell others', () => {
  const heard: unknown[] = []
  const { driven } = onStage((event, ctx) => {
    if (event.type === 'timer') ctx.cancel('beat')
    if (event.type !== 'told') return
    heard.push(ctx.now(), ctx.frameworkId)
    assert.ok(ctx.random() < 1)
    ctx.log('info', 'hello')
    ctx.tell('framework-f@1/port.x' as never, { type: 'hello' } as never)
    ctx.after('beat', 9)
  })
  driven.receive({ type: 'told', told: 'now' })
  assert.deepEqual(heard, [1_000, frameworkId])
  assert.deepEqual(driven.timers.get('author:beat'), { delayMs: 9, message: { type: 'author-timer', name: 'beat' } })
  assert.deepEqual(driven.told.map(({ message }) => message.type), ['hello'])
  driven.receive({ type: 'author-timer', name: 'other' })
  assert.ok(!driven.timers.has('author:beat'))
})

test('before it is subscribed a framework has no id', () => {
  let known: unknown = 'unasked'
  stage(undefined, { initial(ctx) { known = ctx.frameworkId; return null } })
  assert.equal(known, undefined)
})
