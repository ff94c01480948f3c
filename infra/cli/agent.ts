/** `warren agent`: an agent as a long-running node, which offers this machine. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { AgentOwnerEvent } from '../../actors/agent/state.js'
import type { Attributes } from '../../actors/resources/attributes.js'
import { describeResources } from '../../actors/resources/print.js'
import { NONE, type Resources } from '../../actors/resources/resources.js'
import type { Logger } from '../../runtime/logger.js'
import type { SandboxLimits } from '../agent/sandboxes.js'
import { Closing } from '../dev/closing.js'
import { AGENT_PORT, openNodeServer, tellPlace, type NodeServerOptions } from '../http/node-server.js'
import { agentFamilies } from '../metrics/agent-families.js'
import { openAgentNode, type AgentNode } from '../node/agent-node.js'
import { AgentStanding } from '../node/agent-standing.js'
import { moduleRunner } from '../node/module-runner.js'
import { watchFaults, watchStalls } from '../node/process-watch.js'
import type { Call, Command } from './command.js'
import { brokerConnection, type Connection, CONNECTION_OPTIONS, DEFAULT_CLUSTER } from './connection.js'
import { Lifetime, tellStarter } from './lifetime.js'
import { requiredBroker } from './master.js'
import { traceOption, tracePart } from './trace-option.js'
import { nodeFailure } from './node-failure.js'
import {
  ATTRIBUTES_OPTION, IP_OPTION, logOptions, NAME_OPTION, nameOr, numberOf, openCommandLogger, parsePort,
  RESOURCES_OPTION,
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
    {
      flags: '--port <number>', parse: parsePort,
      help: `where its health and metrics are; ${AGENT_PORT} unless given, or a free one when that is in use`,
    },
    IP_OPTION,
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
    + 'GET /livez, /readyz?verbose and /metrics say how it does; of several agents give each a --port of its own.\n'
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
  const workDir = agentDirectory(options['workDir'] as string | undefined, cluster, name)
  const standing = new AgentStanding()
  const closing = new Closing()
  let node: AgentNode | undefined
  try {
    const server: NodeServerOptions = {
      ip: String(options['ip']), port: options['port'] as number | undefined, usualPort: AGENT_PORT, logger,
      system: () => node?.system, check: () => standing.check(),
      families: () => agentFamilies(standing.isRegistered, workDir),
    }
    const http = await openNodeServer(server)
    closing.add(() => http.close())
    node = await openAgentNode({
      name, cluster, logger, openLink: connection.openLink, tracing: connection.tracing, workDir,
      modules: moduleRunner({ ...forExecutors, WARREN_TRACE: String(tracePart(options)) }),
      resources: (options['resources'] as Resources | undefined) ?? NONE,
      attributes: (options['attributes'] as Attributes | undefined) ?? {},
      standing: (event) => {
        standing.note(event)
        announce(event, { node, http: http.url, logger })
      },
      sandboxes: sandboxLimits(options),
      ...(options['hostname'] ? { hostname: String(options['hostname']) } : {}),
    })
    tellPlace(http, server)
  } catch (error) {
    await closing.close()
    throw nodeFailure(error)
  }
  const opened = node
  closing.add(() => opened.leave())
  watchStalls(logger)
  return lifetime.stayUp(() => closing.close())
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

interface Announced {
  readonly node: AgentNode | undefined
  readonly http: string
  readonly logger: Logger
}

function announce(event: AgentOwnerEvent, { node, http, logger }: Announced): void {
  // Whoever started it waits for what becomes of its registration.
  if (event.type === 'seeking') return
  if (event.type === 'registered' && node) {
    const { agentId, cluster, epoch } = event
    const resources = describeResources(node.info.resources)
    logger.log('info', `registered as ${agentId} with cluster ${cluster} (${resources})`, { epoch })
  }
  tellStarter({ ...event, http })
}

function agentDirectory(given: string | undefined, cluster: string, name: string): string {
  if (given !== undefined) return resolve(given)
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(state, 'warren', cluster, 'agents', name)
}
