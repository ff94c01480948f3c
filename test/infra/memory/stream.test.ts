import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { MemoryStream } from '../../../infra/memory/stream.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { beat, LogReader, streamConformance } from '../stream-conformance.js'

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

test('who reads when the end of the log is lost is told so, and hears no more before asking again', async (t) => {
  const stream = new MemoryStream<LogEntry>()
  const reader = await LogReader.of(t, 'lost', async (_t, _log, tell) => stream.port(tell))
  reader.read(0)
  reader.add(beat(0), beat(1), beat(2))
  stream.lose(2)
  reader.add(beat(3))
  assert.deepEqual([reader.isInterrupted, reader.positions], [true, [0, 1, 2]])
  reader.read('recent')
  assert.deepEqual([reader.positions, reader.entries], [[0, 1], [beat(0), beat(3)]])
})
