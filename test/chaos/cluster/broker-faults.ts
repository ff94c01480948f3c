/** Broker faults: servers that are killed or frozen, alone and together, and one in need of memory. */
import type { FallibleBroker } from '../../../infra/amqp/broker-server.js'
import { logQueue } from '../../../infra/amqp/masters-topology.js'
import { chosen, type Fault, hold, someLeader } from './fault.js'
import { readHistory } from './history.js'
import { brokerOf } from './observer.js'
import { CLUSTER, type Stage } from './stage.js'

const NONE: readonly string[] = []
const portOf = ({ url }: FallibleBroker): string => new URL(url).port

/** Any of them when the leader cannot say. */
async function leadersBroker(stage: Stage): Promise<FallibleBroker> {
  const port = await brokerOf((await someLeader(stage)).master)
  return brokerAt(stage, port)
}

function brokerAt({ brokers: { servers } }: Stage, port: string | undefined): FallibleBroker {
  const found = servers.find((server) => portOf(server) === port) ?? servers[0]
  if (!found) throw new Error('there is no broker')
  return found
}

/** Where the writes of the masters' log go. */
async function logsBroker(stage: Stage): Promise<FallibleBroker> {
  const listed = await stage.brokers.servers[0]?.control('list_queues', '--quiet', 'name', 'leader') ?? ''
  const [, port] = new RegExp(`^${logQueue(CLUSTER)}\\s+\\S*?(\\d+)@`, 'm').exec(listed) ?? []
  return brokerAt(stage, port)
}

async function killed(brokers: readonly FallibleBroker[], pause: () => Promise<void>): Promise<readonly string[]> {
  await Promise.all(brokers.map((broker) => broker.kill()))
  await pause()
  await Promise.all(brokers.map((broker) => broker.start()))
  return NONE
}

/** Nobody may be given up because a broker takes nothing: it was never the agents' fault. */
const givenUp = ({ frameworks }: Stage): string[] => frameworks.flatMap(({ name, load }) =>
  readHistory(load.historyPath).flatMap((event) => event.event === 'updated' && event.update.state === 'UNREACHABLE'
    ? [`${name} was told that ${event.update.taskId} is unreachable`] : []))

export const BROKER_FAULTS: Readonly<Record<string, Fault>> = {
  'broker-frozen': {
    row: '3',
    async inject(stage, random) {
      const broker = await leadersBroker(stage)
      broker.pause()
      await hold(random, 1_000, 20_000)
      broker.resume()
      return NONE
    },
  },
  'broker-killed': {
    row: '4',
    inject: async (stage, random) => killed([await leadersBroker(stage)], () => hold(random, 0, 4_000)),
  },
  'log-broker-killed': {
    row: '4', brokersMin: 3,
    inject: async (stage, random) => killed([await logsBroker(stage)], () => hold(random, 0, 4_000)),
  },
  'brokers-two-killed': {
    row: '5', brokersMin: 3,
    inject: async ({ brokers: { servers } }, random) => {
      const spared = chosen(random, servers)
      return killed(servers.filter((server) => server !== spared), () => hold(random, 500, 10_000))
    },
  },
  'brokers-all-killed': {
    row: '6', brokersMin: 3,
    inject: async ({ brokers: { servers } }, random) => killed(servers, () => hold(random, 0, 5_000)),
  },
  'memory-alarm': {
    row: '14',
    async inject(stage, random) {
      const broker = await leadersBroker(stage)
      const setAlarm = (isOn: boolean) => broker.control('set_vm_memory_high_watermark', isOn ? '0.000001' : '0.4')
      await setAlarm(true)
      await hold(random, 1_000, 60_000)
      await setAlarm(false)
      return givenUp(stage)
    },
  },
}
