/**
 * Tell, by NestJS over RabbitMQ: a client emits an event that a controller of a microservice handles and
 * acknowledges. Decorators are called as the functions that they are.
 */
import { PREFETCH_FRAMES } from '../../amqp/session.js'
import { fromPeers } from '../peers.js'
import { BODY, BODY_BYTES } from './bench-protocol.js'
import { Arrivals, machineMs, play } from './play.js'

type Decorator = (...of: readonly unknown[]) => void
interface Context {
  getChannelRef(): { ack(message: unknown): void }
  getMessage(): unknown
}
interface Observable {
  subscribe(observer: object): void
}
/** What this program uses of NestJS. */
interface Common {
  readonly Controller: () => Decorator
  readonly Module: (metadata: object) => Decorator
}
interface Core {
  readonly NestFactory: {
    createMicroservice(module: unknown, options: object): Promise<{ listen(): Promise<void> }>
  }
}
interface Microservices {
  readonly ClientProxyFactory: {
    create(options: object): { connect(): Promise<void>; emit(pattern: string, data: unknown): Observable }
  }
  readonly EventPattern: (pattern: string) => Decorator
  readonly Payload: () => Decorator
  readonly Ctx: () => Decorator
  readonly Transport: { readonly RMQ: number }
}

/** How many events are emitted before the event loop has its turn. */
const BURST = 100
const QUEUE = 'bench-nest'

const arrivals = new Arrivals()
let emit: () => Observable | undefined = () => undefined

class Counter {
  handle({ body: received }: { body: string }, context: Context): void {
    context.getChannelRef().ack(context.getMessage())
    if (received.length === BODY_BYTES) arrivals.arrived()
  }
}
class Main {}

const optionsAt = (url: string, transport: number) => ({
  transport,
  options: {
    urls: [url], queue: QUEUE, noAck: false, prefetchCount: PREFETCH_FRAMES, persistent: false,
    queueOptions: { durable: false, autoDelete: true },
  },
})

play({
  async listen({ url }: { url: string }) {
    fromPeers('reflect-metadata')
    const { Controller, Module } = fromPeers('@nestjs/common') as Common
    const { NestFactory } = fromPeers('@nestjs/core') as Core
    const { EventPattern, Payload, Ctx, Transport } = fromPeers('@nestjs/microservices') as Microservices
    EventPattern('parcel')(Counter.prototype, 'handle', Object.getOwnPropertyDescriptor(Counter.prototype, 'handle'))
    Payload()(Counter.prototype, 'handle', 0)
    Ctx()(Counter.prototype, 'handle', 1)
    Controller()(Counter)
    Module({ controllers: [Counter] })(Main)
    const service = await NestFactory.createMicroservice(Main, { ...optionsAt(url, Transport.RMQ), logger: false })
    await service.listen()
  },
  async connect({ url }: { url: string }) {
    fromPeers('reflect-metadata')
    const { ClientProxyFactory, Transport } = fromPeers('@nestjs/microservices') as Microservices
    const { options, transport } = optionsAt(url, Transport.RMQ)
    const client = ClientProxyFactory.create({ transport, options: { ...options, noAck: true } })
    await client.connect()
    emit = () => client.emit('parcel', { body: BODY })
  },
  arm: (count: number) => arrivals.arm(count),
  ended: () => arrivals.ended,
  async send(count: number) {
    const beganMs = machineMs()
    for (let sent = 0; sent < count; sent += BURST) {
      const burst = Array.from({ length: Math.min(BURST, count - sent) }, () => new Promise((complete, error) => {
        emit()?.subscribe({ complete, error })
      }))
      await Promise.all(burst)
    }
    return beganMs
  },
})
