import assert from 'node:assert/strict'
import test from 'node:test'
import { amountsOf } from '../../actors/resources/amounts.js'
import type { Framework } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'
import { listener, nothingHeard, type Heard } from './authors.js'

const states = ({ updates }: Heard) => updates.map((each) => `${each.taskId} ${each.state}`)

for (const seed of [1, 2, 3, 4, 5]) {
  test(`what a framework leaves of an offer is offered to the next at once (seed ${seed})`, async () => {
    const cluster = new SimulatedCluster({ seed })
    const [first, second] = [nothingHeard(), nothingHeard()]
    await cluster.master()
    await cluster.framework(listener('one', first, (offers, ctx) => {
      if (first.offers.length > 1) return
      ctx.accept(offers, [
        task({ id: 't1', resources: { cpus: 2, mem: 1024 }, command: 'sleep 1' }),
        task({ id: 't2', resources: { cpus: 1, mem: 2048 }, command: 'sleep 1' }),
      ])
    }))
    cluster.settle()
    await cluster.framework(listener('two', second, () => undefined))
    cluster.settle()
    const { machine } = await cluster.agent('a1', { cpus: 4, mem: 4096 })
    cluster.settle()
    assert.deepEqual(first.offers.map((offer) => amountsOf(offer.resources)), [{ cpus: 4, mem: 4096 }])
    assert.deepEqual(second.offers.map((offer) => amountsOf(offer.resources)), [{ cpus: 1, mem: 1024 }])
    assert.deepEqual(states(first).sort(), ['t1 RUNNING', 't2 RUNNING'])
    assert.equal(machine.running().length, 2)
    assert.deepEqual(cluster.errors, [])
  })
}

test('a task that ends frees its resources at once, and its end is acknowledged and forgotten', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    if (heard.updates.length === 0) ctx.accept(offers, [task({ id: 't', resources: { cpus: 4 }, command: 'true' })])
  }))
  const { machine } = await cluster.agent('a1', { cpus: 4, mem: 4096 })
  cluster.settle()
  const [launchId] = machine.running()
  machine.end(launchId as string, { code: 0 })
  cluster.settle()
  assert.deepEqual(states(heard), ['t RUNNING', 't FINISHED'])
  assert.equal(amountsOf(heard.offers.at(-1)!.resources)['cpus'], 4)
  const [view] = cluster.list('tasks')
  assert.equal((view as { state: string }).state, 'FINISHED')
  assert.equal((cluster.list('frameworks')[0] as { tasks: number }).tasks, 0)
})

test('declined resources are withheld for five seconds, unless the framework revives', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    ctx.decline(offers)
    if (heard.offers.length === 2) ctx.revive()
  }))
  await cluster.agent('a1', { cpus: 1, mem: 64 })
  cluster.settle()
  assert.equal(heard.offers.length, 1)
  cluster.advance(4_900)
  assert.equal(heard.offers.length, 1)
  cluster.advance(200)
  assert.equal(heard.offers.length, 3)
})

test('an offer that nobody answers is rescinded, and offered to another', async () => {
  const cluster = new SimulatedCluster()
  const [first, second] = [nothingHeard(), nothingHeard()]
  await cluster.master()
  await cluster.framework(listener('one', first, () => undefined))
  cluster.settle()
  await cluster.agent('a1', { cpus: 1, mem: 64 })
  cluster.settle()
  await cluster.framework(listener('two', second, () => undefined))
  cluster.advance(31_000)
  assert.deepEqual(first.others.filter((event) => event.type === 'rescind').length, 1)
  assert.equal(second.offers.length, 1)
})

test('a task that does not fit is refused with the reason, and the others are launched', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    if (heard.offers.length > 1) return
    ctx.accept(offers, [
      task({ id: 'fits', resources: { cpus: 1 }, command: 'true' }),
      task({ id: 'too-big', resources: { cpus: 64 }, command: 'true' }),
      task({ id: 'fits', resources: { cpus: 1 }, command: 'true' }),
    ])
  }))
  await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  assert.deepEqual(states(heard).sort(), ['fits ERROR', 'fits RUNNING', 'too-big ERROR'])
  assert.match(heard.updates.find((each) => each.taskId === 'too-big')?.text ?? '', /needs cpus:64/)
})

test('an accepted offer cannot be accepted again: its tasks are dropped', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    if (heard.offers.length > 1) return
    ctx.accept(offers, [task({ id: 'a', resources: { cpus: 1 }, command: 'true' })])
    ctx.accept(offers, [task({ id: 'b', resources: { cpus: 1 }, command: 'true' })])
  }))
  await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.settle()
  assert.deepEqual(states(heard).sort(), ['a RUNNING', 'b DROPPED'])
})

test('a killed task gets SIGTERM, reports KILLING and KILLED, and is gone', async () => {
  const cluster = new SimulatedCluster()
  const heard = nothingHeard()
  await cluster.master()
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    if (heard.offers.length > 1) return
    ctx.accept(offers, [task({ id: 'a', resources: { cpus: 1 }, command: 'sleep 100' })])
    ctx.after('kill', 1_000)
  }, { receive: killOnTimer(heard) }))
  const { machine } = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.advance(2_000)
  assert.deepEqual(states(heard), ['a RUNNING', 'a KILLING', 'a KILLED'])
  assert.deepEqual(machine.running(), [])
})

function killOnTimer(heard: Heard): Framework<null>['receive'] {
  return (state, event, ctx) => {
    if (event.type === 'offers' && heard.updates.length === 0) {
      ctx.accept(event.offers, [task({ id: 'a', resources: { cpus: 1 }, command: 'sleep 100' })])
      ctx.after('kill', 1_000)
    }
    if (event.type === 'timer') ctx.kill('a')
    if (event.type === 'update') heard.updates.push(event.update)
    return state
  }
}
