/**
 * Broker for tests: a private RabbitMQ, started once for a test file and gone when it is done.
 */
import { after, before } from 'node:test'
import { type PrivateBroker, startPrivateBroker } from '../../infra/amqp/private-broker.js'

export interface TestBrokerOptions {
  readonly management?: boolean
  /** What the tests need on it; hooks of the same file do not wait for each other. */
  readonly prepare?: (broker: PrivateBroker) => Promise<void>
}

/** To be called at the top of a test file; the answer may be used in its tests. */
export function testBroker({ prepare, ...options }: TestBrokerOptions = {}): PrivateBroker {
  let broker: PrivateBroker | undefined
  before(async () => {
    broker = await startPrivateBroker(options)
    await prepare?.(broker)
  })
  after(async () => {
    await broker?.stop()
  })
  const running = (): PrivateBroker => {
    if (!broker) throw new Error('the broker runs only while the tests of its file do')
    return broker
  }
  return {
    get url() {
      return running().url
    },
    get managementUrl() {
      return running().managementUrl
    },
    get environment() {
      return running().environment
    },
    control: (...args) => running().control(...args),
    kill: () => running().kill(),
    start: () => running().start(),
    pause: () => running().pause(),
    resume: () => running().resume(),
    stop: () => running().stop(),
  }
}
