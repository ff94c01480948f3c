import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { MemoryStream } from '../../../infra/memory/stream.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { beat, streamConformance } from '../stream-conformance.js'

const logs = new Map<string, MemoryStream<LogEntry>>()

streamConformance(async (_t, log, tell) => {
  const stream = logs.get(log) ?? new MemoryStream<LogEntry>()
  logs.set(log, stream)
  return stream.port(tell)
})

test('a long log is opened as well', () => {
  const earlier = Array.from({ length: 200_000 }, (_, number) => beat(number))
  let read = 0
  new MemoryStream<LogEntry>({ entries: earlier }).port((_to, event) => {
    if (event.type === 'stream-entries') read += event.entries.length
  })({ type: 'read', from: 0, reading: 1, replyTo: refOf(nodeAddress('master', 'm', 'life1'), 'reader') })
  assert.equal(read, earlier.length)
})
