/**
 * Tell, by amqplib alone: publishes bodies one by one and consumes them, with the same prefetch,
 * mandatory flag and acknowledgements as Warren: the broker confirms each message to its sender, and the
 * receiver acknowledges many at once.
 */
import { once } from 'node:events'
import { connect, type ConfirmChannel } from 'amqplib'
import { BODY, BODY_BYTES } from './bench-protocol.js'
import { Arrivals, machineMs, play } from './play.js'
import { consume } from './raw-consumer.js'

const arrivals = new Arrivals()
const body = Buffer.from(BODY)
let outbound: ConfirmChannel | undefined
let confirmed = 0
let target = ''

play({
  async listen({ url }: { url: string }) {
    const channel = await (await connect(url)).createChannel()
    return consume(channel, ({ content }) => {
      if (content.length === BODY_BYTES) arrivals.arrived()
    })
  },
  async connect({ url, to }: { url: string; to: string }) {
    outbound = await (await connect(url)).createConfirmChannel()
    target = to
  },
  arm: (count: number) => arrivals.arm(count),
  ended: () => arrivals.ended,
  async send(count: number) {
    const beganMs = machineMs()
    for (let sent = 0; sent < count && outbound; sent++) {
      const taken = outbound.publish('', target, body, { mandatory: true }, () => {
        confirmed++
      })
      if (!taken) await once(outbound, 'drain')
    }
    return beganMs
  },
  confirmed: () => confirmed,
})
