import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { MemoryStream } from '../../../infra/memory/stream.js'
import { streamConformance } from '../stream-conformance.js'

const logs = new Map<string, MemoryStream<LogEntry>>()

streamConformance(async (_t, log, tell) => {
  const stream = logs.get(log) ?? new MemoryStream<LogEntry>()
  logs.set(log, stream)
  return stream.port(tell)
})
