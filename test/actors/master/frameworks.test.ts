import assert from 'node:assert/strict'
import test from 'node:test'
import { change } from '../../../actors/master/present-change.js'
import { newPresent } from '../../../actors/master/present.js'
import type { FrameworkId, Role } from '../../../actors/protocol/ids.js'
import { MISSED_AFTER_MS, onElected, RETURN_GRACE_MS } from '../../../actors/master/frameworks.js'
import { digestOf } from '../../../actors/protocol/task-digest.js'
import type { OperatorAnswer } from '../../../actors/protocol/operator.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { agentRef, Desk, deskAtWork, FRAMEWORK, held, schedulerRef, typesOf } from './desk.js'

const id = 'w-0000' as FrameworkId
const roles = ['*', 'web', 'batch'] as Role[]

test('a new framework is admitted under a new id, and offered to', () => {
  const desk = new Desk()
  const decided = desk.subscribe('one')
  assert.deepEqual(decided.records, [{ type: 'framework-admitted', frameworkId: id, info: FRAMEWORK, atMs: 1_000 }])
  assert.deepEqual(decided.allocator, [
    { type: 'add-framework', framework: { frameworkId: id, roles: ['*'], suppressed: [], active: true } },
  ])
  assert.deepEqual(decided.effects, [
    { to: schedulerRef('one'), message: { type: 'subscribed', frameworkId: id, epoch: 3, cluster: 'warren' } },
  ])
  desk.subscribe('two')
  assert.deepEqual([...desk.knowledge.cluster.frameworks.keys()], ['w-0000', 'w-0001'])
})

test('a scheduler that asks again, before it knows its id or after, is answered, and nothing is decided', () => {
  const desk = new Desk()
  desk.subscribe('one')
  for (const again of [desk.subscribe('one'), desk.subscribe('one', { frameworkId: id })]) {
    assert.deepEqual([again.records, typesOf(again)], [[], ['subscribed']])
  }
})

test('who begins anew at its address holds no offer that it never saw; who resumes keeps its own', () => {
  const { desk, agentId } = deskAtWork()
  const offer = desk.offer(id, agentId)
  assert.deepEqual(typesOf(desk.subscribe('one', { resumes: true })), ['subscribed'])
  assert.ok(desk.knowledge.present.offers.has(offer.offerId))
  const anew = desk.subscribe('one')
  assert.deepEqual(anew.allocator.map(({ type }) => type), ['recover', 'deactivate-framework', 'add-framework'])
  assert.equal(desk.knowledge.present.offers.size, 0)
  assert.equal(desk.task(id, 't').state, 'RUNNING', 'its tasks go on')
})

test('a scheduler that subscribes with other roles changes its framework', () => {
  const desk = new Desk()
  desk.subscribe('one')
  const again = desk.subscribe('one', { info: { roles } })
  assert.deepEqual(again.records.map(({ type }) => type), ['framework-admitted'])
  assert.deepEqual(desk.knowledge.cluster.frameworks.get(id)?.info.roles, roles)
})

test('another instance takes over: the old one loses its offers and is told, the new one hears of its tasks', () => {
  const { desk, agentId } = deskAtWork()
  desk.offer(id, agentId)
  const taken = desk.subscribe('one', { life: 'i2', frameworkId: id })
  assert.deepEqual(taken.effects.map(({ to, message }) => [to, message.type]), [
    [schedulerRef('one', 'i1'), 'rescind'], [schedulerRef('one', 'i1'), 'framework-error'],
    [schedulerRef('one', 'i2'), 'subscribed'], [agentRef('a'), 'scheduler-back'],
    [schedulerRef('one', 'i2'), 'update'],
  ])
  assert.deepEqual(taken.allocator.map(({ type }) => type), ['recover', 'deactivate-framework', 'add-framework'])
  assert.equal(desk.task(id, 't').state, 'RUNNING')
})

