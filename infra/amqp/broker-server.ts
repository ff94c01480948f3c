/**
 * Broker server: one RabbitMQ server of our own, alone or as a member of a cluster.
 *
 * It shares nothing with a broker that the machine may run: own directory, ports, name server, cookie
 * and password, loopback only. What it is told here it finds in its environment and its configuration
 * file, and it looks at nothing else.
 */
import { type ChildProcess, execFile, type ExecFileException } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { hasEnded, type ProcessGroups } from './process-groups.js'

const START_TIMEOUT_MS = 60_000
const CONTROL_TIMEOUT_MS = 30_000
const POLL_MS = 50
const LOG_LINES_SHOWN = 10
const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1')

/** A broker that can be made to fail as brokers do. */
export interface FallibleBroker {
  /** With its password, which nobody else knows: not for logs. */
  readonly url: string
  /** Of its HTTP interface, with its password, if it was asked for. */
  readonly managementUrl: string | undefined
  /** With it, `rabbitmqctl` is found and finds this broker. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs `rabbitmqctl` against it and answers what that printed; rejects when it fails, or takes too long. */
  control(...args: readonly string[]): Promise<string>
  /** Ends the server as `kill -9` would; what is durable stays for the next start. */
  kill(): Promise<void>
  /** Starts the server again, on the same port; resolves when it answers. */
  start(): Promise<void>
  /** Freezes the server: it holds all its connections and answers nobody. */
  pause(): void
  /** Lets a frozen server go on. */
  resume(): void
}

export interface ServerSettings {
  /** Of this server alone. */
  readonly directory: string
  /** Where the cookie lies, which the servers of one cluster share. */
  readonly home: string
  readonly port: number
  readonly distributionPort: number
  readonly epmdPort: number
  /** Of its HTTP interface, if it is to have one. */
  readonly managementPort: number | undefined
  readonly password: string
  /** After this silence a cluster takes a member for gone. */
  readonly netTickSeconds: number
  /** So long a server waits for another to greet it; meanwhile much else of it waits, too. */
  readonly netSetupSeconds: number
  /** The distribution ports' owners: every member of the cluster, this one included. */
  readonly members: readonly string[]
  /** Settings of the application `rabbit`, beside its configuration file. */
  readonly rabbit: Readonly<Record<string, number>>
}

/** What a server's script lies at and runs in. */
export interface Installation {
  readonly serverPath: string
  readonly environment: Readonly<Record<string, string>>
}

export const serverName = (port: number): string => `warren-${port}@localhost`

export class BrokerServer implements FallibleBroker {
  readonly url: string
  readonly managementUrl: string | undefined
  readonly environment: Readonly<Record<string, string>>
  private readonly logPath: string
  private server: ChildProcess | undefined

  constructor(
    private readonly settings: ServerSettings, private readonly groups: ProcessGroups,
    private readonly installation: Installation, private readonly controlTimeoutMs = CONTROL_TIMEOUT_MS,
  ) {
    const { password, port, managementPort } = settings
    const { serverPath, environment } = installation
    this.url = `amqp://warren:${password}@127.0.0.1:${port}`
    this.managementUrl = managementPort ? `http://warren:${password}@127.0.0.1:${managementPort}` : undefined
    const PATH = `${dirname(serverPath)}${delimiter}${environment['PATH'] ?? ''}`
    this.environment = { ...environment, ...environmentOf(settings), PATH }
    this.logPath = join(settings.directory, 'broker.log')
    configure(settings)
  }

  async start(): Promise<void> {
    const log = openSync(this.logPath, 'a', 0o600)
    const server = this.groups.start(this.installation.serverPath, [], this.environment, log)
    closeSync(log)
    this.server = server
    const deadline = performance.now() + START_TIMEOUT_MS
    while (!(await answers(this.settings.port))) {
      if (hasEnded(server)) throw this.fault('did not start')
      if (performance.now() > deadline) throw this.fault(`did not answer within ${START_TIMEOUT_MS} ms`)
      await delay(POLL_MS)
    }
  }

  async control(...args: readonly string[]): Promise<string> {
    const program = join(dirname(this.installation.serverPath), 'rabbitmqctl')
    const timeout = this.controlTimeoutMs
    try {
      // Erlang ends with exit code 0 when it is asked to: what was never done would pass for done.
      const options = { env: this.environment, timeout, killSignal: 'SIGKILL' } as const
      return (await promisify(execFile)(program, [...args], options)).stdout
    } catch (error) {
      if (!(error as ExecFileException).killed) throw error
      throw new Error(`rabbitmqctl ${args.join(' ')} took longer than ${timeout} ms`)
    }
  }

  async kill(): Promise<void> {
    if (this.server) await this.groups.kill(this.server)
  }

  pause(): void {
    if (this.server) this.groups.signal(this.server, 'SIGSTOP')
  }

  resume(): void {
    if (this.server) this.groups.signal(this.server, 'SIGCONT')
  }

  private fault(what: string): Error {
    return new Error(`RabbitMQ ${what}. Its last words:\n${lastLines(this.logPath)}`)
  }
}

function configure({ directory, port, password, managementPort, members }: ServerSettings): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeFileSync(join(directory, 'plugins'), managementPort ? '[rabbitmq_management].\n' : '[].\n')
  writeFileSync(join(directory, 'rabbitmq.conf'), [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'default_user = warren',
    `default_pass = ${password}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    ...(managementPort ? ['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${managementPort}`] : []),
    ...(members.length > 1 ? clustering(members) : []),
    '',
  ].join('\n'), { mode: 0o600 })
}

/** A member that was frozen finds itself in the minority when it wakes, and comes back by itself. */
const clustering = (members: readonly string[]): string[] => [
  'cluster_formation.peer_discovery_backend = classic_config',
  ...members.map((name, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${name}`),
  'cluster_partition_handling = pause_minority',
]

/** Schedulers that spin while they are idle keep `rabbitmqctl` from its work where all cores are busy: 30 s, not 3. */
const CONTROL_SCHEDULING = '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none'

/** What makes the server use this configuration and nothing else. */
function environmentOf(settings: ServerSettings): Record<string, string> {
  const { directory, home, port, distributionPort, epmdPort, netTickSeconds, netSetupSeconds, rabbit } = settings
  const own = Object.entries(rabbit).map(([name, value]) => ` -rabbit ${name} ${value}`).join('')
  const at = (name: string): string => join(directory, name)
  return {
    HOME: home,
    // The server's script then becomes the server, instead of waiting for it as a second process.
    detached: 'true',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: `${epmdPort}`,
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: serverName(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_DIST_PORT: `${distributionPort}`,
    RABBITMQ_CTL_ERL_ARGS: CONTROL_SCHEDULING,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '-kernel inet_dist_use_interface {127,0,0,1} '
      + `-kernel net_ticktime ${netTickSeconds} -kernel net_setuptime ${netSetupSeconds}${own}`,
    RABBITMQ_CONF_ENV_FILE: at('none'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('none.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('plugins'),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_PID_FILE: at('pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: at('generated'),
    RABBITMQ_PLUGINS_EXPAND_DIR: at('expanded'),
  }
}

/** Whether something at the port greets us as an AMQP broker does. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(PROTOCOL_HEADER))
    const conclude = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, conclude(false))
    socket.once('data', conclude(true))
    socket.once('error', conclude(false))
    socket.once('close', conclude(false))
  })
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')
  } catch {
    return '(none)'
  }
}
