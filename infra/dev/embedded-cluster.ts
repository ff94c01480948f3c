/**
 * Embedded cluster: a master and its agents in this process, joined by memory.
 *
 * Other processes of the machine (commands, frameworks, executors) join through a Unix socket in the
 * work directory and find it by the note that lies beside it. Both are for this user alone.
 */
import { join, resolve } from 'node:path'
import type { AgentOwnerEvent } from '../../actors/agent/state.js'
import type { Attributes } from '../../actors/resources/attributes.js'
import { NONE, type Resources } from '../../actors/resources/resources.js'
import type { AgentId, Role } from '../../actors/protocol/ids.js'
import type { Logger } from '../../runtime/logger.js'
import type { TraceSink } from '../../runtime/hop.js'
import { removeNote, writeNote } from '../cli/connection.js'
import { openWorkDirectory, WorkDirectoryError } from '../disk/work-directory.js'
import { openHttp } from '../http/server.js'
import { serveLocal } from '../local/server.js'
import { memoryHub, type MemoryHub } from '../memory/link.js'
import { MemoryHopBus } from '../trace/hop-bus.js'
import { HopCollector } from '../trace/hop-collector.js'
import { openAgentNode, type AgentNode } from '../node/agent-node.js'
import { fileLog } from '../node/shared-log.js'
import { openMasterNode, type MasterNode } from '../node/master-node.js'
import { moduleRunner } from '../node/module-runner.js'
import { probeMachine } from '../probe.js'
import { agentShares, overShare } from './agent-shares.js'
import { Closing } from './closing.js'

const SOCKET = 'warren.sock'
/** Of a Unix socket's address, on Linux. */
const SOCKET_PATH_BYTES_MAX = 107

export interface DevAgent {
  readonly name: string
  /** What is not named here is the agent's share of this machine. */
  readonly resources?: Resources
  readonly attributes?: Attributes
}

export interface EmbeddedClusterOptions {
  readonly cluster: string
  readonly workDir: string
  readonly agents: readonly DevAgent[]
  readonly logger: Logger
  /** Of the HTTP interface; a free one unless given. */
  readonly port?: number
  readonly traces?: TraceSink
  readonly weights?: ReadonlyMap<Role, number>
  readonly shareOffers?: boolean
  /** Of all traces, so many are recorded: 0 to 1; none unless given. */
  readonly tracePart?: number
}

export interface EmbeddedAgent extends AgentNode {
  readonly name: string
  readonly agentId: AgentId
}

export interface EmbeddedCluster {
  readonly cluster: string
  /** Joins in this process; `openLink: hub.open` of a node. */
  readonly hub: MemoryHub
  /** Joins from other processes. */
  readonly socket: string
  /** The master's HTTP interface. */
  readonly http: string
  readonly master: MasterNode
  readonly agents: readonly EmbeddedAgent[]
  /** Agents end their tasks and leave, then everything else goes; within 10 seconds. */
  close(): Promise<void>
}

/**
 * Resolves once every agent is registered and other processes can join.
 * Throws a WorkDirectoryError when the directory cannot be used or is another cluster's, a ListenError
 * when the port is taken.
 */
export async function openEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { cluster, logger, traces, weights, shareOffers = false, port = 0, tracePart = 0 } = options
  const closing = new Closing()
  try {
    checkSocketPath(options.workDir)
    const directory = openWorkDirectory(options.workDir)
    closing.add(() => directory.close())
    const hub = memoryHub()
    const bus = new MemoryHopBus()
    const hops = new HopCollector(bus)
    closing.add(async () => hops.close())
    const tracing = { part: tracePart, openOutlet: bus.open }
    const node = { openLink: hub.open, logger, tracing, ...(traces ? { traces } : {}) }
    const socket = join(directory.path, SOCKET)
    const server = await serveLocal(hub, socket, bus)
    closing.add(() => server.close())
    const policy = { shareOffers, ...(weights ? { weights } : {}) }
    const openLog = fileLog(join(directory.path, 'master', 'log'), (text) => logger.log('error', text, {}))
    const master = await openMasterNode({ ...node, ...policy, cluster, name: 'm1', openLog })
    closing.add(() => master.close())
    const agents: EmbeddedAgent[] = []
    const others = () => agents.map(({ system }) => system)
    const { system } = master
    const http = await openHttp({ system, master: master.master, cluster, port, logger, hops, others })
    closing.add(() => http.close())
    await master.begin(http.url)
    agents.push(...await openAgents(options, directory.path, socket, node))
    closing.add(async () => { await Promise.all(agents.map((agent) => agent.leave())) })
    writeNote(directory.path, { cluster, pid: process.pid, http: http.url, socket, trace: tracePart })
    closing.add(() => removeNote(directory.path))
    return { cluster, hub, socket, http: http.url, master, agents, close: () => closing.close() }
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Before anything is made: the system would only say that the address is bad. */
function checkSocketPath(workDir: string): void {
  const path = join(resolve(workDir), SOCKET)
  const bytes = Buffer.byteLength(path)
  if (bytes <= SOCKET_PATH_BYTES_MAX) return
  const surplus = `${bytes - SOCKET_PATH_BYTES_MAX} bytes`
  throw new WorkDirectoryError(`work directory '${resolve(workDir)}' is ${surplus} `
    + 'too long for the socket in it; choose a shorter one with --work-dir')
}

type Node = Pick<Parameters<typeof openAgentNode>[0], 'openLink' | 'logger' | 'traces' | 'tracing'>

async function openAgents(
  { agents, cluster, tracePart = 0 }: EmbeddedClusterOptions, workDir: string, socket: string, node: Node,
): Promise<readonly EmbeddedAgent[]> {
  if (agents.length === 0) return []
  const shares = agentShares(agents.length, await probeMachine(workDir))
  const modules = moduleRunner({ WARREN_SOCKET: socket, WARREN_CLUSTER: cluster, WARREN_TRACE: String(tracePart) })
  const opened = await Promise.allSettled(agents.map(({ name, resources = NONE, attributes = {} }, index) =>
    openRegistered({
      ...node, name, attributes, modules, hostname: name, workDir: join(workDir, 'agents', name),
      resources: overShare(resources, shares[index] ?? NONE),
    })))
  const failed = opened.find((each) => each.status === 'rejected')
  const living = opened.flatMap((each) => each.status === 'fulfilled' ? [each.value] : [])
  if (!failed) return living
  await Promise.all(living.map((agent) => agent.leave()))
  throw failed.reason
}

async function openRegistered(options: Parameters<typeof openAgentNode>[0]): Promise<EmbeddedAgent> {
  let standing: (event: AgentOwnerEvent) => void = () => undefined
  const registered = new Promise<AgentId>((resolve, reject) => {
    standing = (event) => {
      if (event.type === 'registered') resolve(event.agentId)
      else if (event.type === 'refused') reject(new Error(event.problem))
    }
  })
  const agent = await openAgentNode({ ...options, standing: (event) => standing(event) })
  try {
    return { ...agent, name: options.name, agentId: await registered }
  } catch (error) {
    await agent.leave()
    throw error
  }
}
