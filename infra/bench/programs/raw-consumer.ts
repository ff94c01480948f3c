/** Raw consumer: a queue of its own, read as Warren's links read theirs, by amqplib alone. */
import type { Channel, ConsumeMessage } from 'amqplib'
import { PREFETCH_FRAMES } from '../../amqp/session.js'

/** Acknowledges at once all that a turn of the event loop brought. Answers the queue's name. */
export async function consume(channel: Channel, take: (message: ConsumeMessage) => void): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true, durable: false })
  await channel.prefetch(PREFETCH_FRAMES)
  let latest: ConsumeMessage | undefined
  const acknowledge = () => {
    if (latest) channel.ack(latest, true)
    latest = undefined
  }
  await channel.consume(queue, (message) => {
    if (!message) throw new Error('the queue is gone')
    if (!latest) setImmediate(acknowledge)
    latest = message
    take(message)
  })
  return queue
}
