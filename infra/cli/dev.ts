/** `warren dev`: a cluster on this machine, in this process or, with a broker, as processes of their own. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Role } from '../../actors/protocol/ids.js'
import { amountsOf } from '../../actors/resources/amounts.js'
import { describeResources } from '../../actors/resources/print.js'
import type { Resources } from '../../actors/resources/resources.js'
import { AGENTS_MAX } from '../dev/agent-shares.js'
import { Closing } from '../dev/closing.js'
import type { Call, Command } from './command.js'
import { DEFAULT_CLUSTER, workDirOf } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { endOnFaults, Lifetime } from './lifetime.js'
import { nodeFailure } from './node-failure.js'
import { ALLOCATION_OPTIONS, logOptions, openCommandLogger, PORT_OPTION, RESOURCES_OPTION } from './node-options.js'

const AGENTS_DEFAULT = '2'

export const command: Command = {
  options: [
    { flags: '--agents <number>', help: 'how many share this machine', fallback: AGENTS_DEFAULT, parse: parseAgents },
    {
      flags: '--broker <url>',
      help: 'run each node as a process of its own over this RabbitMQ; `auto`: that of AMQP_URL, or a private one',
    },
    { flags: '--cluster <name>', help: 'the name of the cluster', fallback: DEFAULT_CLUSTER },
    PORT_OPTION,
    { flags: '--work-dir <directory>', help: 'where it keeps its files; below your state directory unless given' },
    { ...RESOURCES_OPTION, help: "of each agent, such as 'cpus:2;mem:1024'; a part of this machine unless given" },
    ...ALLOCATION_OPTIONS,
    { flags: '--json', help: 'say in JSON Lines what happens' },
    ...logOptions('warn'),
  ],
  examples: ['warren dev', 'warren dev --agents 3 --resources cpus:4', 'warren dev --broker auto', 'warren dev --broker amqp://localhost'],
  notes: 'Other commands find the cluster by its name or its work directory. Ctrl-C ends its tasks and stops it;\na second Ctrl-C ends it at once.',
  run,
}

/** What the two kinds of cluster have in common. */
interface Opened {
  readonly http: string
  readonly agents: readonly { readonly name: string; readonly agentId: string; readonly resources: Resources }[]
  /** How the nodes meet, without secrets. */
  readonly place: string
  readonly processes: readonly { readonly title: string; readonly pid: number }[]
}

async function run({ options }: Call): Promise<number> {
  const lifetime = new Lifetime()
  const closing = new Closing()
  const say = (event: string, text: string, fields: Readonly<Record<string, unknown>> = {}) =>
    process.stdout.write(options['json'] === true ? `${JSON.stringify({ schemaVersion: 1, event, ...fields })}\n` : `${text}\n`)
  const cluster = String(options['cluster'])
  const workDir = workDirOf(options)
  const broker = options['broker'] as string | undefined
  try {
    const opened = await (broker === undefined
      ? openEmbedded(options, workDir, closing)
      : openOverBroker(broker, options, workDir, closing, lifetime, say))
    const { http, agents, place, processes } = opened
    say('ready', summary(cluster, workDir, opened, options), {
      cluster, http, leader: 'm1', workDir, place,
      agents: agents.map(({ name, agentId, resources }) => ({ name, id: agentId, resources: amountsOf(resources) })),
      processes,
    })
  } catch (error) {
    await closing.close()
    throw nodeFailure(error)
  }
  void lifetime.wish.then(() => say('stopping', 'Stopping: the agents end their tasks and leave.'))
  const code = await lifetime.stayUp(() => closing.close())
  say('stopped', 'Stopped.')
  return code
}

const agentNames = (options: Call['options']) => Array.from({ length: options['agents'] as number }, (_, index) => ({
  name: `a${index + 1}`, ...(options['resources'] ? { resources: options['resources'] as Resources } : {}),
}))

const allocation = (options: Call['options']) => ({
  shareOffers: options['shareOffers'] === true,
  ...(options['weights'] ? { weights: options['weights'] as ReadonlyMap<Role, number> } : {}),
})

