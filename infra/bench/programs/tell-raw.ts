/**
 * Tell, by amqplib alone: publishes bodies one by one and consumes them, with the same prefetch,
 * mandatory flag and acknowledgements (one for all that a turn of the event loop brought) as Warren.
 */
import { once } from 'node:events'
import { connect, type Channel, type ConsumeMessage } from 'amqplib'
import { PREFETCH_FRAMES } from '../../amqp/session.js'
import { BODY_BYTES } from './bench-protocol.js'
import { Arrivals, machineMs, play } from './play.js'

const arrivals = new Arrivals()
const body = Buffer.alloc(BODY_BYTES, 0x61)
let outbound: Channel | undefined
let target = ''

play({
  async listen({ url }: { url: string }) {
    const connection = await connect(url)
    const channel = await connection.createChannel()
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false })
    await channel.prefetch(PREFETCH_FRAMES)
    let latest: ConsumeMessage | undefined
    await channel.consume(queue, (message) => {
      if (!message) throw new Error('the queue is gone')
      if (!latest) {
        setImmediate(() => {
          if (latest) channel.ack(latest, true)
          latest = undefined
        })
      }
      latest = message
      if (message.content.length === BODY_BYTES) arrivals.arrived()
    })
    return queue
  },
  async connect({ url, to }: { url: string; to: string }) {
    const connection = await connect(url)
    outbound = await connection.createChannel()
    target = to
  },
  arm: (count: number) => arrivals.arm(count),
  ended: () => arrivals.ended,
  async send(count: number) {
    const beganMs = machineMs()
    for (let sent = 0; sent < count && outbound; sent++) {
      if (!outbound.publish('', target, body, { mandatory: true })) await once(outbound, 'drain')
    }
    return beganMs
  },
})
