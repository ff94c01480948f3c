import assert from 'node:assert/strict'
import test from 'node:test'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { FAILOVER_DEFAULT_MS } from '../../../actors/scheduler/scheduler.js'
import {
  frameworkId, leader, master, masters, offer, onStage, owner, stage, subscribed, update, type Driver,
} from './stage.js'

const toMaster = (driven: Driver) => driven.toldTo(master).map(({ type }) => type)
const acknowledged = (driven: Driver) =>
  driven.toldTo(master).flatMap((call) => (call.type === 'acknowledge' ? [call.updateId] : []))

test('it asks who leads less and less often, until it hears', () => {
  const { driven } = stage()
  const waits: number[] = []
  for (let asked = 0; asked < 9; asked++) {
    waits.push(driven.timers.get('seek')?.delayMs ?? 0)
    driven.fire('seek')
  }
  assert.equal(driven.toldTo(masters).length, 10)
  assert.ok((waits[0] as number) <= 50 && (waits[8] as number) >= 1_000 && waits.every((wait) => wait <= 2_000))
  driven.receive(leader)
  assert.ok(!driven.timers.has('seek'))
})

test('it subscribes once to each leader, and again until it is answered', () => {
  const wish = { roles: ['web'], failoverTimeoutMs: 7, labels: ['x'] }
  const { driven, heard } = stage(undefined, { ...wish, needs: { cpus: 2 } })
  driven.receive(leader)
  driven.receive(leader)
  const info = { name: 'one', ...wish, user: 'ann', needs: of({ cpus: 2 }) }
  assert.deepEqual(driven.toldTo(master), [{ type: 'subscribe', scheduler: driven.self, info, epoch: 3 }])
  driven.fire('subscribe')
  assert.equal(toMaster(driven).length, 2)
  driven.receive({ type: 'offers', offers: [offer(1)] })
  assert.deepEqual(heard, [], 'without an id nothing could be accepted')
  driven.receive(subscribed)
  driven.receive(subscribed)
  assert.deepEqual(heard, [{ type: 'subscribed', frameworkId }])
  assert.deepEqual(driven.toldTo(owner), [{ type: 'subscribed', frameworkId, cluster: 'warren' }])
  assert.ok(!driven.timers.has('subscribe'))
})

test('a framework without roles takes offers for everybody\'s, and one that was there before resumes its id', () => {
  const { driven } = stage(undefined, {}, 'w-0007' as FrameworkId)
  driven.receive(leader)
  const [call] = driven.toldTo(master)
  assert.ok(call?.type === 'subscribe')
  const { info: { roles, failoverTimeoutMs } } = call
  assert.deepEqual([roles, failoverTimeoutMs, call.frameworkId], [['*'], FAILOVER_DEFAULT_MS, 'w-0007'])
})

test('it asks now and then whether another one leads by now, whose announcement it may have missed', () => {
  const { driven, heard } = onStage()
  driven.fire('check')
  assert.equal(driven.toldTo(masters).length, 1)
  const [said] = driven.toldTo(master)
  assert.ok(said?.type === 'subscribe' && said.resumes, 'and says that it is there')
  driven.take()
  driven.receive(leader)
  driven.receive(subscribed)
  assert.deepEqual([toMaster(driven), heard], [[], []], 'the same master leads, and knows')
  driven.receive({ ...leader, epoch: 4 })
  assert.deepEqual(toMaster(driven), ['subscribe'])
  driven.take()
  driven.fire('check')
  assert.equal(driven.toldTo(masters).length, 0, 'it is asking already')
})

test('when its master is gone it looks for the next, and subscribes with its id', () => {
  const { driven, heard } = onStage()
  driven.terminate(master as never)
  assert.deepEqual([heard, driven.toldTo(masters).length], [[{ type: 'disconnected' }], 1])
  driven.receive({ ...leader, epoch: 4 })
  const [call] = driven.toldTo(master)
  assert.equal(call?.type === 'subscribe' && call.frameworkId, frameworkId)
  driven.receive({ ...subscribed, epoch: 4 })
  assert.deepEqual(heard, [{ type: 'disconnected' }, { type: 'subscribed', frameworkId }])
})

