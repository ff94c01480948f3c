import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judge, newFence, type Fence, type Verdict } from '../../../actors/master/fence.js'
import { LOG_FORMAT, type LogEntry } from '../../../actors/protocol/log-entry.js'
import type { LogRecord } from '../../../actors/protocol/log.js'

const founded = (clusterId: string, format = LOG_FORMAT): LogEntry =>
  ({ type: 'log-founded', clusterId, cluster: 'warren', prefix: 'w', format })
const claimed = (epoch: number, nonce: string): LogEntry =>
  ({ type: 'log-claimed', epoch, nonce, master: `m-${nonce}` })
const record = (token: number): LogRecord => ({ type: 'agent-removed', agentId: `S${token}` as never, atMs: token })
const decided = (epoch: number, nonce: string, seq: number): LogEntry =>
  ({ type: 'log-decided', epoch, nonce, seq, records: [record(seq)] })

/** Reads a whole log. */
function read(entries: readonly LogEntry[]): { readonly fence: Fence; readonly verdicts: readonly Verdict[] } {
  let fence = newFence
  const verdicts = entries.map((entry) => {
    const [next, verdict] = judge(fence, entry)
    fence = next
    return verdict
  })
  return { fence, verdicts }
}

const outcomes = (entries: readonly LogEntry[]) =>
  read(entries).verdicts.map((verdict) => (verdict.counts ? 'counts' : verdict.reason))

test('a log is founded once, and nothing counts before', () => {
  assert.deepEqual(outcomes([claimed(1, 'a'), founded('one'), founded('two'), claimed(2, 'a')]),
    ['not-founded', 'counts', 'founded-already', 'counts'])
  assert.equal(read([founded('one'), founded('two')]).fence.clusterId, 'one')
  assert.deepEqual(outcomes([founded('one', LOG_FORMAT + 1)]), ['newer-format'])
})

test('the first claim of an epoch wins it, and a later claim must be above all that were seen', () => {
  const log = [founded('one'), claimed(1, 'a'), claimed(1, 'b'), claimed(3, 'c'), claimed(2, 'd')]
  assert.deepEqual(outcomes(log), ['counts', 'counts', 'epoch-taken', 'counts', 'epoch-taken'])
  assert.deepEqual(read(log).fence, { clusterId: 'one', epoch: 3, nonce: 'c', seq: 0, epochSeen: 3 })
  assert.equal(read([claimed(9, 'x')]).fence.epochSeen, 9)
})

test('of the decisions of who has claimed, each counts once and in its order', () => {
  const log = [
    founded('one'), claimed(1, 'a'), decided(1, 'a', 1), decided(1, 'a', 1), decided(1, 'a', 3), decided(1, 'a', 2),
    claimed(2, 'b'), decided(1, 'a', 3), decided(2, 'a', 1), decided(2, 'b', 1),
  ]
  assert.deepEqual(outcomes(log).slice(2),
    ['counts', 'repeated', 'gap', 'counts', 'counts', 'stale', 'stale', 'counts'])
})

test('a beat is only that of who has claimed last', () => {
  const beat = (epoch: number, nonce: string): LogEntry => ({ type: 'log-beat', epoch, nonce })
  assert.deepEqual(outcomes([beat(0, ''), founded('one'), claimed(1, 'a'), beat(1, 'a'), beat(1, 'b'), beat(2, 'a')]),
    ['stale', 'counts', 'counts', 'counts', 'stale', 'stale'])
})

/** Masters that write what they like, whenever they like, and repeat themselves. */
const anyEntry = fc.oneof(
  fc.constantFrom('one', 'two').map((clusterId) => founded(clusterId)),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('a', 'b', 'c'))
    .map(([epoch, nonce]) => claimed(epoch, nonce)),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 5 }))
    .map(([epoch, nonce, seq]) => decided(epoch, nonce, seq)),
)

test('whatever is written: epochs only rise, and within one the decisions of a single master are 1, 2, 3 …', () => {
  fc.assert(fc.property(fc.array(anyEntry, { maxLength: 60 }), (log) => {
    const { verdicts } = read(log)
    let last = { epoch: 0, nonce: '', seq: 0 }
    let foundations = 0
    log.forEach((entry, index) => {
      if (!verdicts[index]?.counts) return
      if (entry.type === 'log-founded') foundations++
      if (entry.type === 'log-claimed') {
        assert.ok(entry.epoch > last.epoch)
        last = { epoch: entry.epoch, nonce: entry.nonce, seq: 0 }
      }
      if (entry.type === 'log-decided') {
        assert.deepEqual([entry.epoch, entry.nonce, entry.seq], [last.epoch, last.nonce, last.seq + 1])
        last = { ...last, seq: entry.seq }
      }
    })
    assert.ok(foundations <= 1)
  }), { numRuns: 2_000 })
})

test('who reads in pieces comes to the same as who reads at once', () => {
  fc.assert(fc.property(fc.array(anyEntry, { maxLength: 40 }), fc.nat(40), (log, cut) => {
    const first = read(log.slice(0, cut))
    let fence = first.fence
    for (const entry of log.slice(cut)) [fence] = judge(fence, entry)
    assert.deepEqual(fence, read(log).fence)
  }))
})
