import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrameworkExplanation, ReasonView } from '../../../actors/protocol/explanation.js'
import type { AgentId, FrameworkId, OfferId, Role } from '../../../actors/protocol/ids.js'
import type { AgentView, TaskView } from '../../../actors/protocol/operator.js'
import {
  agentLines, frameworkText, reasonText, standingTexts, taskText,
} from '../../../infra/http/explanation-words.js'

const NOW_MS = 100_000
const ago = (seconds: number) => new Date(NOW_MS - seconds * 1_000).toISOString()
const role = 'web' as Role
const framework = 'w-0001' as FrameworkId
const other = { framework, name: 'batch' }
const offer = 'w-O9' as OfferId
const held = { kind: 'held', offer, ...other, isOwn: false, resources: { cpus: 1 }, since: ago(12) } as const

const SENTENCES: readonly (readonly [ReasonView, string])[] = [
  [{ kind: 'agent-unknown' }, 'the allocator does not know it yet'],
  [{ kind: 'agent-inactive' }, 'it is not active'],
  [{ kind: 'nothing-left' }, 'nothing of it is left'],
  [{ kind: 'below-minimum' }, 'what is left of it is too little to be offered'],
  [{ kind: 'framework-unknown' }, 'the allocator does not know the framework yet'],
  [{ kind: 'framework-inactive' }, 'the framework is disconnected'],
  [{ kind: 'not-subscribed', role }, 'the framework is not subscribed in role web'],
  [{ kind: 'suppressed', role }, 'the framework asks for no offers in role web'],
  [{ kind: 'short', lacks: [
    { name: 'cpus', free: 0.4, needs: 1 }, { name: 'mem', free: 100, needs: 9_000, total: 4_096 },
  ] }, 'short of cpus 0.4 < 1, mem 100 < 9000 (4096 in all)'],
  [{ kind: 'filtered', until: ago(-3_000), refused: { cpus: 2, mem: 64 }, offer, role },
    'it did not take 2 cpus, 64 MB (offer w-O9): as much is not offered again for 50m'],
  [{ kind: 'outranked', ...other, byRole: role, level: 'framework', share: 0.25, theirs: 0.1 },
    'batch (w-0001) comes first: a share of 10 % < 25 %'],
  [{ kind: 'outranked', ...other, byRole: role, level: 'role', share: 0.25, theirs: 0.25 },
    'role web comes first, and in it batch (w-0001): a share of 25 % against 25 %'],
  [{ kind: 'unreachable', since: ago(90) }, 'unreachable for 1m'],
  [{ kind: 'disconnected', since: ago(9) }, 'disconnected for 9s'],
  [{ kind: 'draining', since: ago(60) }, 'drained by an operator, 1m ago'],
  [{ kind: 'deactivated' }, 'deactivated by an operator'],
  [held, '1 cpu held by offer w-O9 to batch (w-0001) for 12s'],
  [{ ...held, turn: { share: 0.5 } },
    '1 cpu held by offer w-O9 to batch (w-0001) for 12s, whose turn came with a share of 50 %'],
  [{ ...held, turn: { role, share: 0 } },
    '1 cpu held by offer w-O9 to batch (w-0001) for 12s, whose role web had its turn with a share of 0 %'],
  [{ ...held, isOwn: true }, '1 cpu held by offer w-O9 to the framework itself for 12s: it has not answered'],
  [{ kind: 'in-use', ...other, isOwn: false, tasks: 2, resources: { cpus: 3 } },
    '3 cpus in use by 2 tasks of batch (w-0001)'],
  [{ kind: 'in-use', ...other, isOwn: true, tasks: 0, resources: { cpus: 3 } },
    '3 cpus in use by executors of its own'],
]

test('every reason has its sentence', () => {
  for (const [reason, sentence] of SENTENCES) assert.equal(reasonText(reason, NOW_MS), sentence)
})

