/** `warren dev`: a cluster on this machine, in this process or, with a broker, as processes of their own. */
import { join } from 'node:path'
import type { Role } from '../../actors/protocol/ids.js'
import { amountsOf } from '../../actors/resources/amounts.js'
import type { Resources } from '../../actors/resources/resources.js'
import { AGENTS_MAX } from '../dev/agent-shares.js'
import { Closing } from '../dev/closing.js'
import { randomName } from '../../runtime/random.js'
import { systemRandom } from '../random.js'
import { watchFaults, watchStalls } from '../node/process-watch.js'
import type { Call, Command } from './command.js'
import { brokerConnection, brokerUrls, CLUSTER_OPTION, DEFAULT_CLUSTER, workDirOf } from './connection.js'
import { nodeCommandAgain, summaryOf, whichOf, type DevCluster } from './dev-summary.js'
import { EXIT, Failure } from './failure.js'
import { exitCodeOf, Lifetime } from './lifetime.js'
import { nodeFailure } from './node-failure.js'
import { traceOption, tracePart } from './trace-option.js'
import {
  ALLOCATION_OPTIONS, logFormatOf, logOptions, openCommandLogger, PORT_OPTION, RESOURCES_OPTION,
} from './node-options.js'

export const command: Command = {
  options: [
    { flags: '--agents <number>', help: 'how many share this machine', fallback: '2', parse: parseAgents },
    {
      flags: '--broker <url>',
      help: 'run nodes as processes over this RabbitMQ; `auto`: that of AMQP_URL, or a private one',
    },
    {
      flags: '--masters <number>', help: 'how many stand in for each other, over a broker', fallback: '1',
      parse: parseMasters,
    },
    CLUSTER_OPTION,
    PORT_OPTION,
    {
      flags: '--work-dir <directory>',
      help: 'where it keeps its files; below your state directory unless given',
    },
    {
      ...RESOURCES_OPTION,
      help: "of each agent, such as 'cpus:2;mem:1024'; a part of this machine unless given",
    },
    ...ALLOCATION_OPTIONS,
    traceOption('on'),
    { flags: '--json', help: 'say in JSON Lines what happens' },
    ...logOptions('warn'),
  ],
  examples: [
    'warren dev', 'warren dev --agents 3 --resources cpus:4', 'warren dev --broker auto',
    'warren dev --broker amqp://localhost --masters 3',
  ],
  notes: 'Other commands find the cluster by its name or its work directory. Ctrl-C ends its tasks and\n'
    + 'stops it; a second Ctrl-C ends it at once.',
  run,
}

type Say = (event: string, text: string, fields?: Readonly<Record<string, unknown>>) => void

/** What opening a cluster needs, besides the options. */
interface Stage {
  readonly cluster: string
  readonly workDir: string
  readonly options: Call['options']
  readonly lifetime: Lifetime
  readonly closing: Closing
  readonly say: Say
}

type Opened = Omit<DevCluster, 'cluster' | 'workDir' | 'which'>

/** More only make each decision slower. */
const MASTERS_MAX = 7

async function run({ options }: Call): Promise<number> {
  const say: Say = (event, text, fields = {}) => {
    const line = JSON.stringify({ schemaVersion: 1, event, ...fields })
    process.stdout.write(`${options['json'] === true ? line : text}\n`)
  }
  const stage: Stage = {
    cluster: String(options['cluster'] ?? DEFAULT_CLUSTER), workDir: workDirOf(options), options,
    lifetime: new Lifetime(), closing: new Closing(), say,
  }
  const { lifetime, closing, cluster, workDir } = stage
  const broker = options['broker'] as string | undefined
  try {
    const opened = await (broker === undefined ? openEmbedded(stage) : openOverBroker(broker, stage))
    say('ready', summaryOf({ ...opened, cluster, workDir, which: whichOf(options) }), {
      cluster, workDir, leader: 'm1', http: opened.masters[0]?.http, masters: opened.masters,
      place: opened.place, processes: opened.processes,
      agents: opened.agents.map(({ name, agentId, resources, http }) =>
        ({ name, id: agentId, resources: amountsOf(resources), ...(http ? { http } : {}) })),
    })
  } catch (error) {
    await closing.close()
    if (lifetime.isWished) return exitCodeOf(await lifetime.wish)
    throw nodeFailure(error)
  }
  void lifetime.wish.then(() => say('stopping', 'Stopping: the agents end their tasks and leave.'))
  const code = await lifetime.stayUp(() => closing.close())
  say('stopped', 'Stopped.')
  return code
}

