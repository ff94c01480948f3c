import assert from 'node:assert/strict'
import test from 'node:test'
import { OFFER_TIMEOUT_MS, REFUSE_MIN_MS } from '../../../actors/master/offering.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../../../actors/protocol/ids.js'
import { REFUSE_DEFAULT_MS, REFUSE_MAX_MS } from '../../../actors/protocol/scheduler.js'
import { of } from '../../../actors/resources/amounts.js'
import { Desk, MACHINE, schedulerRef, typesOf } from './desk.js'

const [first, second] = ['w-S0' as AgentId, 'w-S1' as AgentId]
const one = 'w-0000' as FrameworkId
const role = '*' as Role

function deskOfTwo(): Desk {
  const desk = new Desk()
  desk.register('a')
  desk.register('b')
  desk.subscribe('one')
  return desk
}

test('grants become offers under new ids, all of one framework in one event', () => {
  const desk = deskOfTwo()
  const grants = [first, second].map((agentId, index) =>
    ({ frameworkId: one, role, agentId, resources: MACHINE, telling: index + 1 }))
  const { effects, changes, allocator } = desk.say({ type: 'allocated', grants })
  assert.equal(effects.length, 1)
  const [{ to, message }] = effects as [typeof effects[number]]
  assert.equal(to, schedulerRef('one'))
  const { offers } = message as unknown as { offers: { offerId: OfferId; hostname: string }[] }
  assert.deepEqual(offers.map(({ offerId }) => offerId), ['w-O3.0', 'w-O3.1'])
  assert.equal(offers[0]?.hostname, 'host')
  assert.deepEqual(changes.map(({ type }) => type), ['offer-made', 'offer-made'])
  assert.deepEqual(allocator, [])
  assert.equal(desk.offer(one, first).offerId, 'w-O3.2')
})

test('a grant that nobody can take any more goes straight back', () => {
  const desk = deskOfTwo()
  const grant = { frameworkId: one, role, agentId: first, resources: MACHINE, telling: 1 }
  const back = { type: 'recover', frameworkId: one, role, agentId: first, resources: MACHINE, refuseMs: 0 }
  const stranger = { ...grant, frameworkId: 'w-0007' as FrameworkId }
  assert.deepEqual(desk.say({ type: 'allocated', grants: [stranger] }).allocator, [{ ...back, frameworkId: 'w-0007' }])
  const notItsRole = { ...grant, role: 'web' as Role }
  assert.deepEqual(desk.say({ type: 'allocated', grants: [notItsRole] }).allocator, [{ ...back, role: 'web' }])
  desk.say({ type: 'agent-lost', agentId: first, ref: 'agent-a@i1/agent' as never })
  assert.deepEqual(desk.say({ type: 'allocated', grants: [grant] }).allocator, [back])
})

test('a grant of an agent that was told of anew meanwhile is void, and not given back', () => {
  const desk = deskOfTwo()
  desk.register('a', { life: 'i2', agentId: first })
  const grant = { frameworkId: one, role, agentId: first, resources: MACHINE, telling: 1 }
  const { effects, changes, allocator } = desk.say({ type: 'allocated', grants: [grant] })
  assert.deepEqual([effects, changes, allocator], [[], [], []])
})

test('declined offers return with the filter that was asked for', () => {
  const desk = deskOfTwo()
  const cases: [number | undefined, number][] = [
    [undefined, REFUSE_DEFAULT_MS], [0, REFUSE_MIN_MS], [60_000, 60_000], [REFUSE_MAX_MS * 2, REFUSE_MAX_MS],
  ]
  for (const [asked, refuseMs] of cases) {
    const { offerId } = desk.offer(one, first)
    const { allocator } = desk.decline(one, [offerId], asked)
    assert.deepEqual(allocator, [
      { type: 'recover', frameworkId: one, role, agentId: first, resources: MACHINE, refuseMs, offerId },
    ])
  }
  assert.equal(desk.knowledge.present.offers.size, 0)
})

test('an offer is declined once, and only by whom it was made to', () => {
  const desk = deskOfTwo()
  desk.subscribe('two')
  const { offerId } = desk.offer(one, first)
  assert.deepEqual(desk.decline('w-0001' as FrameworkId, [offerId]).allocator, [])
  assert.equal(desk.decline(one, [offerId, offerId, 'nonsense' as OfferId]).allocator.length, 1)
  assert.deepEqual(desk.decline(one, [offerId]).allocator, [])
})

test('an offer that nobody answers is rescinded after its time, and hidden for a while', () => {
  const desk = deskOfTwo()
  desk.offer(one, first, of({ cpus: 1 }))
  desk.knowledge.now += OFFER_TIMEOUT_MS - 1
  desk.offer(one, second)
  assert.deepEqual(typesOf(desk.say({ type: 'sweep' })), [])
  desk.knowledge.now += 1
  const { effects, allocator } = desk.say({ type: 'sweep' })
  assert.deepEqual(effects.map(({ message }) => message), [{ type: 'rescind', offerId: 'w-O3.0' }])
  assert.deepEqual(allocator.map((call) => 'refuseMs' in call && call.refuseMs), [REFUSE_DEFAULT_MS])
  assert.deepEqual([...desk.knowledge.present.offers.keys()], ['w-O3.1'])
})
