import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { isOffered, type AgentRecord } from '../../../actors/master/agent-record.js'
import { AGENT_TIMEOUT_MS } from '../../../actors/master/present.js'
import { apply, newCluster, tasksOf } from '../../../actors/master/cluster.js'
import type { Knowledge } from '../../../actors/master/decision.js'
import type { TaskId } from '../../../actors/protocol/ids.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import type { OperatorAnswer } from '../../../actors/protocol/operator.js'
import { isTerminal } from '../../../actors/protocol/task.js'
import { contains, equals, sum } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { agentRef, deskAtWork, schedulerRef, typesOf, type Desk } from './desk.js'
import { Model } from './model.js'

test('an operator is shown the cluster, and can end a task that lives', () => {
  const { desk, frameworkId, agentId } = deskAtWork()
  const listed = desk.say({ type: 'list', what: 'agents', replyTo }).effects
  assert.equal(listed.length, 1)
  assert.deepEqual(typesOf(desk.say({ type: 'describe-cluster', replyTo })), ['cluster'])
  const kill = (taskId: string) => desk.say({ type: 'operator-kill', frameworkId, taskId: taskId as TaskId, replyTo })
  assert.deepEqual(typesOf(kill('t')), ['kill-task', 'done'])
  assert.deepEqual(typesOf(kill('other')), ['not-found'])
  assert.deepEqual(desk.say({ type: 'pong', agentId }).changes, [{ type: 'agent-answered', agentId }])
})

test('a peer that has come back under a new address is not lost with its old one', () => {
  const { desk, agentId, frameworkId } = deskAtWork()
  desk.register('a', { life: 'i2', agentId })
  assert.deepEqual(desk.say({ type: 'agent-lost', agentId, ref: agentRef('a', 'i1') as never }).changes, [])
  desk.subscribe('one', { life: 'i2', frameworkId })
  const lost = desk.say({ type: 'scheduler-lost', frameworkId, ref: schedulerRef('one', 'i1') as never })
  assert.deepEqual(lost.changes, [])
})

/** Nothing is ever written down about what nobody knows. */
function checkKnown(desk: Desk, record: LogRecord): void {
  const { cluster } = desk.knowledge
  if (record.type === 'task-launched') {
    assert.ok(cluster.frameworks.has(record.frameworkId), `${record.type} for an unknown framework`)
    assert.ok(cluster.agents.has(record.agentId), `${record.type} for an unknown agent`)
  }
  if (record.type === 'framework-removed') assert.ok(cluster.completedFrameworks.has(record.frameworkId))
}

/** What is found by agent, by framework or by address is what a search through everything would find. */
function checkIndexes({ cluster, present }: Knowledge): void {
  const offers = [...present.offers.values()].map(({ offer }) => offer)
  for (const agentId of new Set([...cluster.agents.keys(), ...present.agents.keys()])) {
    const at = (each: { agentId: string }) => each.agentId === agentId
    assert.deepEqual(new Set(cluster.tasksAt.of(agentId)), new Set([...tasksOf(cluster)].filter(at)))
    assert.deepEqual(new Set(cluster.executorsAt.of(agentId)), new Set([...cluster.executors.values()].filter(at)))
    assert.deepEqual([...present.offersOf.of(agentId)], offers.filter(at))
  }
  for (const frameworkId of cluster.frameworks.keys()) {
    assert.deepEqual([...present.offersTo.of(frameworkId)], offers.filter((each) => each.frameworkId === frameworkId))
  }
  const connected = [...present.agents].flatMap(([agentId, { ref }]) => (ref ? [[ref, agentId] as const] : []))
  assert.deepEqual(present.agentIds, new Map(connected))
  const subscribed = [...present.schedulers].flatMap(([id, { ref }]) => (ref ? [[ref, id] as const] : []))
  assert.deepEqual(present.frameworkIds, new Map(subscribed))
}

