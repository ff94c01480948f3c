/**
 * Process cluster: masters and agents as OS processes of this machine, over a RabbitMQ broker.
 *
 * They are started as an operator would start them, by `warren master` and `warren agent`. One that dies
 * is reported; the others go on.
 */
import { join } from 'node:path'
import { printResources } from '../../actors/resources/print.js'
import { NONE, type Resources } from '../../actors/resources/resources.js'
import type { Role } from '../../actors/protocol/ids.js'
import { removeNote, writeNote } from '../cli/connection.js'
import { openWorkDirectory } from '../disk/work-directory.js'
import { probeMachine } from '../probe.js'
import { agentShares, overShare } from './agent-shares.js'
import { Closing } from './closing.js'
import { NodeProcess } from './node-process.js'

export interface ProcessClusterOptions {
  readonly cluster: string
  readonly workDir: string
  /** Where in it the agents have theirs: what they remember is of the cluster that this broker remembers. */
  readonly agentsDirectory?: string
  /** URL of the broker; its password goes to the nodes by their environment. */
  readonly broker: string
  readonly agents: readonly { readonly name: string; readonly resources?: Resources }[]
  /** How many stand in for each other. */
  readonly masters: number
  /** Of the first master's interface; the others take those behind it. 0: free ones. */
  readonly port: number
  readonly weights?: ReadonlyMap<Role, number>
  readonly shareOffers?: boolean
  /** What its nodes record of messages: 0 to 1. */
  readonly tracePart?: number
  readonly logLevel: string
  readonly logFormat: string
  /** Takes what the nodes log, with the node's title. */
  readonly log: (title: string, line: string) => void
  /** Resolves when it is to end; while it opens, it then gives up. */
  readonly wish: Promise<unknown>
  /** A node has ended that nobody asked to. */
  readonly died: (node: NodeProcess, how: string) => void
}

export interface ProcessAgent {
  readonly name: string
  readonly agentId: string
  /** Where its health and metrics are. */
  readonly http: string
  readonly resources: Resources
}

export interface ProcessMaster {
  readonly name: string
  readonly http: string
}

export interface ProcessCluster {
  /** The first leads when the cluster is up. */
  readonly masters: readonly ProcessMaster[]
  readonly agents: readonly ProcessAgent[]
  /** Masters first. */
  readonly nodes: readonly NodeProcess[]
  /** Agents end their tasks and leave, then the masters. */
  close(): Promise<void>
  /** Ends all processes now; their tasks run on. */
  kill(): void
}

/** Resolves once every agent is registered. Rejects with a Failure in the words of the node that failed. */
export async function openProcessCluster(options: ProcessClusterOptions): Promise<ProcessCluster> {
  const { cluster, broker, weights, shareOffers, port, died, logLevel, logFormat } = options
  const { agentsDirectory = 'agents', tracePart = 0 } = options
  const closing = new Closing()
  const nodes: NodeProcess[] = []
  let opening = true
  void options.wish.then(() => {
    if (opening) for (const node of nodes) void node.stop()
  })
  const kill = () => {
    for (const node of nodes) node.kill()
  }
  const start = async (title: string, argv: readonly string[]) => {
    const node = new NodeProcess({
      title, log: (line) => options.log(title, line), environment: { WARREN_BROKER: broker },
      argv: [
        ...argv, '--cluster', cluster, '--trace', String(tracePart), '--log-level', logLevel,
        '--log-format', logFormat,
      ],
    })
    nodes.push(node)
    const news = await node.ready()
    void node.ended.then((how) => {
      if (!node.isStopping) died(node, how)
    })
    return { node, news }
  }
  try {
    const directory = openWorkDirectory(options.workDir)
    closing.add(() => directory.close())
    const shares = agentShares(options.agents.length, await probeMachine(directory.path))
    const masters: (ProcessMaster & { readonly argv: readonly string[] })[] = []
    // One after the other: the first is to lead.
    for (let index = 0; index < options.masters; index++) {
      const name = `m${index + 1}`
      const { node: { argv }, news } = await start(`master ${name}`, [
        'master', '--name', name, '--port', String(port === 0 ? 0 : port + index),
        ...(shareOffers ? ['--share-offers'] : []),
        ...(weights ? ['--weights', [...weights].map((pair) => pair.join('=')).join(',')] : []),
      ])
      masters.push({ name, http: news.http ?? '', argv })
    }
    // Standbys leave first, or one of them would take over from the leader that leaves.
    closing.add(async () => {
      for (const node of nodes.slice(0, masters.length).reverse()) await node.stop()
    })
    closing.add(async () => { await Promise.all(nodes.slice(masters.length).map((node) => node.stop())) })
    const starting = options.agents.map(async ({ name, resources = NONE }, index) => {
      const offered = overShare(resources, shares[index] ?? NONE)
      const { news } = await start(`agent ${name}`, [
        'agent', '--name', name, '--hostname', name, '--port', '0', '--work-dir',
        join(directory.path, agentsDirectory, name), '--resources', printResources(offered),
      ])
      return { name, agentId: news.agentId ?? '', http: news.http ?? '', resources: offered }
    })
    await Promise.allSettled(starting)
    const agents = await Promise.all(starting)
    const http = masters.map((each) => each.http).join(',')
    const again = masters.map((each) => ({ http: each.http, argv: each.argv }))
    writeNote(directory.path, { cluster, pid: process.pid, http, broker, masters: again, trace: tracePart })
    closing.add(() => removeNote(directory.path))
    return {
      masters: masters.map((each) => ({ name: each.name, http: each.http })), agents, nodes,
      close: () => closing.close(), kill,
    }
  } catch (error) {
    await closing.close()
    throw error
  } finally {
    opening = false
  }
}
