import assert from 'node:assert/strict'
import test from 'node:test'
import { apply, newCluster, tasksOf } from '../../../actors/master/cluster.js'
import { judge, newFence } from '../../../actors/master/fence.js'
import { logOf, piecesOf } from '../../../infra/bench/log-of.js'
import { packEntry, unpackEntry } from '../../../infra/entry-codec.js'

test('every entry of a made log counts, and folds to a cluster of that size whose tasks all run', () => {
  const cluster = newCluster()
  let fence = newFence
  for (const made of logOf('c', { agents: 7, tasks: 23 })) {
    const [next, verdict] = judge(fence, unpackEntry(packEntry(made)))
    fence = next
    assert.ok(verdict.counts)
    for (const record of verdict.records) apply(cluster, record)
  }
  const tasks = [...tasksOf(cluster)]
  assert.deepEqual([cluster.name, cluster.agents.size, tasks.length], ['c', 7, 23])
  assert.ok(tasks.every(({ state, agentId }) => state === 'RUNNING' && cluster.agents.has(agentId)))
})

test('pieces are all of it, in order', () => {
  const entries = [...logOf('c', { agents: 600, tasks: 600 })]
  const pieces = [...piecesOf(entries)]
  assert.ok(pieces.length > 1)
  assert.deepEqual(pieces.flat(), entries)
})
