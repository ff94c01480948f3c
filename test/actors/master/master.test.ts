import assert from 'node:assert/strict'
import test from 'node:test'
import { RETURN_GRACE_MS } from '../../../actors/master/frameworks.js'
import type { AllocatorCall } from '../../../actors/protocol/allocator.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import type { LeadershipEvent } from '../../../actors/protocol/leadership.js'
import type { OperatorAnswer } from '../../../actors/protocol/operator.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import { of } from '../../../actors/resources/amounts.js'
import { groupAddress, nodeAddress, refOf } from '../../../runtime/address.js'
import { agentInfo, agentRef, command, FRAMEWORK, MACHINE, schedulerRef } from './desk.js'
import { begin, hearItself, node, registrar, tell, type MasterDriver as Driver } from './master-desk.js'

const allocator = refOf<AllocatorCall>(node, 'master/allocator')
const asker = refOf<LeadershipEvent>(nodeAddress('agent', 'a', '1'), 'agent')
const [agentId, frameworkId] = ['w-S0-n' as AgentId, 'w-0000-n' as FrameworkId]

const history: LogRecord[] = [
  { type: 'genesis', cluster: 'old', prefix: 'w' },
  { type: 'leadership-claimed', epoch: 5, master: 'm1', nonce: 'n' },
]
const ELECTED = { type: 'elected', epoch: 5, nonce: 'n', clusterId: 'c' } as const

/** A master that leads. */
function leading(records: readonly LogRecord[] = history): Driver {
  const driven = begin()
  tell(driven, { type: 'folded', records })
  tell(driven, ELECTED)
  driven.receive({ type: 'allocator-started', allocator })
  driven.take()
  return driven
}

/** Commits what was appended since the last `take`. */
function commitAll(driven: Driver): void {
  for (const request of driven.toldTo(registrar)) {
    if (request.type === 'append') tell(driven, { type: 'committed', token: request.token })
  }
}

const outside = (driven: Driver) => driven.told.filter(({ to }) => to !== registrar && to !== allocator)
  .map(({ to, message }) => `${(to as string).split('@')[0]} ${message.type}`)
const register = { type: 'register-agent', agent: agentRef('a'), info: agentInfo(), tasks: [], executors: [] } as const
const subscribe = { type: 'subscribe', scheduler: schedulerRef('one'), info: FRAMEWORK } as const

test('a master that only follows knows what is decided, answers who reads, and nobody else', () => {
  const driven = begin()
  assert.deepEqual(driven.take(), [{ to: registrar, message: { type: 'replay', replay: 1, replyTo: driven.self } }])
  tell(driven, { type: 'folded', records: [
    ...history, { type: 'agent-admitted', agentId, info: agentInfo(), atMs: 1 },
  ] })
  driven.receive({ type: 'find-leader', replyTo: asker })
  driven.receive(register)
  driven.receive(subscribe)
  driven.receive({ type: 'sweep' })
  assert.deepEqual(driven.told, [])
  assert.deepEqual([driven.timers.size, driven.spawned.map(({ name }) => name)], [0, ['registrar']])
  const reader = refOf<OperatorAnswer>(node, 'port.reader')
  driven.receive({ type: 'describe-cluster', replyTo: reader })
  const [answer] = driven.toldTo(reader)
  assert.ok(answer?.type === 'cluster')
  assert.deepEqual([answer.view.agents, answer.view.leading, answer.view.leader], [1, false, 'm1'])
})

test('who is elected leads in that epoch, under the cluster\'s name, and says so to everybody', () => {
  const driven = begin()
  tell(driven, { type: 'folded', records: history })
  tell(driven, ELECTED)
  assert.deepEqual(outside(driven), ['agents leader', 'frameworks leader'])
  driven.receive({ type: 'find-leader', replyTo: asker })
  const leader = { type: 'leader', master: driven.self, epoch: 5, cluster: 'old', members: 0 }
  assert.deepEqual(driven.toldTo(asker), [leader])
})

test('nobody outside hears of a decision before it is committed, and then in the order of the decisions', () => {
  const driven = leading()
  driven.receive(register)
  driven.receive(subscribe)
  driven.receive({ type: 'find-leader', replyTo: asker })
  driven.receive({ ...register, agent: agentRef('b') })
  assert.deepEqual(outside(driven), [])
  const tokens = driven.toldTo(registrar).flatMap((request) => (request.type === 'append' ? [request.token] : []))
  const [first, second, third] = tokens as [number, number, number]
  tell(driven, { type: 'committed', token: first })
  assert.deepEqual(outside(driven), ['agent-a agent-registered'])
  tell(driven, { type: 'committed', token: second })
  assert.deepEqual(outside(driven).slice(1), ['framework-one subscribed', 'agent-a leader'])
  tell(driven, { type: 'committed', token: third })
  assert.deepEqual(outside(driven).slice(3), ['agent-b agent-registered'])
})