async function openEmbedded(options: Call['options'], workDir: string, closing: Closing): Promise<Opened> {
  const { openEmbeddedCluster } = await import('../dev/embedded-cluster.js')
  const logger = await openCommandLogger(options, 'dev')
  endOnFaults(logger)
  const opened = await openEmbeddedCluster({
    cluster: String(options['cluster']), workDir, agents: agentNames(options), logger, port: options['port'] as number,
    ...allocation(options),
  })
  closing.add(() => opened.close())
  const agents = opened.agents.map(({ name, agentId, info }) => ({ name, agentId, resources: info.resources }))
  return { http: opened.http, agents, place: opened.socket, processes: [{ title: 'all', pid: process.pid }] }
}

async function openOverBroker(
  broker: string, options: Call['options'], workDir: string, closing: Closing, lifetime: Lifetime,
  say: (event: string, text: string, fields?: Readonly<Record<string, unknown>>) => void,
): Promise<Opened> {
  const [{ openProcessCluster }, { brokerConnection }] =
    await Promise.all([import('../dev/process-cluster.js'), import('./connection.js')])
  const logFormat = String(options['logFormat'] ?? (process.stderr.isTTY ? 'pretty' : 'json'))
  const url = broker === 'auto' ? await brokerToBeFound(closing) : broker
  const { place } = await brokerConnection(url, String(options['cluster']))
  const opened = await openProcessCluster({
    cluster: String(options['cluster']), workDir, broker: url, agents: agentNames(options), port: options['port'] as number,
    ...allocation(options), logLevel: String(options['logLevel']), logFormat,
    log: (title, line) => process.stderr.write(logFormat === 'json' ? `${line}\n` : `${title} | ${line}\n`),
    died: ({ title, pid }, how) =>
      say('node-ended', `${title} (process ${pid}) ended with ${how}; the others go on`, { node: title, pid, how }),
  })
  closing.add(() => opened.close())
  lifetime.beforeAtOnce(() => opened.kill())
  return { ...opened, place, processes: opened.nodes.map(({ title, pid }) => ({ title, pid })) }
}

/** The broker that the environment names; else a private one, which lives as long as this cluster. */
async function brokerToBeFound(closing: Closing): Promise<string> {
  const named = process.env['AMQP_URL']
  if (named) return named
  const { startPrivateBroker } = await import('../amqp/private-broker.js')
  const broker = await startPrivateBroker().catch((error: Error) => {
    throw new Failure(EXIT.unreachable, error.message)
  })
  closing.add(() => broker.stop())
  return broker.url
}

function summary(
  cluster: string, workDir: string, { http, agents, place, processes }: Opened, options: Call['options'],
): string {
  const warren = invocation()
  const which = options['workDir'] === undefined
    ? (cluster === DEFAULT_CLUSTER ? '' : ` --cluster ${cluster}`) : ` --work-dir ${nearPath(workDir)}`
  const offered = agents.map(({ name, agentId, resources }) => `${name}  ${agentId}  ${describeResources(resources)}`)
  const pids = processes.map(({ title, pid }) => `${title} ${pid}`)
  return [
    `Cluster ${cluster} is up: leader m1, ${agents.length} agent${agents.length === 1 ? '' : 's'}.`, '',
    `  console    ${http}`,
    ...offered.map((line, index) => `  ${index === 0 ? 'agents' : '      '}     ${line}`),
    options['broker'] === undefined ? `  embedded   in this process; others join at ${place}` : `  broker     ${place}`,
    ...(options['broker'] === undefined ? [] : [`  processes  ${pids.join(', ')}`]),
    '', 'Try, in another terminal:',
    `  ${warren} run${which} -- sh -c 'echo hello from $(hostname)'`,
    `  ${warren} agent list${which}`,
    `  ${warren} framework run${which} ${nearPath(HELLO)}`,
    '', 'Ctrl-C stops it.',
  ].join('\n')
}

const HELLO = fileURLToPath(new URL('../../../actors/frameworks/example/hello.ts', import.meta.url))

/** As short as it can be typed from here. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' ? '.' : near.startsWith('..') ? path : near
}

/** How this very program was called, so that what is shown can be typed as it stands. */
function invocation(): string {
  const path = process.argv[1] ?? 'warren'
  return path.endsWith('.mjs') ? `node ${nearPath(path)}` : 'warren'
}

function parseAgents(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= AGENTS_MAX) return count
  throw new Failure(EXIT.usage, `--agents '${text}' is no number of agents: write one from 1 to ${AGENTS_MAX}`)
}
