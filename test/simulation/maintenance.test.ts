import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentId } from '../../actors/protocol/ids.js'
import type { AgentView, FrameworkView } from '../../actors/protocol/operator.js'
import { task } from '../../actors/scheduler/task.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'
import { listener, nothingHeard } from './authors.js'

type Wish =
  | { readonly type: 'operator-activate' | 'operator-deactivate' | 'operator-gone' }
  | { readonly type: 'operator-drain'; readonly gone?: boolean }

/** An agent that runs one task of a framework, under two masters. */
async function atWork() {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  const first = cluster.lastMaster
  cluster.settle()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    const sleep = task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })
    ctx.accept(offers, heard.updates.length === 0 ? [sleep] : [], { refuseMs: 0 })
  }, { failoverTimeoutMs: 60_000 }))
  const agent = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.advance(1_000)
  const [{ id }] = cluster.list('agents') as [AgentView]
  const order = (wish: Wish) => cluster.operate((replyTo) => ({ ...wish, agentId: id, replyTo }))
  const state = () => (cluster.list('agents') as AgentView[]).map((each) => each.state).join()
  return { cluster, heard, first, agent, id: id as AgentId, order, state }
}
const states = (heard: ReturnType<typeof nothingHeard>) => heard.updates.map((each) => each.state)

test('a drain ends the tasks of an agent, which is offered to nobody until it is activated', async () => {
  const { cluster, heard, agent, order, state } = await atWork()
  order({ type: 'operator-drain' })
  cluster.advance(2_000)
  assert.deepEqual([agent.machine.running(), states(heard).at(-1), state()], [[], 'KILLED', 'drained'])
  const offered = heard.offers.length
  cluster.advance(60_000)
  assert.equal(heard.offers.length, offered)
  order({ type: 'operator-activate' })
  cluster.advance(1_000)
  assert.equal(heard.offers.length > offered, true)
  assert.deepEqual(cluster.errors, [])
})

test('a new master goes on with a drain where the old one was, and tells an agent that was away', async () => {
  const { cluster, heard, first, agent, order } = await atWork()
  cluster.kill(agent.system)
  cluster.settle()
  order({ type: 'operator-drain', gone: true })
  await cluster.master(undefined, 'm2')
  cluster.settle()
  cluster.kill(first)
  cluster.advance(10_000)
  assert.equal(agent.machine.running().length, 1)
  await cluster.agent('a1', { cpus: 4, mem: 64 }, agent)
  cluster.advance(5_000)
  assert.deepEqual([agent.machine.running(), states(heard).at(-1)], [[], 'KILLED'])
  assert.deepEqual((cluster.list('agents') as AgentView[]).map((each) => each.state), ['gone'])
})

test('an agent that was declared gone and lives ends its tasks; its framework hears of one end only', async () => {
  const { cluster, heard, agent, order } = await atWork()
  order({ type: 'operator-gone' })
  cluster.advance(120_000)
  assert.deepEqual(agent.machine.running(), [])
  assert.deepEqual(states(heard), ['RUNNING', 'GONE_BY_OPERATOR'])
  assert.deepEqual((cluster.list('frameworks') as FrameworkView[])[0]?.used, {})
  assert.match(cluster.errors.join(), /refused this agent/)
})

test('an agent that returns after it was declared gone is refused, and ends what it runs', async () => {
  const { cluster, heard, agent, order, state } = await atWork()
  cluster.kill(agent.system)
  cluster.settle()
  order({ type: 'operator-gone' })
  cluster.advance(1_000)
  assert.equal(agent.machine.running().length, 1)
  await cluster.agent('a1', { cpus: 4, mem: 64 }, agent)
  cluster.advance(5_000)
  assert.deepEqual([agent.machine.running(), states(heard), state()], [[], ['RUNNING', 'GONE_BY_OPERATOR'], 'gone'])
})

test('an agent that came back too small is refused and keeps its task; given enough, it is taken back', async () => {
  const { cluster, heard, agent, state } = await atWork()
  cluster.kill(agent.system)
  cluster.settle()
  const small = await cluster.agent('a1', { cpus: 0.5, mem: 64 }, agent)
  cluster.advance(200_000)
  assert.deepEqual([agent.machine.running().length, state()], [1, 'unreachable'])
  const refusals = cluster.errors.filter((line) => line.includes('its tasks hold cpus:1'))
  assert.ok(refusals.length >= 2 && refusals.length <= 5, `${refusals.length} refusals in 200 seconds`)
  cluster.kill(small.system)
  cluster.settle()
  await cluster.agent('a1', { cpus: 2, mem: 64 }, agent)
  cluster.advance(1_000)
  assert.deepEqual([state(), states(heard)], ['active', ['RUNNING', 'UNREACHABLE', 'RUNNING']])
  assert.equal(heard.offers.at(-1)?.resources.scalars['cpus'], 1_000, 'what is free of its new size is offered')
})