/** What both kinds of cluster are given alike. */
const wanted = ({ cluster, workDir, options }: Stage) => ({
  cluster, workDir, port: options['port'] as number, shareOffers: options['shareOffers'] === true,
  tracePart: tracePart(options),
  ...(options['weights'] ? { weights: options['weights'] as ReadonlyMap<Role, number> } : {}),
  agents: Array.from({ length: options['agents'] as number }, (_, index) => ({
    name: `a${index + 1}`, ...(options['resources'] ? { resources: options['resources'] as Resources } : {}),
  })),
})

async function openEmbedded(stage: Stage): Promise<Opened> {
  if (Number(stage.options['masters']) > 1) {
    throw new Failure(EXIT.usage,
      '--masters: masters that share a process would end with it; add --broker, such as --broker auto')
  }
  const { openEmbeddedCluster } = await import('../dev/embedded-cluster.js')
  const logger = await openCommandLogger(stage.options, 'dev')
  watchFaults(logger)
  const opened = await openEmbeddedCluster({ ...wanted(stage), logger })
  watchStalls(logger)
  stage.closing.add(() => opened.close())
  const agents = opened.agents.map(({ name, agentId, info: { resources } }) => ({ name, agentId, resources }))
  const masters = [{ name: 'm1', http: opened.http }]
  return { masters, agents, place: opened.socket, processes: [], agentsDirectory: 'agents' }
}

async function openOverBroker(broker: string, stage: Stage): Promise<Opened> {
  const { options, cluster, workDir, lifetime, closing, say } = stage
  const { openProcessCluster } = await import('../dev/process-cluster.js')
  const logFormat = logFormatOf(options)
  const { url, isPrivate } = await brokerToBeFound(broker, closing)
  const { place } = await brokerConnection(url, cluster)
  let masters: Opened['masters'] = []
  const agentsDirectory = agentsDirectoryOf(url, isPrivate)
  const opened = await openProcessCluster({
    ...wanted(stage), agentsDirectory, broker: url, masters: Number(options['masters']), wish: lifetime.wish,
    logLevel: String(options['logLevel']), logFormat,
    log: (title, line) => process.stderr.write(logFormat === 'json' ? `${line}\n` : `${title} | ${line}\n`),
    died: ({ title, pid, argv }, how) => {
      const http = masters.find(({ name }) => title === `master ${name}`)?.http
      const again = nodeCommandAgain(workDir, argv, http)
      const gone = `${title} (process ${pid}) ended with ${how}; the others go on.`
      const text = `${gone} To start it again:\n  ${again}`
      say('node-ended', text, { node: title, pid, how, again })
    },
  })
  masters = opened.masters
  closing.add(() => opened.close())
  lifetime.beforeAtOnce(() => opened.kill())
  const processes = opened.nodes.map(({ title, pid }) => ({ title, pid }))
  return { masters, agents: opened.agents, place, processes, agentsDirectory }
}

/** With `auto` the broker that the environment names; else a private one, which lives as long as this cluster. */
async function brokerToBeFound(broker: string, closing: Closing): Promise<{ url: string; isPrivate: boolean }> {
  const named = broker === 'auto' ? process.env['AMQP_URL'] : broker
  if (named) return { url: named, isPrivate: false }
  const { startPrivateBroker } = await import('../amqp/private-broker.js')
  process.stderr.write('Starting a RabbitMQ of its own …\n')
  const started = await startPrivateBroker().catch((error: Error) => {
    throw new Failure(EXIT.unreachable, error.message)
  })
  closing.add(() => started.stop())
  return { url: started.url, isPrivate: true }
}

/** Agents obey the cluster that they know by no other name than its log's, which is on the broker. */
function agentsDirectoryOf(url: string, isPrivate: boolean): string {
  const { host, pathname } = new URL(brokerUrls(url)[0] ?? url)
  const place = isPrivate ? `private-${randomName(systemRandom, 8)}` : `${host}${pathname}`
  return join('agents-over', place.replaceAll(/[^\w.-]+/g, '-'))
}

function parseAgents(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= AGENTS_MAX) return count
  throw new Failure(EXIT.usage, `--agents '${text}' is no number of agents: write 1 to ${AGENTS_MAX}`)
}

function parseMasters(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= MASTERS_MAX) return count
  throw new Failure(EXIT.usage, `--masters '${text}' is no number of masters: write 1 to ${MASTERS_MAX}`)
}
