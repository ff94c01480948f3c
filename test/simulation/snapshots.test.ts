import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LEADERLESS_MS, LEADERLESS_SPREAD_MS } from '../../actors/master/registrar-state.js'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { AgentView, FrameworkView, TaskView } from '../../actors/protocol/operator.js'
import { task } from '../../actors/scheduler/task.js'
import { refOf } from '../../runtime/address.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'
import { listener, nothingHeard } from './authors.js'

/** A cluster at work, in which a snapshot is due every few seconds. */
async function busy(seed: number, snapshotWeightMin = 4_096) {
  const cluster = new SimulatedCluster({ seed, snapshotWeightMin })
  const heard = nothingHeard()
  await cluster.master()
  const first = cluster.lastMaster
  cluster.settle()
  let launched = 0
  await cluster.framework(listener('one', heard, (offers, ctx) => {
    ctx.accept(offers, [task({ id: `t${launched++}`, resources: { cpus: 1 }, command: 'sleep 100' })], { refuseMs: 0 })
  }, { failoverTimeoutMs: 60_000 }))
  const agent = await cluster.agent('a1', { cpus: 4, mem: 64 })
  /** Tasks end and others begin. */
  const work = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      cluster.advance(1_000)
      const [oldest] = agent.machine.running()
      if (oldest !== undefined && second % 2 === 0) agent.machine.end(oldest, { code: 0 })
    }
  }
  return { cluster, heard, first, agent, work }
}

const entriesOf = (cluster: SimulatedCluster): { readonly first: number; readonly entries: LogEntry[] } => {
  const read: { first: number; entries: LogEntry[] } = { first: -1, entries: [] }
  cluster.log.port((_to, event) => {
    if (event.type !== 'stream-entries') return
    if (read.first < 0) read.first = event.position
    read.entries.push(...event.entries)
  })({ type: 'read', from: 0, reading: 1, replyTo: refOf('master-reader@1' as never, 'reader') })
  return read
}

const shown = (cluster: SimulatedCluster) => ({
  agents: (cluster.list('agents') as AgentView[]).map(({ id, used, tasks }) => ({ id, used, tasks })),
  frameworks: (cluster.list('frameworks') as FrameworkView[]).map(({ id, tasks, used }) => ({ id, tasks, used })),
  tasks: (cluster.list('tasks') as TaskView[]).map(({ launch, state, exitCode }) => ({ launch, state, exitCode })),
})

for (const seed of [1, 2, 3, 4, 5]) {
  test(`a log does not grow for ever, and who comes late knows all the same (seed ${seed})`, async () => {
    const { cluster, first, agent, work } = await busy(seed)
    await cluster.master(undefined, 'm2')
    work(120)
    const { first: left, entries } = entriesOf(cluster)
    assert.ok(left > 0, 'what nobody needs is forgotten')
    const begun = entries.filter(({ type }) => type === 'log-snapshot-begun').length
    assert.ok(begun >= 2 && begun <= 3 && entries[0]?.type === 'log-snapshot-begun', `${begun} are left`)
    // The master that was started last has read all of it; the next one begins with a snapshot.
    const known = shown(cluster)
    await cluster.master(undefined, 'm3')
    cluster.advance(1_500)
    assert.deepEqual(shown(cluster), known)
    const running = agent.machine.running()
    cluster.kill(first)
    work(20)
    assert.ok(running.length > 0 && agent.machine.started.length === new Set(agent.machine.started).size)
    assert.deepEqual(cluster.errors, [], 'masters that compared what they know found the same')
  })

  test(`a master that missed what has been forgotten begins again, and can lead (seed ${seed})`, async () => {
    const { cluster, first, agent, work } = await busy(seed)
    await cluster.master(undefined, 'm2')
    work(10)
    // What it is to read next is gone, as for one that was frozen for hours.
    cluster.log.trim(cluster.log.end)
    work(60)
    const before = shown(cluster)
    cluster.kill(first)
    cluster.advance(LEADERLESS_MS + LEADERLESS_SPREAD_MS)
    assert.deepEqual(shown(cluster).tasks, before.tasks)
    assert.deepEqual(agent.machine.running().length, 4)
    assert.deepEqual(cluster.errors, [])
  })

  test(`all masters are started again at once, and go on where they were (seed ${seed})`, async () => {
    const { cluster, first, agent, work } = await busy(seed)
    work(60)
    const before = shown(cluster)
    const running = agent.machine.running()
    cluster.kill(first)
    cluster.advance(1_000)
    await cluster.master(undefined, 'm2')
    cluster.advance(30_000)
    const after = shown(cluster)
    assert.deepEqual(after.tasks, before.tasks)
    assert.deepEqual(agent.machine.running(), running)
    assert.deepEqual(cluster.errors, [])
  })

  test(`a log that has lost its end heals: agents make the next master claim above (seed ${seed})`, async () => {
    const { cluster, first, agent, work } = await busy(seed, Infinity)
    const end = cluster.log.end
    const second = await cluster.master(undefined, 'm2').then(() => cluster.lastMaster)
    cluster.kill(first)
    work(5)
    const running = agent.machine.running()
    cluster.kill(second)
    // The claim of the second master, and all that it decided.
    cluster.log.lose(cluster.log.end - end)
    await cluster.master(undefined, 'm3')
    work(30)
    const epochs = entriesOf(cluster).entries.flatMap((entry) => (entry.type === 'log-claimed' ? [entry.epoch] : []))
    assert.deepEqual(epochs.slice(-2), [2, 3], 'the second claim of epoch 2 was not obeyed')
    const [known] = cluster.list('agents') as AgentView[]
    assert.equal(known?.state, 'active')
    assert.equal(known?.tasks, agent.machine.running().length)
    assert.ok(running.length > 0 && agent.machine.started.length === new Set(agent.machine.started).size)
  })
}
