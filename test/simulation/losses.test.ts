import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentView } from '../../actors/protocol/operator.js'
import type { TaskInfo } from '../../actors/protocol/task.js'
import { framework, type FrameworkEvent } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'

/** Launches whatever is in its queue, and puts back what is lost. */
async function service(restartLost: true | { readonly returned: 'kill' | 'keep' }) {
  const cluster = new SimulatedCluster()
  const heard: FrameworkEvent[] = []
  await cluster.master()
  const first = task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })
  await cluster.framework(framework<readonly TaskInfo[]>({
    name: 'service', restartLost, failoverTimeoutMs: 600_000,
    initial: () => [first],
    receive(queue, event, ctx) {
      if (event.type === 'update' || event.type === 'lost') heard.push(event)
      if (event.type === 'lost') ctx.revive()
      if (event.type === 'lost') return [...queue, event.task]
      if (event.type !== 'offers') return queue
      const [offer, ...others] = event.offers
      ctx.decline(others, { refuseMs: 60_000 })
      if (offer) ctx.accept(offer, queue, { refuseMs: 60_000 })
      return []
    },
  }))
  const one = await cluster.agent('a1', { cpus: 2, mem: 64 })
  cluster.advance(1_000)
  const other = await cluster.agent('a2', { cpus: 2, mem: 64 })
  cluster.advance(1_000)
  const told = () => heard.map((event) => (event.type === 'lost' ? `lost ${event.update.taskId}`
    : event.type === 'update' ? `${event.update.taskId} ${event.update.state}` : event.type))
  return { cluster, one, other, told }
}

test('a task whose agent is gone for good runs elsewhere', async () => {
  const { cluster, one, other, told } = await service(true)
  cluster.kill(one.system)
  cluster.advance(120_000)
  assert.equal(other.machine.running().length, 1)
  assert.deepEqual(told(), ['t RUNNING', 'lost t', 't~2 RUNNING'])
})

test('a task that returns with its agent after it was replaced is killed, and ends for nobody', async () => {
  const { cluster, one, other, told } = await service(true)
  cluster.kill(one.system)
  cluster.advance(120_000)
  await cluster.agent('a1', { cpus: 2, mem: 64 }, one)
  cluster.advance(10_000)
  assert.deepEqual([one.machine.running(), other.machine.running().length], [[], 1])
  assert.deepEqual(told(), ['t RUNNING', 'lost t', 't~2 RUNNING'])
  assert.deepEqual((cluster.list('agents') as AgentView[]).map(({ used }) => used), [{}, { cpus: 1 }])
})

test('a task that returns is kept beside its replacement where its author wants that', async () => {
  const { cluster, one, other, told } = await service({ returned: 'keep' })
  cluster.kill(one.system)
  cluster.advance(120_000)
  await cluster.agent('a1', { cpus: 2, mem: 64 }, one)
  cluster.advance(10_000)
  assert.deepEqual([one.machine.running().length, other.machine.running().length], [1, 1])
  assert.deepEqual(told(), ['t RUNNING', 'lost t', 't~2 RUNNING', 't RUNNING'])
})

test('what an operator declares gone runs elsewhere at once', async () => {
  const { cluster, one, other, told } = await service(true)
  const [{ id }] = cluster.list('agents') as [AgentView]
  cluster.operate((replyTo) => ({ type: 'operator-gone', agentId: id, replyTo }))
  cluster.advance(10_000)
  assert.deepEqual([one.machine.running(), other.machine.running().length], [[], 1])
  assert.deepEqual(told(), ['t RUNNING', 'lost t', 't~2 RUNNING'])
})