test('beside an agent stands what is about it, and each thing once', () => {
  const lacks = [{ name: 'cpus', free: 0, needs: 1 }]
  const lines = agentLines([{ kind: 'nothing-left' }, { kind: 'suppressed', role }, { kind: 'short', lacks }], NOW_MS)
  assert.deepEqual(lines, ['short of cpus 0 < 1'])
  assert.deepEqual(agentLines([{ kind: 'nothing-left' }], NOW_MS), ['nothing of it is left'])
  assert.deepEqual(agentLines([], NOW_MS), ['would be offered next'])
})

test('an agent that only the framework itself is in the way of says that, never nothing', () => {
  const lines = agentLines([{ kind: 'framework-inactive' }, { kind: 'suppressed', role }], NOW_MS)
  assert.deepEqual(lines, ['the framework is disconnected', 'the framework asks for no offers in role web'])
})

const WAITING: FrameworkExplanation = {
  framework: 'w-0002' as FrameworkId, name: 'two', state: 'active', roles: [role], suppressed: [], tasks: 0, offers: 0,
  names: { [framework]: 'batch' }, agentsTotal: 3, serving: 1, counts: {}, agents: [],
  standings: [{
    role, weight: 2, ofRole: { share: 0.2, place: 2, of: 2, before: [{ name: 'red' as Role, share: 0 }] },
    ofFramework: { share: 0.4, place: 2, of: 2, before: [{ name: framework, share: 0.1 }] },
  }],
}

test('what it comes to is one sentence', () => {
  const said: readonly (readonly [Partial<FrameworkExplanation>, string])[] = [
    [{}, '1 of 3 agents would be offered to it next'],
    [{ needs: { cpus: 2 }, offers: 2 },
      'it waits for agents with 2 cpus; 1 of 3 agents would be offered to it next; 2 offers wait for its answer'],
    [{ agentsTotal: 1, serving: 0 }, 'the only agent is not offered to it'],
    [{ agentsTotal: 1, serving: 1 }, 'the only agent would be offered to it next'],
    [{ agentsTotal: 0, serving: 0 }, 'there is no agent'],
    [{ suppressed: [role] }, 'it asks for no offers: it wants nothing now'],
    [{ state: 'disconnected' }, 'it is disconnected: it is offered nothing until it is back'],
  ]
  for (const [more, sentence] of said) assert.equal(frameworkText({ ...WAITING, ...more }), sentence)
})

test('where it stands names the places and who comes before', () => {
  assert.deepEqual(standingTexts(WAITING), [
    'role web: a share of 20 % with offers, by its weight of 2, place 2 of 2 roles; ' +
      'in it this framework has 40 %, place 2 of 2',
    'asked before it: role red 0 %, batch (w-0001) 10 %',
  ])
  assert.match(standingTexts({ ...WAITING, suppressed: [role] })[0] ?? '', /has 40 %, and wants no offers$/)
})

test('a task says where it is, and what of its agent it waits for', () => {
  const agent = { id: 'w-S0' as AgentId, name: 'a1', hostname: 'rock', connection: 'connected' } as AgentView
  const task = { state: 'RUNNING', agent: 'w-S0', launchedAt: ago(60), changedAt: ago(5) } as TaskView
  assert.equal(taskText(task, agent, NOW_MS), 'it has its place: RUNNING on a1 (w-S0) for 5s')
  const away = { ...agent, connection: 'disconnected' } as AgentView
  assert.equal(taskText({ ...task, state: 'STAGING' }, away, NOW_MS),
    'it was sent to a1 (w-S0) 1m ago, and has not begun yet; that agent is disconnected')
  assert.match(taskText({ ...task, state: 'UNREACHABLE' }, away, NOW_MS), /^its agent a1 \(w-S0\) has been away for 5s/)
  assert.equal(taskText({ ...task, state: 'KILLING' }, agent, NOW_MS), 'it is being ended on a1 (w-S0), for 5s')
  const failed = { ...task, state: 'FAILED', message: 'exited with 3' } as TaskView
  assert.equal(taskText(failed, undefined, NOW_MS), 'it has ended: FAILED 5s ago, exited with 3')
})
