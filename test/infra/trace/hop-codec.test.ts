import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packBatch, unpackBatch } from '../../../infra/trace/hop-codec.js'
import type { HopRecord } from '../../../infra/trace/hop-record.js'
import { AGENT, handled, hop } from './hops.js'

const ALL: readonly HopRecord[] = [
  ...handled(1, 1_700_000_000_000.125, { from: AGENT, parent: 'cd'.repeat(8), bytes: 7, framework: 'f' }),
  hop('dropped', 2, 2, { reason: 'expired', body: { data: Uint8Array.of(1), list: [1, 'x', null] } }),
  hop('processed', 3, 3, { given: [0.5, 12], outcome: 'unhandled', durationMs: 0.25 }),
  hop('delivered', 4, 4, { body: { list: [1] }, isCut: true }),
]

test('hops travel as they are', () => {
  const batch = { isBacklog: true, missed: 3, records: ALL }
  assert.deepEqual(unpackBatch(packBatch(batch) ?? assert.fail()), batch)
})

test('what is no batch is nothing, and a hop of a newer kind is left out', () => {
  assert.equal(unpackBatch(Uint8Array.of(0x91, 0x02)), undefined)
  assert.equal(unpackBatch(new TextEncoder().encode('hello')), undefined)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void unpackBatch(bytes)))
  const packed = packBatch({ isBacklog: false, missed: 0, records: [hop('sent', 1, 1), hop('paused' as 'sent', 1, 1)] })
  assert.deepEqual(unpackBatch(packed ?? assert.fail())?.records, [hop('sent', 1, 1)])
})
