/**
 * Connection: how a command reaches its cluster. Told by flags or the environment; else found in the
 * note that `warren dev` leaves in its work directory, which only its owner can read.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { NodeAddress, NodeKind } from '../../runtime/address.js'
import type { OpenLink } from '../link.js'
import type { Tracing } from '../trace/tracing.js'
import type { Option } from './command.js'
import { EXIT, Failure } from './failure.js'
import { shellWord } from './invocation.js'
import { tracePart } from './trace-option.js'

export const DEFAULT_CLUSTER = 'warren'
export const DEFAULT_HTTP = 'http://127.0.0.1:5050'

/** What `warren dev` writes down for other processes of its user. */
export interface ClusterNote {
  readonly cluster: string
  readonly pid: number
  /** Of its masters, separated by commas. */
  readonly http: string
  /** Of an embedded cluster. */
  readonly socket?: string
  /** Of a cluster on a broker; may hold a password. */
  readonly broker?: string
  /** How each of its masters was started, where they are processes. */
  readonly masters?: readonly { readonly http: string; readonly argv: readonly string[] }[]
  /** What its nodes record of messages; so do those that join from here. */
  readonly trace?: number
}

const CLUSTER_NAME = /^[A-Za-z0-9._-]{1,100}$/

/** No fallback of its own: whether it was named decides whether another cluster may answer. */
export const CLUSTER_OPTION: Option = {
  flags: '--cluster <name>', help: `the name of the cluster; ${DEFAULT_CLUSTER} unless given`,
  parse: parseCluster,
}

/** Options of every command that joins a cluster. */
export const CONNECTION_OPTIONS: readonly Option[] = [
  { flags: '--broker <url>', help: 'the RabbitMQ of the cluster, such as amqp://user:password@host/vhost' },
  CLUSTER_OPTION,
  { flags: '--work-dir <directory>', help: 'where `warren dev` of this cluster keeps its files' },
]

/** Options of every command that asks the master over HTTP. */
export const HTTP_OPTIONS: readonly Option[] = [
  {
    flags: '--master <url>',
    help: `the masters' HTTP interfaces, separated by commas; those of \`warren dev\`, or ${DEFAULT_HTTP}`,
  },
  ...CONNECTION_OPTIONS.slice(1),
]

export interface Connection {
  readonly cluster: string
  readonly openLink: OpenLink
  /** Where it leads, without secrets; for people. */
  readonly place: string
  /** What another process needs in order to join as well. */
  readonly environment: Readonly<Record<string, string>>
  /** What a node that joins records, and where it tells it. */
  readonly tracing: Tracing
  /** The name that a node of this kind has by its user at the broker, if it has one there. */
  nameAs(kind: NodeKind): string | undefined
}

/** Finds the cluster. Throws a `Failure` that says how to start one when there is none. */
export async function connectionOf(options: Readonly<Record<string, unknown>>): Promise<Connection> {
  const cluster = String(options['cluster'] ?? DEFAULT_CLUSTER)
  const broker = options['broker'] as string | undefined
  // Short commands have no option for it, and are traced all the same when it is asked for.
  const wanted = options['trace'] ?? process.env['WARREN_TRACE']
  const part = wanted === undefined ? undefined : tracePart({ trace: wanted })
  if (broker !== undefined) return brokerConnection(broker, cluster, { part })
  const directory = workDirOf(options)
  const note = noteAt(directory, options)
  if (note?.socket) return socketConnection(note.socket, note.cluster, part ?? note.trace)
  if (note?.broker) return brokerConnection(note.broker, note.cluster, { part: part ?? note.trace })
  throw new Failure(EXIT.unreachable,
    `no cluster '${cluster}' is running here; start one with \`warren dev\`, `
    + 'or name its broker with --broker')
}

export async function socketConnection(socket: string, cluster: string, part = 0): Promise<Connection> {
  const { localLink } = await import('../local/link.js')
  const { localHopOutlet } = await import('../local/hop-outlet.js')
  return {
    cluster, openLink: reached(localLink(socket)), place: socket,
    environment: { WARREN_SOCKET: socket, WARREN_CLUSTER: cluster },
    tracing: { part, openOutlet: localHopOutlet(socket) },
    nameAs: () => undefined,
  }
}

/** Whose executor joins, if it is one; and what it records. */
interface Joining {
  readonly agent?: NodeAddress
  readonly part?: number | undefined
}