test('it follows no leader of another cluster, nor an older one, which it tells what it follows', () => {
  const { driven } = stage()
  const named = { ...leader, clusterId: 'c1', nonce: 'n3' }
  driven.receive(named)
  driven.receive(subscribed)
  driven.take()
  const other = 'master-other@1/master' as typeof master
  driven.receive({ ...named, master: other, epoch: 9, clusterId: 'c2' })
  assert.deepEqual([driven.told, driven.logs.filter(({ level }) => level === 'error').length], [[], 1])
  driven.receive({ ...named, master: other, epoch: 2, nonce: 'n2' })
  driven.receive({ ...named, master: other, nonce: 'lost' })
  const said = { type: 'epoch-obeyed', epoch: 3, clusterId: 'c1' }
  assert.deepEqual([driven.toldTo(other), toMaster(driven)], [[said, said], []])
  driven.receive({ ...named, master: other, epoch: 4, nonce: 'n4' })
  assert.equal(driven.toldTo(other).at(-1)?.type, 'subscribe')
})

test('offers are void with the master that made them: the author hears so, and the next master nothing', () => {
  const { driven, heard } = onStage((event, ctx) => { if (event.type === 'told') ctx.decline(offer(1)) })
  driven.receive({ type: 'offers', offers: [offer(1), offer(2), offer(3)] })
  driven.receive({ type: 'told', told: 'decline' })
  driven.receive({ type: 'rescind', offerId: offer(2).offerId })
  heard.splice(0)
  driven.terminate(master as never)
  assert.deepEqual(heard, [{ type: 'rescind', offerId: offer(3).offerId }, { type: 'disconnected' }])
  driven.receive(leader)
  const [call] = driven.toldTo(master).filter(({ type }) => type === 'subscribe')
  assert.equal(call?.type === 'subscribe' && call.resumes, undefined, 'the same master takes them back as well')
  driven.receive({ type: 'rescind', offerId: offer(3).offerId })
  assert.equal(heard.length, 2, 'once is enough')
})

test('a newer leader makes offers void at once', () => {
  const { driven, heard } = onStage()
  driven.receive({ type: 'offers', offers: [offer(1)] })
  driven.receive({ ...leader, epoch: 4 })
  assert.deepEqual(heard.at(-1), { type: 'rescind', offerId: offer(1).offerId })
})

test('a leader of an older epoch is not followed, a newer one at once', () => {
  const { driven } = onStage()
  driven.receive({ ...leader, epoch: 2 })
  assert.deepEqual(driven.told, [])
  driven.receive({ ...leader, epoch: 4 })
  assert.deepEqual(toMaster(driven), ['subscribe'])
})

test('when its link was gone it subscribes again: the master may have taken it for dead', () => {
  const { driven } = onStage()
  driven.receive({ type: 'reconnected' })
  assert.deepEqual(toMaster(driven), ['subscribe'])
  driven.receive({ type: 'reconnected' })
  assert.deepEqual(toMaster(driven), ['subscribe'])
})

test('a master that is gone before it has answered is no loss to the author', () => {
  const { driven, heard } = stage()
  driven.receive(leader)
  driven.terminate(master as never)
  assert.deepEqual(heard, [])
})

test('events reach the author as they are', () => {
  const { driven, heard } = onStage()
  const events = [
    { type: 'offers', offers: [offer(1)] }, { type: 'rescind', offerId: offer(1).offerId },
    { type: 'failure', agentId: offer(1).agentId }, { type: 'fit', requestId: 'r', agents: 1 },
    { type: 'told', told: 'hello' },
  ] as const
  for (const event of events) driven.receive(event)
  driven.receive({ type: 'author-timer', name: 'beat' })
  assert.deepEqual(heard, [...events, { type: 'timer', name: 'beat' }])
})

test('updates are acknowledged for the author, and none reaches them twice', () => {
  const { driven, heard } = onStage()
  for (const each of [update(1, 'RUNNING'), update(1, 'RUNNING'), update(2, 'FINISHED'), update(3, 'FAILED')]) {
    driven.receive({ type: 'update', update: each })
  }
  assert.deepEqual(heard.map((event) => event.type === 'update' && event.update.state), ['RUNNING', 'FINISHED'])
  assert.deepEqual(acknowledged(driven), ['w-L1.1', 'w-L1.1', 'w-L1.2', 'w-L1.3'])
})