test('the master acts on what it has decided before it is committed: no resource is promised twice meanwhile', () => {
  const driven = leading()
  driven.receive(register)
  driven.receive(subscribe)
  const grant = { frameworkId, role: '*' as Role, agentId, resources: MACHINE, telling: 1 }
  driven.receive({ type: 'allocated', grants: [grant] })
  const accept = (taskId: string) => ({
    type: 'accept', frameworkId, offerIds: ['w-O5.0-n' as never],
    operations: [{ type: 'launch', tasks: [command(taskId)] }],
  } as const)
  driven.receive(accept('t'))
  driven.receive(accept('u'))
  const launches = driven.toldTo(registrar).flatMap((request) => (request.type === 'append' ? request.records : []))
    .filter(({ type }) => type === 'task-launched')
  assert.equal(launches.length, 1)
  commitAll(driven)
  assert.deepEqual(outside(driven), [
    'agent-a agent-registered', 'framework-one subscribed', 'framework-one offers', 'agent-a run-task',
    'framework-one update',
  ])
})

test('a master that is deposed forgets all, stops to decide, and has the log told anew', () => {
  const driven = leading()
  driven.receive(register)
  driven.receive(subscribe)
  driven.receive({ type: 'find-leader', replyTo: asker })
  driven.take()
  tell(driven, { type: 'deposed', reason: 'm2 has claimed epoch 6' })
  assert.deepEqual(driven.take(), [{ to: registrar, message: { type: 'replay', replay: 2, replyTo: driven.self } }])
  const left = driven.spawned.map(({ name }) => name)
  assert.deepEqual([driven.timers.size, driven.watched.size, left], [0, 0, ['registrar']])
  driven.receive({ type: 'find-leader', replyTo: asker })
  driven.receive({ type: 'allocator-started', allocator })
  driven.receive(register)
  assert.deepEqual(driven.take(), [], 'what it held back is never said')
  tell(driven, { type: 'folded', records: history })
  tell(driven, { ...ELECTED, epoch: 7 })
  driven.receive({ type: 'allocator-started', allocator })
  assert.deepEqual(outside(driven), ['agents leader', 'frameworks leader'], 'and may lead again')
})

test('a leader that is back among the others says so, and has its agents register again', () => {
  const driven = leading()
  driven.receive(register)
  commitAll(driven)
  driven.take()
  driven.receive({ type: 'reconnected' })
  assert.deepEqual(outside(driven), ['agents leader', 'frameworks leader', 'agent-a ping'])
  const [ping] = driven.toldTo(agentRef('a'))
  assert.equal(ping?.type === 'ping' && ping.connected, false)
  const [told] = driven.toldTo(refOf<LeadershipEvent>(groupAddress('framework'), 'scheduler'))
  assert.equal(told?.again, true, 'schedulers are to ask what they have missed')
  driven.receive({ type: 'find-leader', replyTo: asker })
  assert.equal(driven.toldTo(asker)[0]?.again, undefined)
})

test('peers are watched, and whoever terminates is lost', () => {
  const driven = leading()
  driven.receive(register)
  driven.receive(subscribe)
  commitAll(driven)
  driven.take()
  driven.terminate(agentRef('a') as never)
  assert.deepEqual(driven.toldTo(allocator), [{ type: 'deactivate-agent', agentId }])
  driven.terminate(schedulerRef('one') as never)
  assert.deepEqual(driven.toldTo(allocator).slice(1), [{ type: 'deactivate-framework', frameworkId }])
})

