/** Ask, by amqplib alone: one process sends a body and where to answer, another sends it back. */
import { connect, type Channel, type ConfirmChannel } from 'amqplib'
import { openLoop, type Schedule } from '../open-loop.js'
import { BODY } from './bench-protocol.js'
import { play } from './play.js'
import { consume } from './raw-consumer.js'

const body = Buffer.from(BODY)
let ask: () => Promise<unknown> = () => Promise.reject(new Error('not connected'))

const openInbound = async (url: string): Promise<Channel> => (await connect(url)).createChannel()
/** Confirmed, as Warren's is. */
const openOutbound = async (url: string): Promise<ConfirmChannel> => (await connect(url)).createConfirmChannel()

play({
  async listen({ url }: { url: string }) {
    const [outbound, inbound] = [await openOutbound(url), await openInbound(url)]
    return consume(inbound, ({ content, properties: { replyTo, correlationId } }) => {
      outbound.publish('', replyTo, content, { correlationId, mandatory: true })
    })
  },
  async connect({ url, to }: { url: string; to: string }) {
    const [outbound, inbound] = [await openOutbound(url), await openInbound(url)]
    const open = new Map<string, (answer: Uint8Array) => void>()
    const replyTo = await consume(inbound, ({ content, properties: { correlationId } }) => {
      open.get(correlationId)?.(content)
      open.delete(correlationId)
    })
    let asked = 0
    ask = () => new Promise((resolve) => {
      const correlationId = String(++asked)
      open.set(correlationId, resolve)
      outbound.publish('', to, body, { replyTo, correlationId, mandatory: true })
    })
  },
  ask: (schedule: Schedule) => openLoop(schedule, () => ask()),
})
