/** Raw consumer: a queue of its own, read as Warren's links read theirs, by amqplib alone. */
import type { Channel, ConsumeMessage } from 'amqplib'
import { acknowledging, PREFETCH_FRAMES } from '../../amqp/session.js'

/** Answers the queue's name. */
export async function consume(channel: Channel, take: (message: ConsumeMessage) => void): Promise<string> {
  const { queue } = await channel.assertQueue('', { exclusive: true, durable: false })
  await channel.prefetch(PREFETCH_FRAMES)
  const acknowledge = acknowledging(channel)
  await channel.consume(queue, (message) => {
    if (!message) throw new Error('the queue is gone')
    acknowledge(message)
    take(message)
  })
  return queue
}
