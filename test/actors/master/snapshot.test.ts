import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { apply, newCluster, type Cluster } from '../../../actors/master/cluster.js'
import { hashOf, joined, SnapshotMaking } from '../../../actors/master/snapshot-making.js'
import { restore, snapshotOf } from '../../../actors/master/snapshot.js'
import type { AgentId } from '../../../actors/protocol/ids.js'
import { logRecord, type LogRecord } from '../../../actors/protocol/log.js'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { packEntry, unpackEntry } from '../../../infra/entry-codec.js'
import { record } from './records.js'

const fold = (records: readonly LogRecord[], cluster = newCluster()): Cluster => {
  for (const each of records) apply(cluster, each)
  return cluster
}
const genesis: LogRecord = { type: 'genesis', cluster: 'warren', prefix: 'w', clusterId: 'c1' }
const history = fc.array(record, { maxLength: 80 }).map((records) => [genesis, ...records])

/** As it comes out of a stream again: with no field more than the schema has, and bytes of another class. */
function written(cluster: Cluster): { readonly cluster: Cluster; readonly hash: string; readonly parts: number } {
  const making = new SnapshotMaking(cluster, 1)
  const pieces: LogEntry[] = []
  for (let piece = making.next(); piece; piece = making.next()) {
    const place = { epoch: 1, nonce: 'n', snapshot: 1, part: pieces.length + 1 }
    pieces.push(unpackEntry<LogEntry>(packEntry({ type: 'log-snapshot-part', ...place, ...piece } as LogEntry)))
  }
  const { hash, parts } = making.result
  const records = joined(pieces as Parameters<typeof joined>[0], hash)
  assert.ok(records, 'its hash is right')
  assert.equal(parts, pieces.length)
  return { cluster: restore(records), hash, parts }
}

test('whatever was decided: a snapshot at any cut, and what follows, come to the same cluster and hash', () => {
  fc.assert(fc.property(history, fc.nat(80), (records, cut) => {
    const all = fold(records)
    const restored = written(fold(records.slice(0, cut))).cluster
    const both = fold(records.slice(cut), restored)
    assert.deepEqual(plain(both), plain(all))
    assert.equal(hashOf(both), hashOf(all))
    assert.equal(written(all).hash, hashOf(all))
  }), { numRuns: 500 })
})

test('every kind of record is tried', () => {
  const seen = new Set(fc.sample(record, 2_000).map(({ type }) => type))
  assert.deepEqual([...seen, 'genesis'].sort(), Object.keys(logRecord).sort(), 'add the new kind to records.ts')
})

test('masters that know different things have different hashes, were it only the order', () => {
  const of = (...ids: string[]) => hashOf(fold([genesis, ...ids.map((id): LogRecord =>
    ({ type: 'framework-admitted', frameworkId: id as never, atMs: 1, info: INFO }))]))
  const hashes = [of(), of('w-0001'), of('w-0002'), of('w-0001', 'w-0002'), of('w-0002', 'w-0001')]
  assert.equal(new Set(hashes).size, hashes.length)
})
const INFO = { name: 'one', roles: ['*' as never], user: 'ann', failoverTimeoutMs: 0, labels: [] }

test('a piece is of what was known when the snapshot was begun, whatever is decided meanwhile', () => {
  fc.assert(fc.property(history, history, (before, meanwhile) => {
    const cluster = fold(before)
    const hash = hashOf(cluster)
    const making = new SnapshotMaking(cluster, 1)
    fold(meanwhile, cluster)
    while (making.next()) { /* to its end */ }
    assert.equal(making.result.hash, hash)
  }))
})

test('what was changed on its way is no snapshot', () => {
  const records = [...snapshotOf(fold([genesis]))]
  assert.equal(joined([{ records: [genesis], kept: [] }], hashOf(fold([genesis]))), undefined)
  assert.ok(records.length > 1)
})

/** Fields that are absent and those that are undefined mean the same; an index has no order. */
const plain = ({ tasksAt, executorsAt, ...cluster }: Cluster): unknown => {
  const indexed = [...cluster.agents.keys(), 'x-S9' as AgentId].map((agentId) => ({
    tasks: [...tasksAt.of(agentId)].map(({ launchId, state }) => `${launchId} ${state}`).sort(),
    executors: [...executorsAt.of(agentId)].length,
  }))
  return JSON.parse(JSON.stringify([cluster, indexed], (_key, value: unknown) =>
    (value instanceof Map ? [...value] : value instanceof Uint8Array ? [...value] : value)))
}
