/**
 * Tell, by Moleculer over AMQP: emits an event that a service of another node handles.
 *
 * Moleculer consumes events without acknowledgements, which is to its advantage.
 */
import { PREFETCH_FRAMES } from '../../amqp/session.js'
import { fromPeers } from '../peers.js'
import { BODY, BODY_BYTES } from './bench-protocol.js'
import { Arrivals, machineMs, play } from './play.js'

/** What this program uses of it. */
interface Moleculer {
  readonly ServiceBroker: new (options: object) => {
    createService(schema: object): void
    start(): Promise<void>
    waitForServices(name: string): Promise<unknown>
    emit(event: string, payload: unknown): Promise<void>
  }
}

/** How many events are emitted before the event loop has its turn. */
const BURST = 100
const SERVICE = 'counter'

const arrivals = new Arrivals()
let emit: () => Promise<void> = async () => undefined

function brokerAt(url: string, nodeID: string) {
  const { ServiceBroker } = fromPeers('moleculer') as Moleculer
  const transporter = { type: 'AMQP', options: { url, prefetch: PREFETCH_FRAMES } }
  return new ServiceBroker({ nodeID, transporter, logger: false, metrics: false, tracing: false })
}

play({
  async listen({ url }: { url: string }) {
    const broker = brokerAt(url, 'receiver')
    broker.createService({
      name: SERVICE,
      events: {
        // Moleculer goes by the name of the parameter: any other but `ctx` means an older signature.
        parcel: (ctx: { params: { body: string } }) => {
          if (ctx.params.body.length === BODY_BYTES) arrivals.arrived()
        },
      },
    })
    await broker.start()
  },
  async connect({ url }: { url: string }) {
    const broker = brokerAt(url, 'sender')
    await broker.start()
    await broker.waitForServices(SERVICE)
    emit = () => broker.emit('parcel', { body: BODY })
  },
  arm: (count: number) => arrivals.arm(count),
  ended: () => arrivals.ended,
  async send(count: number) {
    const beganMs = machineMs()
    for (let sent = 0; sent < count; sent += BURST) {
      await Promise.all(Array.from({ length: Math.min(BURST, count - sent) }, emit))
      await new Promise(setImmediate)
    }
    return beganMs
  },
})
