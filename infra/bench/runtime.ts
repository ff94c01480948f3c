/**
 * Runtime: what messages between actors cost, within a node and over RabbitMQ. The broker is a private
 * one; every contestant has two processes, one that sends and one that receives.
 */
import { startPrivateBroker } from '../amqp/private-broker.js'
import { brokerAsk } from './broker-ask.js'
import { brokerTell } from './broker-tell.js'
import { floodMemory } from './flood-memory.js'
import { localTell } from './local-tell.js'
import type { Row } from './rounds.js'
import { wireBytes } from './wire-bytes.js'

export async function* runtime(progress: (text: string) => void): AsyncGenerator<Row> {
  yield* await localTell(progress)
  yield* await wireBytes(progress)
  yield* await floodMemory(progress)
  const broker = await startPrivateBroker()
  try {
    yield* await brokerAsk(broker.url, progress)
    // In the end, because it may have nobody to be held against.
    yield* brokerTell(broker.url, progress)
  } finally {
    await broker.stop()
  }
}
