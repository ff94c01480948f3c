/**
 * Private broker: a RabbitMQ of our own, for development, tests and benchmarks.
 *
 * It shares nothing with a broker that the machine may run: own directory, ports, name server, cookie
 * and password, loopback only. A watchdog holds a pipe to us; when it closes, however we ended, the
 * watchdog kills what is left and removes the directory.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type InstalledServer, installedServer, serverEnvironment } from './installed-server.js'

const START_TIMEOUT_MS = 60_000
const POLL_MS = 50
const LOG_LINES_SHOWN = 10
const PROTOCOL_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1')

export interface PrivateBroker {
  /** With its password, which nobody else knows: not for logs. */
  readonly url: string
  /** Ends the server as `kill -9` would; what is durable stays for the next start. */
  kill(): Promise<void>
  /** Starts the server again, on the same port. */
  start(): Promise<void>
  /** Ends all of its processes and removes its directory. */
  stop(): Promise<void>
}

/** Resolves when the broker answers; rejects when no RabbitMQ is installed, or it would not start. */
export async function startPrivateBroker(): Promise<PrivateBroker> {
  const installed = installedServer()
  const [port, distributionPort, epmdPort] = await freePorts()
  const directory = mkdtempSync(join(tmpdir(), 'warren-broker-'))
  const password = randomBytes(12).toString('hex')
  const environment = prepare(directory, { port, distributionPort, epmdPort, password }, installed)
  const watchdog = startWatchdog(directory)
  const epmd = startGroup(
    installed.epmdPath, ['-address', '127.0.0.1', '-port', `${epmdPort}`], environment, 'ignore', watchdog,
  )
  const broker = new Broker(`amqp://warren:${password}@127.0.0.1:${port}`, port, watchdog, epmd, () => {
    const log = openSync(join(directory, 'broker.log'), 'a', 0o600)
    const server = startGroup(installed.serverPath, [], environment, log, watchdog)
    closeSync(log)
    return server
  }, () => lastLines(join(directory, 'broker.log')))
  try {
    await broker.start()
    return broker
  } catch (error) {
    await broker.stop()
    throw error
  }
}

class Broker implements PrivateBroker {
  private server: ChildProcess | undefined

  constructor(
    readonly url: string, private readonly port: number, private readonly watchdog: ChildProcess,
    private readonly epmd: ChildProcess, private readonly spawnServer: () => ChildProcess,
    private readonly log: () => string,
  ) {}

  async start(): Promise<void> {
    const server = this.spawnServer()
    this.server = server
    const deadline = performance.now() + START_TIMEOUT_MS
    while (!(await answers(this.port))) {
      if (hasEnded(server)) throw new Error(`RabbitMQ did not start. Its last words:\n${this.log()}`)
      if (performance.now() > deadline) {
        throw new Error(`RabbitMQ did not answer within ${START_TIMEOUT_MS} ms. Its last words:\n${this.log()}`)
      }
      await delay(POLL_MS)
    }
  }

  async kill(): Promise<void> {
    if (this.server) await killGroup(this.server)
  }

  async stop(): Promise<void> {
    await this.kill()
    await killGroup(this.epmd)
    // They are gone; from here on their ids may be somebody else's.
    this.watchdog.ref()
    this.watchdog.stdin?.end('forget\n')
    if (!hasEnded(this.watchdog)) await once(this.watchdog, 'exit')
  }
}

interface Settings {
  readonly port: number
  readonly distributionPort: number
  readonly epmdPort: number
  readonly password: string
}

/** Writes the configuration; answers the environment that makes the server use it and nothing else. */
function prepare(directory: string, settings: Settings, installed: InstalledServer): Record<string, string> {
  const at = (name: string): string => join(directory, name)
  writeFileSync(at('.erlang.cookie'), randomBytes(20).toString('hex'), { mode: 0o400 })
  writeFileSync(at('plugins'), '[].\n')
  writeFileSync(at('rabbitmq.conf'), [
    `listeners.tcp.1 = 127.0.0.1:${settings.port}`,
    'default_user = warren',
    `default_pass = ${settings.password}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    '',
  ].join('\n'), { mode: 0o600 })
  return {
    ...serverEnvironment(installed),
    HOME: directory,
    // The server's script then becomes the server, instead of waiting for it as a second process.
    detached: 'true',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: `${settings.epmdPort}`,
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: `warren-${settings.port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: `${settings.port}`,
    RABBITMQ_DIST_PORT: `${settings.distributionPort}`,
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

/** Reads the ids of process groups, one per line. When its input ends it kills them and cleans up. */
const WATCHDOG = `
groups=
while read -r line; do
  case $line in forget) groups= ;; *) groups="$groups -$line" ;; esac
done
[ -z "$groups" ] || kill -s KILL -- $groups
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`

function startWatchdog(directory: string): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'warren-watchdog', directory], {
    detached: true, stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.stdin?.on('error', () => undefined)
  watchdog.unref()
  const pipe = watchdog.stdin as Socket | null
  pipe?.unref()
  return watchdog
}

/** Starts a program as the leader of a process group that the watchdog knows. */
function startGroup(
  path: string, args: readonly string[], env: Record<string, string>, output: 'ignore' | number,
  watchdog: ChildProcess,
): ChildProcess {
  const child = spawn(path, args, { env, detached: true, stdio: ['ignore', output, output] })
  child.on('error', () => undefined)
  child.unref()
  watchdog.stdin?.write(`${child.pid}\n`)
  return child
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

async function killGroup(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return
  const exit = once(child, 'exit')
  child.ref()
  process.kill(-child.pid, 'SIGKILL')
  await exit
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

async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()]
  const ports: number[] = []
  for (const server of servers) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) server.close()
  return ports as [number, number, number]
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')
  } catch {
    return '(none)'
  }
}