test('what the master itself says is told, and never acknowledged', () => {
  const { driven, heard } = onStage()
  const { updateId: _, ...said } = update(1, 'UNREACHABLE', { source: 'master' })
  driven.receive({ type: 'update', update: said })
  assert.deepEqual([heard.length, driven.told], [1, []])
})

test('an author who acknowledges for themselves is waited for, however often the update is repeated', () => {
  const { driven, heard } = onStage((event, ctx) => {
    if (event.type === 'timer' && kept) ctx.acknowledge(kept)
  }, { acknowledge: 'explicit' })
  const kept = update(1, 'RUNNING')
  driven.receive({ type: 'update', update: kept })
  driven.receive({ type: 'update', update: kept })
  assert.deepEqual([heard.length, acknowledged(driven)], [1, []])
  driven.receive({ type: 'author-timer', name: 'safe' })
  assert.deepEqual(acknowledged(driven), ['w-L1.1'])
  driven.receive({ type: 'update', update: kept })
  assert.deepEqual(acknowledged(driven), ['w-L1.1', 'w-L1.1'], 'the first one was lost')
})

test('what such an author will never see is acknowledged for them', () => {
  const { driven, heard } = onStage(undefined, { acknowledge: 'explicit' })
  const { updateId: _, ...lost } = update(0, 'LOST', { source: 'master' })
  driven.receive({ type: 'update', update: lost })
  driven.receive({ type: 'update', update: update(2, 'FINISHED') })
  assert.deepEqual([heard.length, acknowledged(driven)], [1, ['w-L1.2']])
})

test('a framework that is refused tells its author and its owner, and does nothing more', () => {
  const { driven, heard } = onStage()
  driven.receive({ type: 'framework-error', problem: 'wrong' })
  driven.receive({ type: 'framework-error', problem: 'again' })
  driven.receive({ type: 'offers', offers: [offer(1)] })
  driven.receive({ type: 'update', update: update(1, 'RUNNING') })
  driven.terminate(master as never)
  assert.deepEqual(heard, [{ type: 'error', problem: 'wrong' }])
  assert.deepEqual(driven.told, [{ to: owner, message: { type: 'refused', problem: 'wrong' } }])
})

test('a framework that finishes is torn down, and hears of nothing more', () => {
  const { driven, heard } = onStage((event, ctx) => {
    if (event.type !== 'told') return
    ctx.finish(5)
    ctx.finish(6)
  })
  driven.receive({ type: 'told', told: 'end' })
  assert.deepEqual([toMaster(driven), driven.toldTo(owner)], [['teardown'], [{ type: 'finished', exitCode: 5 }]])
  driven.receive({ type: 'torn-down', frameworkId })
  driven.receive({ type: 'offers', offers: [offer(1)] })
  driven.receive({ type: 'author-timer', name: 'late' })
  driven.receive({ ...leader, epoch: 9 })
  assert.deepEqual([heard.length, toMaster(driven)], [1, ['teardown']])
})

test('a framework is ended from outside', () => {
  const { driven } = onStage()
  driven.receive({ type: 'end' })
  assert.deepEqual([toMaster(driven), driven.toldTo(owner)], [['teardown'], [{ type: 'finished', exitCode: 0 }]])
})

test('an author may finish before anything has begun', () => {
  const { driven } = stage(undefined, { initial(ctx) { ctx.finish(2); return null } })
  assert.deepEqual(driven.told, [{ to: owner, message: { type: 'finished', exitCode: 2 } }])
})

test('the answer of a master that has led before is no subscription with the one that leads now', () => {
  const { driven, heard } = stage()
  driven.receive(leader)
  driven.receive({ ...subscribed, epoch: 2, frameworkId: 'w-0099' as typeof frameworkId })
  assert.deepEqual(heard, [])
  driven.receive(subscribed)
  assert.deepEqual(heard, [{ type: 'subscribed', frameworkId }])
})

test('an author who returns no state, or a promise of one, is at fault', () => {
  const cases = [[undefined, /receive returned no state/], [Promise.resolve(null), /is async/]] as const
  for (const [returned, said] of cases) {
    const { driven } = stage(() => undefined, { receive: () => returned as unknown as null })
    driven.receive(leader)
    assert.throws(() => driven.receive(subscribed), said)
  }
  assert.throws(() => stage(() => undefined, { initial: () => undefined as unknown as null }), /initial returned no/)
})
