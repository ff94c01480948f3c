/**
 * Private cluster: a RabbitMQ cluster of our own on this machine, each of whose servers can be killed,
 * started, frozen and thawed alone. For tests and benchmarks; with one server it is a private broker.
 *
 * The servers share a name server (epmd) and a cookie, and nothing with a broker that the machine may
 * run. Nothing of it outlives us (see `process-groups.ts`).
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerServer, type FallibleBroker, serverName } from './broker-server.js'
import { installedServer, serverEnvironment } from './installed-server.js'
import { ProcessGroups } from './process-groups.js'

/** After this silence its peers take a server for gone; RabbitMQ's own 60 s are long for a test. */
export const NET_TICK_SECONDS = 10
/** RabbitMQ's own. */
const NET_SETUP_SECONDS = 7
export const SERVERS_MAX = 9

export interface PrivateCluster {
  /** In no order of importance: any of them may be killed. */
  readonly servers: readonly FallibleBroker[]
  /** Of all servers; with their password. */
  readonly urls: readonly string[]
  /** Ends all of its processes and removes its directory. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  readonly netTickSeconds?: number
  readonly netSetupSeconds?: number
  /** Whether each server has an HTTP interface. */
  readonly management?: boolean
  /** Settings of the application `rabbit` that its configuration file may not know, such as `channel_tick_interval`. */
  readonly rabbit?: Readonly<Record<string, number>>
}

/** Resolves when every server has joined and answers; rejects when RabbitMQ is not installed, or would not start. */
export async function startPrivateCluster(
  size: number, options: ClusterOptions = {},
): Promise<PrivateCluster> {
  const {
    netTickSeconds = NET_TICK_SECONDS, netSetupSeconds = NET_SETUP_SECONDS, management = false, rabbit = {},
  } = options
  if (!Number.isInteger(size) || size < 1 || size > SERVERS_MAX) {
    throw new RangeError(`a cluster has 1 to ${SERVERS_MAX} servers, not ${size}`)
  }
  const installed = installedServer()
  const [epmdPort = 0, ...ports] = await freePorts(1 + 3 * size)
  const home = mkdtempSync(join(tmpdir(), 'warren-broker-'))
  writeFileSync(join(home, '.erlang.cookie'), randomBytes(20).toString('hex'), { mode: 0o400 })
  const environment = serverEnvironment(installed)
  const groups = new ProcessGroups(home)
  groups.start(installed.epmdPath, ['-address', '127.0.0.1', '-port', `${epmdPort}`], environment, 'ignore')
  const places = Array.from({ length: size }, (_, index) => {
    const [port = 0, distributionPort = 0, httpPort] = ports.slice(3 * index)
    const directory = join(home, `server-${index + 1}`)
    return { directory, port, distributionPort, managementPort: management ? httpPort : undefined }
  })
  const members = places.map(({ port }) => serverName(port))
  const password = randomBytes(12).toString('hex')
  const shared = { home, epmdPort, netTickSeconds, netSetupSeconds, password, members, rabbit }
  const installation = { serverPath: installed.serverPath, environment }
  const servers = places.map((place) => new BrokerServer({ ...shared, ...place }, groups, installation))
  const stop = () => groups.end()
  try {
    // The first founds the cluster, so that no two can: the others find it and join.
    const [founder, ...others] = servers
    await founder?.start()
    await Promise.all(others.map((server) => server.start()))
    return { servers, urls: servers.map(({ url }) => url), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports: number[] = []
  for (const server of servers) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) server.close()
  return ports
}
