/** `warren agent`: an agent as a long-running node, which offers this machine. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { AgentOwnerEvent } from '../../actors/agent/state.js'
import type { Attributes } from '../../actors/resources/attributes.js'
import { describeResources } from '../../actors/resources/print.js'
import { NONE, type Resources } from '../../actors/resources/resources.js'
import type { Logger } from '../../runtime/logger.js'
import type { SandboxLimits } from '../agent/sandboxes.js'
import { openAgentNode, type AgentNode } from '../node/agent-node.js'
import { moduleRunner } from '../node/module-runner.js'
import { watchFaults, watchStalls } from '../node/process-watch.js'
import type { Call, Command } from './command.js'
import { brokerConnection, type Connection, CONNECTION_OPTIONS, DEFAULT_CLUSTER } from './connection.js'
import { Lifetime, tellStarter } from './lifetime.js'
import { requiredBroker } from './master.js'
import { traceOption, tracePart } from './trace-option.js'
import { nodeFailure } from './node-failure.js'
import {
  ATTRIBUTES_OPTION, logOptions, NAME_OPTION, nameOr, numberOf, openCommandLogger, RESOURCES_OPTION,
} from './node-options.js'

const DAY_MS = 86_400_000

export const command: Command = {
  options: [
    ...CONNECTION_OPTIONS.slice(0, 2),
    RESOURCES_OPTION,
    ATTRIBUTES_OPTION,
    {
      flags: '--work-dir <directory>',
      help: 'for its journal and its tasks; below your state directory unless given',
    },
    NAME_OPTION,
    { flags: '--executor-broker <url>', help: 'what its executors join with; --broker unless given' },
    { flags: '--hostname <name>', help: 'what frameworks see' },
    {
      flags: '--keep-sandboxes <days>', help: 'how long what a task has left is kept after its end; 7 unless given',
      parse: numberOf('--keep-sandboxes', 'days', Number.MAX_SAFE_INTEGER),
    },
    {
      flags: '--disk-free-min <percent>',
      help: 'with less of the disk free, what tasks have left goes sooner, oldest first; 5 unless given',
      parse: numberOf('--disk-free-min', 'a percentage', 100),
    },
    traceOption('off'),
    ...logOptions('info'),
  ],
  examples: [
    'warren agent --broker amqp://guest:guest@127.0.0.1:5672',
    "WARREN_BROKER=amqp://... warren agent --resources 'cpus:8;mem:16384' --attributes 'rack:r1'",
  ],
  notes: 'What --resources does not name is probed; some memory and disk are left for the host.\n'
    + 'Started again with the same work directory it is the same agent; two on one machine need two.\n'
    + 'SIGTERM or Ctrl-C ends its tasks and leaves in order; a second one ends at once, and they run on.',
  run,
}

async function run({ options }: Call): Promise<number> {
  const broker = requiredBroker('agent', options)
  const cluster = String(options['cluster'] ?? DEFAULT_CLUSTER)
  const connection = await brokerConnection(broker, cluster, { part: tracePart(options) })
  const name = nameOr(options['name'], connection.nameAs('agent'))
  const logger = await openCommandLogger(options, `agent-${name}`)
  const lifetime = new Lifetime()
  watchFaults(logger)
  const forExecutors = await executorEnvironment(options, connection, name, logger)
  let node: AgentNode | undefined
  try {
    node = await openAgentNode({
      name, cluster, logger, openLink: connection.openLink, tracing: connection.tracing,
      modules: moduleRunner({ ...forExecutors, WARREN_TRACE: String(tracePart(options)) }),
      workDir: agentDirectory(options['workDir'] as string | undefined, cluster, name),
      resources: (options['resources'] as Resources | undefined) ?? NONE,
      attributes: (options['attributes'] as Attributes | undefined) ?? {},
      standing: (event) => announce(event, node, logger),
      sandboxes: sandboxLimits(options),
      ...(options['hostname'] ? { hostname: String(options['hostname']) } : {}),
    })
  } catch (error) {
    throw nodeFailure(error)
  }
  const opened = node
  watchStalls(logger)
  return lifetime.stayUp(() => opened.leave())
}

function sandboxLimits({ keepSandboxes: days, diskFreeMin: percent }: Call['options']): SandboxLimits {
  return {
    ...(typeof days === 'number' ? { keepMs: days * DAY_MS } : {}),
    ...(typeof percent === 'number' ? { diskFreeMinShare: percent / 100 } : {}),
  }
}

/** Executors run what frameworks bring, so an agent with a user of its own does not lend it to them. */
async function executorEnvironment(
  { executorBroker }: Call['options'], connection: Connection, name: string, logger: Logger,
): Promise<Readonly<Record<string, string>>> {
  const { cluster, environment } = connection
  if (typeof executorBroker === 'string') return (await brokerConnection(executorBroker, cluster)).environment
  if (connection.nameAs('agent') !== name) return environment
  logger.log('warn', "executors that are files cannot join: name their user with --executor-broker", {})
  return { WARREN_CLUSTER: cluster }
}

function announce(event: AgentOwnerEvent, node: AgentNode | undefined, logger: Logger): void {
  if (event.type === 'registered' && node) {
    const { agentId, cluster, epoch } = event
    const resources = describeResources(node.info.resources)
    logger.log('info', `registered as ${agentId} with cluster ${cluster} (${resources})`, { epoch })
  }
  tellStarter(event)
}

function agentDirectory(given: string | undefined, cluster: string, name: string): string {
  if (given !== undefined) return resolve(given)
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(state, 'warren', cluster, 'agents', name)
}
