import assert from 'node:assert/strict'
import test from 'node:test'
import {
  AGENTS_EXPLAINED_MAX, FRAMEWORKS_EXPLAINED_MAX, type ExplanationAnswer, type RoleReason,
} from '../../../actors/protocol/explanation.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { NONE } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { agentRef, type Desk, deskAtWork, MACHINE } from './desk.js'

const replyTo = refOf<ExplanationAnswer>(nodeAddress('master', 'm', '1'), 'port.http')
const waiting = 'w-0001' as FrameworkId
const first = 'w-S0' as AgentId
const role = '*' as Role

/** A desk at work, and a second framework that waits for three cpus. */
function deskAndWaiting() {
  const { desk, frameworkId } = deskAtWork()
  desk.subscribe('two', { info: { needs: of({ cpus: 3 }) } })
  return { desk, frameworkId }
}

/** What an operator reads when the allocator says this of these agents. */
function explained(desk: Desk, reasons: readonly RoleReason[], agentIds = [first], frameworkIds = [waiting]) {
  const decided = desk.say({
    type: 'explanation', question: { frameworkIds, agentIds, replyTo },
    verdicts: frameworkIds.map((frameworkId) => ({
      frameworkId, standings: [],
      verdicts: agentIds.map((agentId) => ({ agentId, available: NONE, reasons })),
    })),
  })
  const [{ to, message } = assert.fail('no answer')] = decided.effects
  assert.equal(to, replyTo)
  return (message as unknown as ExplanationAnswer).frameworks
}

const reasonsOf = (desk: Desk, ...reasons: RoleReason[]) => explained(desk, reasons)[0]?.agents[0]?.reasons

test('the allocator is asked about every agent, and about so many frameworks at the most', () => {
  const { desk } = deskAndWaiting()
  desk.register('b')
  const many = Array.from({ length: FRAMEWORKS_EXPLAINED_MAX + 1 }, (_, at) => `f${at}` as FrameworkId)
  const { allocator } = desk.say({ type: 'explain', frameworkIds: many, role, replyTo })
  assert.deepEqual(allocator, [{ type: 'explain', question: {
    frameworkIds: many.slice(0, -1), role, agentIds: ['w-S0', 'w-S1'], replyTo,
  } }])
})

test('what a framework needs is told to the allocator, and to operators', () => {
  const { desk } = deskAndWaiting()
  const [told] = desk.calls.flatMap((call) =>
    call.type === 'add-framework' && call.framework.frameworkId === waiting ? [call.framework] : [])
  assert.deepEqual(told?.needs, of({ cpus: 3 }))
  const [explanation] = explained(desk, [])
  assert.deepEqual([explanation?.name, explanation?.needs, explanation?.serving], ['two', { cpus: 3 }, 1])
  assert.deepEqual(explained(desk, [], [first], ['w-0009' as FrameworkId]), [], 'one that has ended is left out')
})

test('what holds an agent is told where room is lacking: offers, with the shares that decided, and tasks', () => {
  const { desk, frameworkId } = deskAndWaiting()
  const short = { kind: 'short', lacks: [{ name: 'cpus', free: 0, needs: 3 }] } as const
  const telling = desk.knowledge.present.agents.get(first)?.telling ?? 0
  const grant = { frameworkId, role, agentId: first, resources: of({ cpus: 3 }), telling }
  desk.say({ type: 'allocated', grants: [{ ...grant, turn: { roleShare: 0.5, share: 0.25 } }] })
  const since = '1970-01-01T00:00:01.000Z'
  const held = {
    kind: 'held', offer: [...desk.knowledge.present.offers.keys()].at(-1), framework: frameworkId, name: 'one',
    isOwn: false, resources: { cpus: 3 }, since, turn: { share: 0.25 },
  }
  const used = {
    kind: 'in-use', framework: frameworkId, name: 'one', isOwn: false, tasks: 1, resources: { cpus: 1 },
  }
  assert.deepEqual(reasonsOf(desk, short), [short, held, used])
  assert.deepEqual(reasonsOf(desk, { kind: 'nothing-left' }), [{ kind: 'nothing-left' }, held, used])
  const never = { kind: 'short', lacks: [{ name: 'cpus', free: 0, needs: 9, total: 4 }] } as const
  assert.deepEqual(reasonsOf(desk, never), [never], 'the whole agent would not do')
  const blocked = { kind: 'filtered', untilMs: 61_000, refused: MACHINE, offerId: 'O91' as OfferId, role } as const
  assert.deepEqual(reasonsOf(desk, blocked), [{
    kind: 'filtered', until: '1970-01-01T00:01:01.000Z', refused: { cpus: 4, mem: 4096 }, offer: 'O91', role,
  }])
})

test('an agent that the allocator may not offer says what it is: away, drained, deactivated, or all of it', () => {
  const { desk } = deskAndWaiting()
  const answer = replyTo as never
  const kinds = () => reasonsOf(desk, { kind: 'agent-inactive' })?.map(({ kind }) => kind)
  assert.deepEqual(kinds(), ['agent-inactive'], 'it has just come back')
  desk.say({ type: 'operator-deactivate', agentId: first, replyTo: answer })
  assert.deepEqual(kinds(), ['deactivated'])
  desk.say({ type: 'operator-drain', agentId: first, replyTo: answer })
  desk.say({ type: 'agent-lost', agentId: first, ref: agentRef('a') as never })
  assert.deepEqual(kinds(), ['disconnected', 'draining', 'deactivated'])
  desk.fold({ type: 'agent-unreachable', agentId: first, atMs: 2_000 })
  assert.deepEqual(reasonsOf(desk, { kind: 'agent-unknown' })?.[0], {
    kind: 'unreachable', since: '1970-01-01T00:00:02.000Z',
  })
})

test('all agents are counted, so many are told of one by one, and those that have gone are left out', () => {
  const { desk } = deskAndWaiting()
  const ids = Array.from({ length: AGENTS_EXPLAINED_MAX + 5 }, (_, at) => `w-S${at}` as AgentId)
  for (const _ of ids.slice(1)) desk.register(`b${desk.knowledge.cluster.agents.size}`)
  const [explanation] = explained(desk, [{ kind: 'suppressed', role }], [...ids, 'gone' as AgentId])
  assert.equal(explanation?.agents.length, AGENTS_EXPLAINED_MAX)
  assert.deepEqual([explanation?.agentsTotal, explanation?.counts], [ids.length, { suppressed: ids.length }])
})
