/**
 * Private broker: a RabbitMQ of our own, for development, tests and benchmarks.
 *
 * It shares nothing with a broker that the machine may run: own directory, ports, name server, cookie
 * and password, loopback only. Nothing of it outlives us (see `process-groups.ts`).
 */
import { type ChildProcess, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { installedServer, serverEnvironment } from './installed-server.js'
import { hasEnded, ProcessGroups } from './process-groups.js'

const START_TIMEOUT_MS = 60_000
const CONTROL_TIMEOUT_MS = 30_000
const POLL_MS = 50
const LOG_LINES_SHOWN = 10
const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1')

export interface PrivateBroker {
  /** With its password, which nobody else knows: not for logs. */
  readonly url: string
  /** Of its HTTP interface, with its password, if it was asked for. */
  readonly managementUrl: string | undefined
  /** With it, `rabbitmqctl` is found and finds this broker. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs `rabbitmqctl` against it and answers what that printed. */
  control(...args: readonly string[]): Promise<string>
  /** Ends the server as `kill -9` would; what is durable stays for the next start. */
  kill(): Promise<void>
  /** Starts the server again, on the same port. */
  start(): Promise<void>
  /** Ends all of its processes and removes its directory. */
  stop(): Promise<void>
}

/** Resolves when the broker answers; rejects when no RabbitMQ is installed, or it would not start. */
export async function startPrivateBroker({ management = false } = {}): Promise<PrivateBroker> {
  const installed = installedServer()
  const [port, distributionPort, epmdPort, httpPort] = await freePorts()
  const directory = mkdtempSync(join(tmpdir(), 'warren-broker-'))
  const ports = { port, distributionPort, epmdPort, managementPort: management ? httpPort : undefined }
  const settings = { directory, ...ports, password: randomBytes(12).toString('hex') }
  configure(settings)
  const environment = { ...serverEnvironment(installed), ...environmentOf(settings) }
  const groups = new ProcessGroups(directory)
  groups.start(installed.epmdPath, ['-address', '127.0.0.1', '-port', `${epmdPort}`], environment, 'ignore')
  const broker = new Broker(settings, groups, installed.serverPath, environment)
  try {
    await broker.start()
    return broker
  } catch (error) {
    await broker.stop()
    throw error
  }
}

interface Settings {
  readonly directory: string
  readonly port: number
  readonly distributionPort: number
  readonly epmdPort: number
  readonly managementPort: number | undefined
  readonly password: string
}

class Broker implements PrivateBroker {
  readonly url: string
  readonly managementUrl: string | undefined
  readonly environment: Readonly<Record<string, string>>
  private readonly logPath: string
  private server: ChildProcess | undefined

  constructor(
    private readonly settings: Settings, private readonly groups: ProcessGroups,
    private readonly serverPath: string, environment: Readonly<Record<string, string>>,
  ) {
    const { password, port, managementPort } = settings
    this.url = `amqp://warren:${password}@127.0.0.1:${port}`
    this.managementUrl = managementPort ? `http://warren:${password}@127.0.0.1:${managementPort}` : undefined
    this.environment = { ...environment, PATH: `${dirname(serverPath)}${delimiter}${environment['PATH'] ?? ''}` }
    this.logPath = join(settings.directory, 'broker.log')
  }

  async start(): Promise<void> {
    const log = openSync(this.logPath, 'a', 0o600)
    const server = this.groups.start(this.serverPath, [], this.environment, log)
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
    const program = join(dirname(this.serverPath), 'rabbitmqctl')
    const { stdout } = await promisify(execFile)(program, [...args], {
      env: this.environment, timeout: CONTROL_TIMEOUT_MS,
    })
    return stdout
  }

  async kill(): Promise<void> {
    if (this.server) await this.groups.kill(this.server)
  }

  stop(): Promise<void> {
    return this.groups.end()
  }

  private fault(what: string): Error {
    return new Error(`RabbitMQ ${what}. Its last words:\n${lastLines(this.logPath)}`)
  }
}

function configure({ directory, port, password, managementPort }: Settings): void {
  const cookie = randomBytes(20).toString('hex')
  writeFileSync(join(directory, '.erlang.cookie'), cookie, { mode: 0o400 })
  writeFileSync(join(directory, 'plugins'), managementPort ? '[rabbitmq_management].\n' : '[].\n')
  writeFileSync(join(directory, 'rabbitmq.conf'), [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'default_user = warren',
    `default_pass = ${password}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    ...(managementPort ? ['management.tcp.ip = 127.0.0.1', `management.tcp.port = ${managementPort}`] : []),
    '',
  ].join('\n'), { mode: 0o600 })
}

/** What makes the server use this configuration and nothing else. */
function environmentOf({ directory, port, distributionPort, epmdPort }: Settings): Record<string, string> {
  const at = (name: string): string => join(directory, name)
  return {
    HOME: directory,
    // The server's script then becomes the server, instead of waiting for it as a second process.
    detached: 'true',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: `${epmdPort}`,
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: `warren-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_DIST_PORT: `${distributionPort}`,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
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

async function freePorts(): Promise<[number, number, number, number]> {
  const servers = [createServer(), createServer(), createServer(), createServer()]
  const ports: number[] = []
  for (const server of servers) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) server.close()
  return ports as [number, number, number, number]
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')
  } catch {
    return '(none)'
  }
}
