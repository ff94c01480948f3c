import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentView, ClusterView, FrameworkView, OperatorAnswer } from '../../actors/protocol/operator.js'
import { task } from '../../actors/scheduler/task.js'
import type { Ref } from '../../runtime/address.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'
import { listener, nothingHeard } from './authors.js'

/** Two masters, an agent and a framework that keeps one task running. */
async function clusterOfTwo(seed: number) {
  const cluster = new SimulatedCluster({ seed })
  const heard = nothingHeard()
  await cluster.master()
  const first = cluster.lastMaster
  cluster.settle()
  await cluster.master(undefined, 'm2')
  cluster.settle()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    const sleep = task({ id: `t${heard.updates.length}`, resources: { cpus: 1 }, command: 'sleep 100' })
    ctx.accept(offers, heard.updates.length < 1 ? [sleep] : [], { refuseMs: 0 })
  }, { failoverTimeoutMs: 60_000 }))
  const agent = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.advance(1_000)
  return { cluster, heard, first, agent }
}

const usedOf = (cluster: SimulatedCluster) => (cluster.list('agents') as AgentView[]).map(({ used }) => used['cpus'])

for (const seed of [1, 2, 3, 4, 5]) {
  test(`a master that follows knows what the leader decides (seed ${seed})`, async () => {
    const { cluster, agent } = await clusterOfTwo(seed)
    assert.equal(agent.machine.running().length, 1)
    // The master that was started last only follows.
    assert.deepEqual(usedOf(cluster), [1])
    const frameworks = (cluster.list('frameworks') as FrameworkView[]).map(({ name, tasks }) => [name, tasks])
    assert.deepEqual(frameworks, [['one', 1]])
  })

  test(`when the leader is killed the next one leads, and nothing is lost or run twice (seed ${seed})`, async () => {
    const { cluster, heard, first, agent } = await clusterOfTwo(seed)
    const running = agent.machine.running()
    cluster.kill(first)
    cluster.advance(10_000)
    assert.deepEqual([agent.machine.running(), agent.machine.started], [running, running])
    const view = viewOf(cluster)
    assert.deepEqual([view.leading, view.leader, view.epoch], [true, 'm2', 2])
    const [known] = cluster.list('agents') as AgentView[]
    assert.deepEqual([known?.state, known?.used['cpus']], ['active', 1])
    assert.equal((cluster.list('frameworks') as FrameworkView[])[0]?.state, 'active')
    const offered = heard.offers.at(-1)
    assert.equal(offered?.resources.scalars['cpus'], 3_000, 'what is free is offered anew')
    agent.machine.end(running[0] as string, { code: 0 })
    cluster.advance(1_000)
    assert.deepEqual(heard.updates.map(({ state }) => state), ['RUNNING', 'FINISHED'], 'only what is news')
    assert.deepEqual(cluster.errors, [])
  })
}

for (const seed of [1, 2, 3]) {
  test(`what a framework needs holds under the next leader as well, until there is room (seed ${seed})`, async () => {
    const { cluster, first, agent } = await clusterOfTwo(seed)
    const author = nothingHeard()
    await cluster.framework(listener('wide', author, (offers, ctx) => ctx.decline(offers), {
      needs: { cpus: 3.5 }, failoverTimeoutMs: 60_000,
    }))
    cluster.advance(10_000)
    cluster.kill(first)
    cluster.advance(10_000)
    const needs = (cluster.list('frameworks') as FrameworkView[]).map((view) => view.needs)
    assert.deepEqual([author.offers, needs], [[], [undefined, { cpus: 3.5 }]])
    agent.machine.end(agent.machine.running()[0] as string, { code: 0 })
    cluster.advance(1_000)
    assert.deepEqual(author.offers.map(({ resources }) => resources.scalars['cpus']), [4_000])
  })
}

test('a launch that was lost with its master is asked for, and told to be unknown', async () => {
  const { cluster, heard, first } = await clusterOfTwo(1)
  const author = nothingHeard()
  await cluster.framework(listener('two', author, (offers, ctx) => {
    if (author.offers.length > 1) return
    ctx.accept(offers, [task({ id: 'lost', resources: { cpus: 1 }, command: 'true' })])
    // The master is gone before it can hear of it.
    cluster.kill(first)
  }, { failoverTimeoutMs: 60_000 }))
  cluster.advance(60_000)
  assert.deepEqual(author.updates, [], 'agents might still bring it back')
  cluster.advance(60_000)
  assert.deepEqual(author.updates.map(({ taskId, state }) => [taskId, state]), [['lost', 'UNKNOWN']])
  assert.deepEqual(heard.updates.map(({ state }) => state), ['RUNNING'])
})

test('a scheduler in another process hears how its tasks stand, and goes on from there', async () => {
  const cluster = new SimulatedCluster()
  const before = nothingHeard()
  await cluster.master()
  const author = (heard: typeof before) => listener('one', heard, (offers, ctx) => {
    const sleep = task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })
    ctx.accept(offers, before.updates.length < 1 ? [sleep] : [], { refuseMs: 0 })
  })
  const system = await cluster.framework(author(before))
  const agent = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.advance(1_000)
  const [{ id }] = cluster.list('frameworks') as [FrameworkView]
  cluster.kill(system)
  cluster.advance(30_000)
  const after = nothingHeard()
  await cluster.framework(author(after), id)
  cluster.advance(1_000)
  assert.deepEqual(after.updates.map(({ state, reason }) => [state, reason]), [['RUNNING', 'reconciliation']])
  agent.machine.end(agent.machine.running()[0] as string, { code: 0 })
  cluster.advance(1_000)
  assert.deepEqual(after.updates.map(({ state }) => state), ['RUNNING', 'FINISHED'])
})

function viewOf(cluster: SimulatedCluster): ClusterView {
  let view: ClusterView | undefined
  const system = cluster.lastMaster
  const replyTo = system.port<OperatorAnswer>('viewer', (answer) => {
    if (answer.type === 'cluster') ({ view } = answer)
  })
  system.tell(`${system.node}/master` as Ref<{ type: 'describe-cluster'; replyTo: Ref<OperatorAnswer> }>,
    { type: 'describe-cluster', replyTo })
  cluster.settle()
  return view ?? assert.fail('the master did not answer')
}