test('an allocator that comes anew is told everything, and what is on offer counts as used', () => {
  const driven = leading()
  driven.receive(register)
  driven.receive(subscribe)
  driven.receive({ type: 'suppress', frameworkId, roles: [] })
  driven.receive({ type: 'allocated', grants: [
    { frameworkId, role: '*' as Role, agentId, resources: of({ cpus: 1 }), telling: 1 },
    { frameworkId, role: '*' as Role, agentId, resources: of({ cpus: 2 }), telling: 1 },
  ] })
  driven.receive({
    type: 'accept', frameworkId, offerIds: ['w-O5.0-n' as never],
    operations: [{ type: 'launch', tasks: [command('t')] }],
  })
  driven.take()
  driven.receive({ type: 'allocator-started', allocator })
  assert.deepEqual(driven.toldTo(allocator), [], 'first everybody hears who leads')
  driven.fire('allocator')
  const [rebuild] = driven.toldTo(allocator)
  assert.ok(rebuild?.type === 'rebuild')
  const [agent, ...others] = rebuild.agents
  assert.deepEqual(agent?.used.map(({ resources }) => resources), [of({ cpus: 1 }), of({ cpus: 2 })])
  assert.deepEqual([agent?.active, agent?.telling, others.length], [true, 1, 0])
  assert.deepEqual(rebuild.frameworks, [{ frameworkId, roles: ['*'], suppressed: ['*'], active: true }])
})

test('a master that begins to lead knows agents and frameworks as away, and gives them time to come back', () => {
  const short = { ...FRAMEWORK, failoverTimeoutMs: 0 }
  const driven = leading([
    ...history, { type: 'agent-admitted', agentId, info: agentInfo(), atMs: 1 },
    { type: 'agent-admitted', agentId: 'w-S1' as AgentId, info: agentInfo(), atMs: 1 },
    { type: 'agent-unreachable', agentId: 'w-S1' as AgentId, atMs: 1 },
    { type: 'framework-admitted', frameworkId, info: short, atMs: 1 },
  ])
  const electedMs = driven.now
  driven.receive({ type: 'allocator-started', allocator })
  assert.deepEqual(driven.toldTo(allocator), [], 'first everybody hears who leads')
  driven.fire('allocator')
  const [rebuild] = driven.toldTo(allocator)
  assert.ok(rebuild?.type === 'rebuild')
  assert.deepEqual(rebuild.agents.map((agent) => [agent.agentId, agent.active]), [[agentId, false]])
  assert.deepEqual(rebuild.frameworks.map(({ active }) => active), [false])
  driven.take()
  for (let seconds = 1; seconds < RETURN_GRACE_MS / 1_000; seconds++) driven.fire('sweep')
  assert.deepEqual(driven.toldTo(registrar).flatMap((request) => (request.type === 'append' ? request.records : [])), [
    { type: 'framework-disconnected', frameworkId, atMs: electedMs },
  ], 'it could not have come back sooner')
  driven.take()
  driven.fire('sweep')
  assert.deepEqual(driven.toldTo(registrar).flatMap((request) => (request.type === 'append' ? request.records : [])), [
    { type: 'framework-removed', frameworkId, atMs: driven.now },
  ])
})

test('what was said to it when it led before is not heard by a master that leads again', () => {
  const driven = leading()
  driven.take()
  driven.receive({ ...register, epoch: 4 })
  driven.receive({ ...subscribe, epoch: 4 })
  assert.deepEqual(driven.take(), [])
  driven.receive({ ...register, epoch: 5 })
  assert.notEqual(driven.take().length, 0)
})

test('a restarted master begins with its log, and not with what it was told in an earlier life', () => {
  const driven = leading()
  driven.restart()
  driven.receive({ type: 'folded', replay: 1, records: history })
  driven.receive({ ...ELECTED, replay: 1 })
  assert.deepEqual(driven.toldTo(registrar), [], 'all of that comes first')
  hearItself(driven)
  assert.deepEqual(driven.take(), [{ to: registrar, message: { type: 'replay', replay: 1, replyTo: driven.self } }])
  driven.receive({ type: 'find-leader', replyTo: asker })
  assert.deepEqual(driven.take(), [], 'it was elected in no life but that')
})

test('who leads says of which cluster and by which claim; a later epoch that is obeyed goes to its registrar', () => {
  const driven = leading([{ type: 'genesis', cluster: 'old', prefix: 'w', clusterId: 'c' }, ...history.slice(1)])
  driven.receive({ type: 'find-leader', replyTo: asker })
  assert.deepEqual(driven.toldTo(asker), [
    { type: 'leader', master: driven.self, epoch: 5, cluster: 'old', clusterId: 'c', nonce: 'n', members: 0 },
  ])
  driven.receive({ type: 'epoch-obeyed', epoch: 8, clusterId: 'another' })
  assert.deepEqual(driven.toldTo(registrar), [])
  driven.receive({ type: 'epoch-obeyed', epoch: 8, clusterId: 'c' })
  assert.deepEqual(driven.toldTo(registrar), [{ type: 'claim-above', epoch: 8 }])
})
