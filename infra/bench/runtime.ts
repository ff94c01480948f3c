/**
 * Runtime: what messages between actors cost, within a node and over RabbitMQ. The broker is a private
 * one; every contestant has two processes, one that sends and one that receives.
 */
import { startPrivateBroker } from '../amqp/private-broker.js'
import { brokerTell } from './broker-tell.js'
import { localTell } from './local-tell.js'
import type { Row } from './rounds.js'

export async function* runtime(progress: (text: string) => void): AsyncGenerator<Row> {
  yield* await localTell(progress)
  const broker = await startPrivateBroker()
  try {
    yield* brokerTell(broker.url, progress)
  } finally {
    await broker.stop()
  }
}
