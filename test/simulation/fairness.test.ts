import assert from 'node:assert/strict'
import test from 'node:test'
import type { AgentView, FrameworkView } from '../../actors/protocol/operator.js'
import { SimulatedCluster, type ClusterOptions } from '../support/simulated-cluster.js'
import { greedy } from './authors.js'

/** Two greedy frameworks on two agents, with tasks that end one at a time at random; the cpus each holds in the end. */
async function contest(options: ClusterOptions, rounds: number): Promise<[number, number]> {
  const cluster = new SimulatedCluster(options)
  await cluster.master()
  await cluster.framework(greedy('one', 'a', { cpus: 1, mem: 32 }))
  await cluster.framework(greedy('two', 'b', { cpus: 1, mem: 32 }))
  cluster.settle()
  const half = { cpus: 12, mem: 1024 }
  const agents = [await cluster.agent('a1', half), await cluster.agent('a2', half)]
  cluster.settle()
  for (let round = 0; round < rounds; round++) {
    const running = agents.flatMap(({ machine }) => machine.running().map((launchId) => ({ machine, launchId })))
    const ending = running[Math.floor(cluster.random.next() * running.length)]
    ending?.machine.end(ending.launchId, { code: 0 })
    cluster.settle()
  }
  const used = (cluster.list('agents') as AgentView[]).reduce((sum, agent) => sum + Number(agent.used['cpus'] ?? 0), 0)
  assert.equal(used, 24, 'both agents are full')
  assert.deepEqual(cluster.errors, [])
  const frameworks = cluster.list('frameworks') as FrameworkView[]
  const held = (name: string) => Number(frameworks.find((each) => each.name === name)?.used['cpus'] ?? 0)
  return [held('one'), held('two')]
}

for (const seed of [11, 12, 13]) {
  test(`two that want everything, of equal weight, end within one task of each other (seed ${seed})`, async () => {
    const [one, two] = await contest({ seed }, 100)
    assert.ok(Math.abs(one - two) <= 1, `${one} and ${two} cpus`)
  })

  test(`with weights 2:1 they end within one task of 2:1 (seed ${seed})`, async () => {
    const [one, two] = await contest({ seed, weights: { a: 2, b: 1 } }, 100)
    assert.ok(Math.abs(one - 2 * two) <= 2, `${one} and ${two} cpus`)
    assert.ok(Math.abs(one - 16) <= 1, `${one} cpus of the 16 that are fair`)
  })
}

test('when offers are shared, both begin within one task of the half that is fair, whatever the seed', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const [one, two] = await contest({ seed, shareOffers: true }, 0)
    // An offer of left-over memory that is out when the second agent comes counts like any other.
    assert.ok(Math.abs(one - 12) <= 1 && Math.abs(two - 12) <= 1, `seed ${seed}: ${one} and ${two} cpus`)
  }
})