export async function brokerConnection(
  broker: string, cluster: string, { agent, part = 0 }: Joining = {},
): Promise<Connection> {
  const { checkBrokerUrls, userIn, withoutPassword } = await import('../amqp/broker-urls.js')
  const urls = brokerUrls(broker)
  try {
    checkBrokerUrls(urls)
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message)
  }
  const { amqpLink } = await import('../amqp/link.js')
  return {
    cluster, openLink: reached(amqpLink(urls, cluster, agent ? { agent } : {})),
    place: urls.map(withoutPassword).join(','),
    environment: { WARREN_BROKER: broker, WARREN_CLUSTER: cluster },
    tracing: { part, openOutlet: part > 0 ? await brokerOutlet(urls, cluster, agent) : undefined },
    nameAs: (kind) => {
      const user = userIn(urls) ?? ''
      return user.startsWith(`${kind}-`) ? user.slice(kind.length + 1) : undefined
    },
  }
}

async function brokerOutlet(urls: readonly string[], cluster: string, agent: NodeAddress | undefined) {
  const { amqpHopOutlet } = await import('../amqp/hop-exchange.js')
  return amqpHopOutlet(urls, cluster, agent)
}

/** The brokers of one cluster, as they are written: separated by commas. */
export const brokerUrls = (broker: string): string[] => broker.split(',').map((url) => url.trim())

/** A link that cannot be opened ends the command; its message names the place and the fix. */
const reached = (openLink: OpenLink): OpenLink => async (self, listener) => {
  try {
    return await openLink(self, listener)
  } catch (error) {
    throw new Failure(EXIT.unreachable, (error as Error).message)
  }
}

export interface Master {
  /** Several are separated by commas. */
  readonly http: string
  /** Which cluster it must lead; any will do when nobody named one. */
  readonly cluster?: string
}

/** The master to ask. Throws a `Failure` when the work directory that was named leads to none. */
export function masterOf(options: Readonly<Record<string, unknown>>): Master {
  const cluster = options['cluster'] as string | undefined
  const named = cluster === undefined ? {} : { cluster }
  const http = options['master'] as string | undefined
  if (http !== undefined) return { ...named, http }
  const directory = workDirOf(options)
  const note = noteAt(directory, options)
  if (note) return { http: note.http, cluster: note.cluster }
  if (options['workDir'] === undefined) return { ...named, http: DEFAULT_HTTP }
  throw new Failure(EXIT.unreachable,
    `no cluster is running in '${directory}'; start one there with \`warren dev --work-dir ${shellWord(directory)}\`, `
    + 'or name its master with --master')
}

/** The note that leads to the cluster which was asked for. Throws a `Failure` when it leads elsewhere. */
function noteAt(directory: string, { cluster }: Readonly<Record<string, unknown>>): ClusterNote | undefined {
  const note = readNote(directory)
  if (!note || cluster === undefined || note.cluster === cluster) return note
  throw new Failure(EXIT.notFound,
    `what runs in '${directory}' is cluster '${note.cluster}', not '${cluster}'; leave one of them out`)
}

function parseCluster(text: string): string {
  if (CLUSTER_NAME.test(text) && !/^\.+$/.test(text)) return text
  throw new Failure(EXIT.usage,
    `--cluster '${text}' is no name of a cluster: use letters, digits, '.', '_' and '-', at most 100`)
}

/** Where a cluster of this name keeps its files unless told otherwise. */
export function workDirOf(options: Readonly<Record<string, unknown>>): string {
  const given = options['workDir'] as string | undefined
  if (given !== undefined) return resolve(given)
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(state, 'warren', String(options['cluster'] ?? DEFAULT_CLUSTER))
}

/** The note of a cluster that is alive; one that a killed process left behind counts as none. */
export function readNote(directory: string): ClusterNote | undefined {
  try {
    const note = JSON.parse(readFileSync(notePath(directory), 'utf8')) as ClusterNote
    process.kill(note.pid, 0)
    return note
  } catch (error) {
    // A process of somebody else's is alive all the same.
    const isOthers = (error as NodeJS.ErrnoException).code === 'EPERM'
    return isOthers ? JSON.parse(readFileSync(notePath(directory), 'utf8')) as ClusterNote : undefined
  }
}

export function writeNote(directory: string, note: ClusterNote): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeFileSync(notePath(directory), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 })
}

export const removeNote = (directory: string): void => rmSync(notePath(directory), { force: true })

const notePath = (directory: string): string => join(directory, 'cluster.json')
