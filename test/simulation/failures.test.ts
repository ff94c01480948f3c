import assert from 'node:assert/strict'
import test from 'node:test'
import { allocator } from '../../actors/allocator/allocator.js'
import { task } from '../../actors/scheduler/task.js'
import type { AgentView, FrameworkView } from '../../actors/protocol/operator.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'
import { listener, nothingHeard, type Heard } from './authors.js'

const sleeper = (heard: Heard, more = {}) => listener('one', heard, (offers, ctx) => {
  if (heard.updates.length === 0) ctx.accept(offers, [task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })])
}, more)
const states = (heard: Heard) => heard.updates.map((each) => each.state)

test('an allocator that crashes is rebuilt from what the master knows, and offers nothing twice', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  const poisoned = (options: Parameters<typeof allocator>[0]) => {
    const real = allocator(options)
    return { ...real, receive: (state: never, message: { type: string }, ctx: never) => {
      if (message.type === 'suppress-roles') throw new Error('poison')
      return real.receive(state, message as never, ctx)
    } }
  }
  await cluster.master(poisoned as unknown as typeof allocator)
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    if (heard.updates.length > 0) return
    ctx.accept(offers, [task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })], { refuseMs: 100 })
  }, { receive(state, event, ctx) {
    if (event.type === 'offers') {
      heard.offers.push(...event.offers)
      const sleep = task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })
      if (heard.updates.length === 0) ctx.accept(event.offers, [sleep], { refuseMs: 0 })
    }
    if (event.type === 'update') heard.updates.push(event.update)
    if (event.type === 'update') ctx.suppress()
    return state
  } }))
  await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.advance(5_000)
  assert.equal(cluster.errors.filter((line) => line.includes('poison')).length, 1)
  const [agent] = cluster.list('agents') as AgentView[]
  assert.equal(agent?.used['cpus'], 1)
  const promised = (agent?.used['cpus'] as number) + ((agent?.offered['cpus'] as number | undefined) ?? 0)
  assert.ok(promised <= 4, `${promised} cpus are promised of 4`)
  await cluster.framework(listener('two', nothingHeard(), () => undefined))
  cluster.settle()
  assert.equal((cluster.list('agents') as AgentView[])[0]?.offered['cpus'], 3)
})

test('a framework without a failover timeout ends with its scheduler, and so do its tasks', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  const system = await cluster.framework(sleeper(heard, { failoverTimeoutMs: 0 }))
  const { machine } = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  assert.equal(machine.running().length, 1)
  cluster.kill(system)
  cluster.advance(10_000)
  assert.deepEqual(machine.running(), [])
  assert.deepEqual(cluster.list('frameworks'), [])
  assert.deepEqual((cluster.list('agents') as AgentView[])[0]?.used, {})
})

test('a framework with a failover timeout keeps its tasks until the timeout is over', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  const system = await cluster.framework(sleeper(heard, { failoverTimeoutMs: 60_000 }))
  const { machine } = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  cluster.kill(system)
  cluster.advance(59_000)
  assert.equal(machine.running().length, 1)
  assert.equal((cluster.list('frameworks') as FrameworkView[])[0]?.state, 'disconnected')
  cluster.advance(5_000)
  assert.deepEqual(machine.running(), [])
})

test('an agent that is killed and comes back finds its tasks running and reports how they ended', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(sleeper(heard))
  const before = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  const [launchId] = before.machine.running()
  cluster.kill(before.system)
  cluster.settle()
  assert.equal((cluster.list('agents') as AgentView[])[0]?.state, 'disconnected')
  before.machine.end(launchId as string, { code: 7 })
  await cluster.agent('a1', { cpus: 4, mem: 64 }, before)
  cluster.advance(1_000)
  assert.equal((cluster.list('agents') as AgentView[])[0]?.state, 'active')
  assert.equal(heard.updates.at(-1)?.state, 'FAILED')
  assert.equal(heard.updates.at(-1)?.exitCode, 7)
  assert.deepEqual(before.machine.started, [launchId], 'nothing was begun twice')
})

test('an agent that stays away is unreachable after 75 seconds, and its frameworks are told once', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(sleeper(heard))
  const before = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  cluster.kill(before.system)
  cluster.advance(60_000)
  assert.deepEqual(states(heard), ['RUNNING'])
  cluster.advance(40_000)
  assert.deepEqual(states(heard), ['RUNNING', 'UNREACHABLE'])
  await cluster.agent('a1', { cpus: 4, mem: 64 }, before)
  cluster.advance(1_000)
  assert.equal(heard.updates.at(-1)?.state, 'RUNNING')
  assert.equal((cluster.list('agents') as AgentView[])[0]?.used['cpus'], 1)
})

test('an agent whose framework ends while its task is being killed forgets the task, and can leave', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  const system = await cluster.framework(sleeper(heard, { failoverTimeoutMs: 0 }))
  const agent = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  cluster.kill(system)
  cluster.advance(5_000)
  assert.equal(cluster.leave(agent), true)
})