/** What every observer must find after every step. */
function checkBooks({ desk, allocation, granted }: Model): void {
  const { cluster, present } = desk.knowledge
  for (const { offer: { offerId, agentId, frameworkId } } of present.offers.values()) {
    const [agent, scheduler] = [present.agents.get(agentId), present.schedulers.get(frameworkId)]
    assert.ok(isOffered(cluster.agents.get(agentId) as AgentRecord), `${offerId} is out, against an operator's wish`)
    assert.ok(agent?.ref && scheduler?.ref, `${offerId} is out, and one of its two sides is away`)
  }
  for (const { agentId, info, unreachableSinceMs } of cluster.agents.values()) {
    if (unreachableSinceMs !== undefined) continue
    const tasks = [...tasksOf(cluster)].filter((task) => task.agentId === agentId && !isTerminal(task.state))
    const executors = [...cluster.executors.values()].filter((each) => each.agentId === agentId)
    const offers = [...present.offers.values()].map(({ offer }) => offer).filter((offer) => offer.agentId === agentId)
    const used = [...tasks.map(({ task }) => task.resources), ...executors.map((each) => each.resources)]
    const promised = sum([...used, ...offers.map((offer) => offer.resources)])
    assert.ok(contains(info.resources, promised), `${agentId}: ${JSON.stringify(promised)} is promised`)
    const { telling } = present.agents.get(agentId) ?? {}
    const underWay = granted.filter((grant) =>
      grant.agentId === agentId && grant.telling === telling && cluster.frameworks.has(grant.frameworkId))
    const books = sum(allocation.held(agentId).map((holding) => holding.resources))
    const all = sum([promised, ...underWay.map((grant) => grant.resources)])
    const differ = `${agentId}: the allocator holds ${JSON.stringify(books)}, the master ${JSON.stringify(all)}`
    assert.ok(equals(books, all), differ)
  }
  const refolded = newCluster()
  for (const record of desk.records) apply(refolded, record)
  assert.deepEqual(refolded, cluster)
}

const replyTo = refOf<OperatorAnswer>(nodeAddress('master', 'm', '1'), 'port.http')
const WISHES = [
  'operator-activate', 'operator-activate', 'operator-deactivate', 'operator-drain', 'operator-gone',
] as const

const STEPS: readonly ((model: Model) => void)[] = [
  (model) => model.agentComes(`a${model.dice(3)}`),
  (model) => model.agentGoes(`a${model.dice(3)}`),
  (model) => { if (model.dice(3) === 0) model.agentLeaves(`a${model.dice(3)}`) },
  (model) => model.schedulerComes(`s${model.dice(3)}`),
  (model) => { if (model.dice(2) === 0) model.schedulerGoes(`s${model.dice(3)}`) },
  (model) => { if (model.dice(4) === 0) model.teardown(`s${model.dice(3)}`) },
  (model) => model.run(), (model) => model.run(), (model) => model.run(),
  (model) => model.hear(), (model) => model.hear(), (model) => model.hear(),
  (model) => model.accept(), (model) => model.accept(), (model) => model.accept(),
  (model) => model.decline(),
  (model) => model.step(), (model) => model.step(), (model) => model.step(), (model) => model.step(),
  (model) => model.acknowledge(), (model) => model.acknowledge(),
  (model) => model.executorExits(),
  (model) => model.say({ type: 'ping-round' }),
  (model) => { model.desk.knowledge.now += model.dice(AGENT_TIMEOUT_MS) },
  (model) => model.say({ type: 'sweep' }),
  (model) => {
    const agentId = model.pick(model.desk.knowledge.cluster.agents.keys())
    const type = model.pick(WISHES)
    const how = { deadlineMs: model.dice(1_000), gone: model.dice(2) === 0 }
    if (agentId && type) model.say({ type, agentId, replyTo, ...(type === 'operator-drain' ? how : {}) })
  },
  (model) => {
    const framework = model.pick(model.desk.knowledge.cluster.frameworks.keys())
    if (framework) model.say({ type: model.dice(2) ? 'suppress' : 'revive', frameworkId: framework, roles: [] })
  },
]

test('whatever comes in whatever order, no agent is promised twice, and master and allocator agree', () => {
  const anySteps = fc.array(fc.nat(STEPS.length - 1), { minLength: 50, maxLength: 400, size: 'max' })
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 31 }), anySteps, (seed, steps) => {
    const model = new Model(seed)
    model.agentComes('a0')
    model.schedulerComes('s0')
    for (const step of steps) {
      (STEPS[step] as (typeof STEPS)[number])(model)
      for (const record of model.records.splice(0)) checkKnown(model.desk, record)
      checkBooks(model)
      checkIndexes(model.desk.knowledge)
    }
  }), { numRuns: 150, includeErrorInReport: true })
})
