/** `warren master`: a master as a long-running node, with its HTTP interface. */
import type { Role } from '../../actors/protocol/ids.js'
import { Closing } from '../dev/closing.js'
import { openHttp } from '../http/server.js'
import { HopCollector } from '../trace/hop-collector.js'
import { openMasterNode } from '../node/master-node.js'
import { watchFaults, watchStalls } from '../node/process-watch.js'
import type { Call, Command } from './command.js'
import { brokerConnection, brokerUrls, CONNECTION_OPTIONS, DEFAULT_CLUSTER } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { Lifetime, tellStarter } from './lifetime.js'
import { nodeFailure } from './node-failure.js'
import { traceOption, tracePart } from './trace-option.js'
import {
  ALLOCATION_OPTIONS, IP_OPTION, logOptions, NAME_OPTION, nameOr, openCommandLogger, PORT_OPTION,
} from './node-options.js'
import { duration } from './task-options.js'

export const command: Command = {
  options: [
    ...CONNECTION_OPTIONS.slice(0, 2),
    PORT_OPTION,
    IP_OPTION,
    NAME_OPTION,
    ...ALLOCATION_OPTIONS,
    {
      flags: '--agent-timeout <duration>', parse: agentTimeout,
      help: 'an agent that is not heard for longer is unreachable, and its tasks are given up; 75s unless given',
    },
    traceOption('off'),
    ...logOptions('info'),
  ],
  examples: [
    'warren master --broker amqp://guest:guest@127.0.0.1:5672',
    'WARREN_BROKER=amqp://... warren master --cluster prod --weights web=2,batch=1',
  ],
  notes: 'Pass a broker with a password as WARREN_BROKER: everybody on the machine can read command lines.\n'
    + 'SIGTERM or Ctrl-C leaves in order; a second one ends at once.',
  run,
}

async function run({ options }: Call): Promise<number> {
  const broker = requiredBroker('master', options)
  const cluster = String(options['cluster'] ?? DEFAULT_CLUSTER)
  const connection = await brokerConnection(broker, cluster, { part: tracePart(options) })
  const name = nameOr(options['name'], connection.nameAs('master'))
  const logger = await openCommandLogger(options, `master-${name}`)
  const lifetime = new Lifetime()
  watchFaults(logger)
  const closing = new Closing()
  try {
    const { amqpLog } = await import('../amqp/masters-log.js')
    const { amqpHopSource } = await import('../amqp/hop-exchange.js')
    const hops = new HopCollector(amqpHopSource(brokerUrls(broker), cluster, name))
    closing.add(async () => hops.close())
    const node = await openMasterNode({
      name, cluster, logger, openLink: connection.openLink, tracing: connection.tracing,
      shareOffers: options['shareOffers'] === true,
      openLog: amqpLog(brokerUrls(broker), cluster, `master-${name}`, (text) => logger.log('warn', text, {})),
      ...(options['agentTimeout'] === undefined ? {} : { agentTimeoutMs: Number(options['agentTimeout']) }),
      ...(options['weights'] ? { weights: options['weights'] as ReadonlyMap<Role, number> } : {}),
    })
    closing.add(() => node.close())
    const http = await openHttp({
      system: node.system, master: node.master, cluster, logger, hops,
      port: options['port'] as number, ip: options['ip'] as string,
    })
    closing.add(() => http.close())
    await node.begin(http.url)
    logger.log('info', `master of cluster ${cluster} at ${connection.place}; ${http.url}`, {})
    tellStarter({ type: 'ready', http: http.url })
    watchStalls(logger)
  } catch (error) {
    await closing.close()
    throw nodeFailure(error)
  }
  return lifetime.stayUp(() => closing.close())
}

/** Shorter, and a busy machine would count as gone; a master pings five times as often. */
const AGENT_TIMEOUT_MIN_MS = 1_000

function agentTimeout(text: string): number {
  const timeMs = duration('agent-timeout')(text)
  if (timeMs >= AGENT_TIMEOUT_MIN_MS) return timeMs
  throw new Failure(EXIT.usage, `--agent-timeout: '${text}' is too short; write 1s or more, such as 75s`)
}

/** A node of its own needs something to meet the others at. */
export function requiredBroker(kind: 'master' | 'agent', options: Call['options']): string {
  const broker = options['broker']
  if (typeof broker === 'string' && broker !== '') return broker
  throw new Failure(EXIT.usage,
    `${kind === 'master' ? 'a' : 'an'} ${kind} meets its cluster at a RabbitMQ: name it with --broker; `
    + 'for a whole cluster without one, run `warren dev`')
}
