import assert from 'node:assert/strict'
import test from 'node:test'
import { REFUSE_MIN_MS } from '../../../actors/master/offering.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentRef, command, Desk, executed, FRAMEWORK, typesOf, updatesOf } from './desk.js'

const [first, second] = ['w-S0' as AgentId, 'w-S1' as AgentId]
const one = 'w-0000' as FrameworkId

function desk(): Desk {
  const desk = new Desk()
  desk.register('a')
  desk.register('b')
  desk.subscribe('one', { info: { ...FRAMEWORK, roles: ['*' as Role, 'web' as Role] } })
  return desk
}

test('tasks are launched under new ids, and what they leave returns at once with the filter', () => {
  const at = desk()
  const offer = at.offer(one, first)
  const tasks = [command('t1', { cpus: 2, mem: 1024 }), command('t2', { cpus: 1, mem: 2048 })]
  const decided = at.accept(one, [offer], tasks)
  const launched = decided.records.flatMap((record) => (record.type === 'task-launched' ? [record] : []))
  assert.deepEqual(launched.map(({ launchId, state }) => [launchId, state]), [['w-L0', 'STAGING'], ['w-L1', 'STAGING']])
  assert.deepEqual(decided.changes, [{ type: 'offer-ended', offerId: offer.offerId, outcome: 'accepted' }])
  assert.deepEqual(decided.allocator, [{
    type: 'recover', frameworkId: one, role: '*', agentId: first,
    resources: of({ cpus: 1, mem: 1024 }), refuseMs: 5_000, offerId: offer.offerId,
  }])
  assert.deepEqual(decided.effects.map(({ to }) => to), [agentRef('a'), agentRef('a')])
  assert.deepEqual(decided.effects[0]?.message, {
    type: 'run-task', epoch: 3, frameworkId: one, launchId: 'w-L0', role: '*', task: tasks[0],
  })
})

test('offers of one agent are spent together, and nothing returns when nothing is left', () => {
  const at = desk()
  const offers = [at.offer(one, first, of({ cpus: 1 })), at.offer(one, first, of({ cpus: 2 }))]
  const decided = at.accept(one, offers, [command('t', { cpus: 3 })])
  assert.deepEqual(typesOf(decided), ['run-task'])
  assert.deepEqual([decided.allocator, at.knowledge.present.offers.size], [[], 0])
})

test('a task that does not fit gets its reason, and those after it their chance', () => {
  const at = desk()
  const decided = at.accept(one, [at.offer(one, first)], [
    command('huge', { cpus: 64 }), command('fits', { cpus: 1 }), command('fits', { cpus: 1 }),
    command('rest', { cpus: 4 }),
  ])
  assert.deepEqual(updatesOf(decided).map(({ taskId, state, reason, text }) => [taskId, state, reason, text]), [
    ['huge', 'ERROR', 'task-invalid', 'needs cpus:64; only cpus:4;mem:4096 is left of the offers'],
    ['fits', 'ERROR', 'task-invalid', "task id 'fits' is named twice"],
    ['rest', 'ERROR', 'task-invalid', 'needs cpus:4; only cpus:3;mem:4096 is left of the offers'],
  ])
  assert.equal(decided.records.length, 1)
  assert.ok(updatesOf(decided).every((update) => update.updateId === undefined), 'it asks for no acknowledgement')
})

test('an accept without tasks gives all back, as a decline does', () => {
  const at = desk()
  const { allocator, records } = at.accept(one, [at.offer(one, first)], [], 0)
  assert.deepEqual(records, [])
  assert.deepEqual(allocator.map((call) => 'refuseMs' in call && call.refuseMs), [REFUSE_MIN_MS])
})

const dropped = (at: Desk, frameworkId: FrameworkId, offers: Parameters<Desk['accept']>[1]) => {
  const decided = at.accept(frameworkId, offers, [command('t')])
  assert.deepEqual(decided.records, [])
  return { decided, said: updatesOf(decided).map(({ state, reason, text }) => `${state} ${reason} ${text}`) }
}

test('offers that cannot be spent together return all, and their tasks are dropped with the reason', () => {
  const little = of({ cpus: 1 })
  const cases: [(at: Desk) => Parameters<Desk['accept']>[1], RegExp, number][] = [
    [() => [], /no longer stands/, 0],
    [() => [{ offerId: 'w-O9.9' as OfferId } as never], /no longer stands/, 0],
    [(at) => [at.offer(one, first), at.offer(one, second)], /of different agents/, 2],
    [(at) => [at.offer(one, first, little), at.offer(one, first, little, 'web' as Role)], /for different roles/, 2],
    [(at) => [at.offer(one, first), { offerId: 'w-O9.9' as OfferId } as never], /no longer stands/, 1],
    [(at) => { const offer = at.offer(one, first); return [offer, offer] }, /named twice/, 1],
  ]
  for (const [offersOf, why, returned] of cases) {
    const at = desk()
    const { decided, said } = dropped(at, one, offersOf(at))
    assert.equal(said.length, 1)
    assert.match(said[0] as string, why)
    assert.match(said[0] as string, /^DROPPED invalid-offers/)
    assert.equal(decided.allocator.length, returned)
    for (const call of decided.allocator) assert.equal('refuseMs' in call && call.refuseMs, 0)
    assert.equal(at.knowledge.present.offers.size, 0)
  }
})

test('the same acceptance heard twice launches once, and refuses nothing', () => {
  const at = desk()
  const offer = at.offer(one, first)
  assert.equal(at.accept(one, [offer], [command('t')]).records.length, 1)
  const again = at.accept(one, [offer], [command('t')])
  assert.deepEqual([again.records, again.effects], [[], []])
})

test('an offer of another framework is neither spent nor returned', () => {
  const at = desk()
  at.subscribe('two')
  const offer = at.offer(one, first)
  const { decided } = dropped(at, 'w-0001' as FrameworkId, [offer])
  assert.deepEqual([decided.allocator, at.knowledge.present.offers.size], [[], 1])
})

test('what a framework that is not known accepts is not answered', () => {
  const at = desk()
  const decided = at.accept('w-0009' as FrameworkId, [at.offer(one, first)], [command('t')])
  assert.deepEqual([decided.records, decided.effects], [[], []])
})

test('an executor is paid for once: with the first task that needs it on that agent', () => {
  const at = desk()
  const task = (id: string) => executed(id, 'e', { cpus: 0.5 })
  const decided = at.accept(one, [at.offer(one, first)], [task('t1'), task('t2')])
  assert.deepEqual(decided.records.map(({ type }) => type), ['executor-launched', 'task-launched', 'task-launched'])
  assert.deepEqual(decided.allocator.map((call) => 'resources' in call && call.resources), [
    of({ cpus: 1.5, mem: 4096 }),
  ])
  const later = at.accept(one, [at.offer(one, first, of({ cpus: 1 }))], [task('t3')])
  assert.deepEqual(later.records.map(({ type }) => type), ['task-launched'])
  const elsewhere = at.accept(one, [at.offer(one, second)], [task('t4')])
  assert.deepEqual(elsewhere.records.map(({ type }) => type), ['executor-launched', 'task-launched'])
})