test('after a failover only agents that told before their scheduler came are asked to tell again', () => {
  const { desk, task } = deskAtWork()
  Object.assign(desk.knowledge, { present: newPresent() })
  desk.register('a', { agentId: task.agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(typesOf(desk.subscribe('one', { frameworkId: id, resumes: true })), ['subscribed', 'update'])

  Object.assign(desk.knowledge, { present: newPresent() })
  desk.register('a', { agentId: task.agentId, tasks: [held(task, 'RUNNING')] })
  desk.report(task, 'FINISHED', 2)
  const back = desk.subscribe('one', { frameworkId: id, resumes: true })
  // Once for what came too early, once for the end that nobody has acknowledged.
  assert.deepEqual(typesOf(back), ['subscribed', 'scheduler-back', 'scheduler-back'])
})

test('a scheduler that knows the same tasks in the same states is told so, and nothing of each', () => {
  const { desk, task } = deskAtWork()
  const { launchId, task: { taskId }, state } = desk.task(id, 't')
  const back = (knows: string) => {
    Object.assign(desk.knowledge, { present: newPresent() })
    desk.register('a', { agentId: task.agentId, tasks: [held(task, 'RUNNING')] })
    const { effects } = desk.subscribe('one', { frameworkId: id, knows })
    return effects.map(({ message }) => [message.type, 'agrees' in message && message.agrees])
  }
  assert.deepEqual(back(digestOf([{ taskId, launchId, state }])), [['subscribed', true]])
  assert.deepEqual(back(digestOf([{ taskId, launchId, state: 'STAGING' }])), [['subscribed', false], ['update', false]])
})

test('a scheduler that begins anew at its address has suppressed and refused nothing', () => {
  const { desk } = deskAtWork()
  desk.say({ type: 'suppress', frameworkId: id, roles: [] })
  assert.deepEqual(desk.subscribe('one', { frameworkId: id, resumes: true }).allocator, [])
  const anew = desk.subscribe('one', { frameworkId: id })
  assert.deepEqual(typesOf(anew), ['subscribed', 'update'])
  assert.deepEqual(anew.allocator.map(({ type }) => type), ['revive-roles'])
})

test('a scheduler that this master has lost may have missed what any of its agents told', () => {
  const { desk } = deskAtWork()
  desk.say({ type: 'scheduler-lost', frameworkId: id, ref: schedulerRef('one') as never })
  assert.deepEqual(typesOf(desk.subscribe('one', { life: 'i2', frameworkId: id })),
    ['subscribed', 'scheduler-back', 'update'])
})

test('a framework of which the master has lost all memory comes back under its id', () => {
  const desk = new Desk()
  desk.subscribe('one', { frameworkId: 'old-0007' as FrameworkId })
  assert.deepEqual([...desk.knowledge.cluster.frameworks.keys()], ['old-0007'])
  assert.equal(desk.knowledge.cluster.nextFramework, 0)
})

test('who describes itself wrongly, or has ended, is refused with what to change', () => {
  const { desk } = deskAtWork()
  desk.say({ type: 'teardown', frameworkId: id })
  const problems = [desk.subscribe('one', { info: { roles: [] } }), desk.subscribe('one', { frameworkId: id })]
  for (const { records, allocator, effects } of problems) {
    assert.deepEqual([records, allocator, effects.map(({ message }) => message.type)], [[], [], ['framework-error']])
  }
  assert.match(JSON.stringify(problems[0]?.effects), /has no role/)
  assert.match(JSON.stringify(problems[1]?.effects), /has ended; subscribe without its id/)
})

const lose = (desk: Desk) => desk.say({ type: 'scheduler-lost', frameworkId: id, ref: schedulerRef('one') as never })

test('without a failover timeout the tasks end with their scheduler', () => {
  const { desk, agentId } = deskAtWork()
  desk.subscribe('one', { info: { failoverTimeoutMs: 0 } })
  desk.offer(id, agentId)
  const lost = lose(desk)
  assert.deepEqual(lost.records, [{ type: 'framework-removed', frameworkId: id, atMs: 1_000 }])
  assert.deepEqual(typesOf(lost), ['rescind', 'shutdown-framework'])
  assert.deepEqual(lost.allocator.map(({ type }) => type), ['recover', 'remove-framework'])
})

test('with a failover timeout they run on until it is over, or the scheduler is back', () => {
  const { desk } = deskAtWork()
  const lost = lose(desk)
  assert.deepEqual(lost.records, [{ type: 'framework-disconnected', frameworkId: id, atMs: 1_000 }])
  assert.deepEqual(lost.allocator, [{ type: 'deactivate-framework', frameworkId: id }])
  desk.knowledge.now += 59_999
  assert.deepEqual(desk.say({ type: 'sweep' }).records, [])
  const back = desk.subscribe('one', { life: 'i2', frameworkId: id })
  assert.deepEqual(back.records.map(({ type }) => type), ['framework-connected'])
  desk.knowledge.now += 60_000
  assert.deepEqual(desk.say({ type: 'sweep' }).records, [])
  desk.say({ type: 'scheduler-lost', frameworkId: id, ref: schedulerRef('one', 'i2') as never })
  desk.knowledge.now += 60_000
  assert.deepEqual(desk.say({ type: 'sweep' }).records.map(({ type }) => type), ['framework-removed'])
  assert.deepEqual(desk.say({ type: 'sweep' }).records, [])
})

test('a new leader counts from when its predecessors missed a scheduler, but gives everybody time to find it', () => {
  const elect = (desk: Desk) => {
    const { records, changes } = onElected(desk.knowledge)
    for (const record of records) desk.fold(record)
    for (const by of changes) change(desk.knowledge.present, by)
    return records
  }
  const { desk } = deskAtWork()
  lose(desk)
  desk.knowledge.now += 50_000
  assert.deepEqual(elect(desk), [], 'it is written down already')
  desk.knowledge.now += RETURN_GRACE_MS - 1
  assert.deepEqual(desk.say({ type: 'sweep' }).records, [])
  desk.knowledge.now += 1
  assert.deepEqual(desk.say({ type: 'sweep' }).records.map(({ type }) => type), ['framework-removed'])

  const present = deskAtWork().desk
  assert.deepEqual(elect(present), [], 'it may be on its way')
  present.knowledge.now += MISSED_AFTER_MS - 1
  assert.deepEqual(present.say({ type: 'sweep' }).records, [])
  present.knowledge.now += 1
  const atMs = present.knowledge.now - MISSED_AFTER_MS
  assert.deepEqual(present.say({ type: 'sweep' }).records, [{ type: 'framework-disconnected', frameworkId: id, atMs }],
    'for the masters after it')
  present.knowledge.now += 59_999 - MISSED_AFTER_MS
  assert.deepEqual(present.say({ type: 'sweep' }).records, [])
  present.knowledge.now += 1
  assert.deepEqual(present.say({ type: 'sweep' }).records.map(({ type }) => type), ['framework-removed'])
})

test('a framework that ends says so to every agent, and its id is never used again', () => {
  const { desk } = deskAtWork()
  desk.register('b')
  const ended = desk.say({ type: 'teardown', frameworkId: id })
  assert.deepEqual(typesOf(ended), ['shutdown-framework', 'shutdown-framework', 'torn-down'])
  assert.equal(desk.knowledge.cluster.completedTasks.size, 1)
  assert.deepEqual(desk.say({ type: 'teardown', frameworkId: id }).records, [])
  desk.subscribe('two')
  assert.deepEqual([...desk.knowledge.cluster.frameworks.keys()], ['w-0001'])
})

test('roles are suppressed and revived one by one, or all', () => {
  const desk = new Desk()
  desk.subscribe('one', { info: { roles } })
  const suppressed = () => desk.knowledge.present.schedulers.get(id)?.suppressed
  desk.say({ type: 'suppress', frameworkId: id, roles: ['web' as Role] })
  desk.say({ type: 'suppress', frameworkId: id, roles: ['web' as Role, 'batch' as Role] })
  assert.deepEqual(suppressed(), ['web', 'batch'])
  const revived = desk.say({ type: 'revive', frameworkId: id, roles: ['web' as Role] })
  assert.deepEqual(revived.allocator, [{ type: 'revive-roles', frameworkId: id, roles: ['web'] }])
  assert.deepEqual(suppressed(), ['batch'])
  assert.deepEqual(desk.say({ type: 'suppress', frameworkId: id, roles: [] }).allocator, [
    { type: 'suppress-roles', frameworkId: id, roles },
  ])
  desk.say({ type: 'revive', frameworkId: id, roles: [] })
  assert.deepEqual(suppressed(), [])
})

test('one role that is not the framework\'s makes the whole call void', () => {
  const desk = new Desk()
  desk.subscribe('one', { info: { roles } })
  for (const type of ['suppress', 'revive'] as const) {
    const calls = [{ frameworkId: id, roles: ['web', 'other'] }, { frameworkId: 'w-0009' as FrameworkId, roles: [] }]
    for (const call of calls) {
      const decided = desk.say({ type, ...call as { frameworkId: FrameworkId; roles: Role[] } })
      assert.deepEqual([decided.changes, decided.allocator], [[], []])
    }
  }
})

test('an operator may tear a framework down: its tasks end, and its scheduler hears that it is over', () => {
  const { desk, frameworkId } = deskAtWork()
  const replyTo = refOf<OperatorAnswer>(nodeAddress('master', 'm', '1'), 'port.http')
  const teardown = (id = frameworkId) => desk.say({ type: 'operator-teardown', frameworkId: id, replyTo })
  desk.say({ type: 'kill', frameworkId, taskId: 't' as never })
  const decided = teardown()
  assert.equal(desk.knowledge.present.kills.size, 0, 'nothing is left to kill')
  assert.deepEqual(decided.records.map(({ type }) => type), ['framework-removed'])
  assert.deepEqual(typesOf(decided), ['shutdown-framework', 'framework-error', 'done'])
  const again = teardown()
  assert.deepEqual([again.records, typesOf(again)], [[], ['done']])
  assert.deepEqual(typesOf(teardown('w-0099' as FrameworkId)), ['not-found'])
})

test('an instance that was replaced while it was cut off does not replace the newer one when it is back', () => {
  const { desk } = deskAtWork()
  desk.subscribe('one', { life: 'i2', frameworkId: id })
  const { effects } = desk.subscribe('one', { life: 'i1', frameworkId: id, resumes: true })
  assert.deepEqual(effects.map(({ to }) => to), [schedulerRef('one', 'i1')])
  assert.deepEqual(effects.map(({ message }) => message.type), ['framework-error'])
  assert.equal(desk.knowledge.present.schedulers.get(id)?.ref, schedulerRef('one', 'i2'))
})
