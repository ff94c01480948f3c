/** Dev summary: what `warren dev` says when its cluster is up: what there is, and what to try next. */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeResources } from '../../actors/resources/print.js'
import type { Resources } from '../../actors/resources/resources.js'
import { DEFAULT_CLUSTER } from './connection.js'
import { invocation, nearPath, shellWord } from './invocation.js'

const HELLO = fileURLToPath(new URL('../../../actors/frameworks/example/hello.ts', import.meta.url))

export interface DevAgent {
  readonly name: string
  readonly agentId: string
  readonly resources: Resources
  /** Where its health and metrics are, when it is a process of its own. */
  readonly http?: string
}

export interface DevCluster {
  readonly cluster: string
  /** The leader first. */
  readonly masters: readonly { readonly name: string; readonly http: string }[]
  readonly agents: readonly DevAgent[]
  /** How the nodes meet, without secrets. */
  readonly place: string
  /** Of a cluster over a broker; an embedded one is this process. */
  readonly processes: readonly { readonly title: string; readonly pid: number }[]
  /** Where it keeps its files. */
  readonly workDir: string
  /** Where in it the agents have theirs. */
  readonly agentsDirectory: string
  /** The options by which other commands find it, beginning with a space; empty if they need none. */
  readonly which: string
}

export function summaryOf({ cluster, masters, agents, place, processes, which, ...at }: DevCluster): string {
  const { workDir, agentsDirectory } = at
  const warren = invocation()
  const count = `${agents.length} agent${agents.length === 1 ? '' : 's'}`
  const standbys = masters.length < 2 ? ''
    : `${masters.length - 1} standby${masters.length === 2 ? '' : 's'}, `
  const offers = agents.map(({ name, agentId, resources, http }) =>
    `${name}  ${agentId}  ${describeResources(resources)}${http === undefined ? '' : `  ${http}`}`)
  const pids = processes.map(({ title, pid }) => `${title} ${pid}`)
  return [
    `Cluster ${cluster} is up: leader m1, ${standbys}${count}.`, '',
    ...masters.map(({ name, http }, index) =>
      `  ${index === 0 ? 'HTTP' : '    '}       ${http}${masters.length > 1 ? `  ${name}` : ''}`),
    ...offers.map((line, index) => `  ${index === 0 ? 'agents' : '      '}     ${line}`),
    ...(processes.length === 0
      ? [`  embedded   in this process; others join at ${place}`]
      : [
        `  broker     ${place}  (password in ${join(workDir, 'cluster.json')})`,
        `  processes  ${pids.join(', ')}`,
      ]),
    '', 'Try, in another terminal:',
    `  ${warren} run${which} -- sh -c 'echo hello from $(hostname)'`,
    `  ${warren} agent list${which}`,
    `  ${warren} framework run${which} ${nearPath(HELLO)}`,
    ...(processes.length === 0 ? [] : ['', 'One more agent, by hand:', `  ${nodeCommand(workDir, [
      'agent', '--name', 'more', '--cluster', cluster, '--work-dir', join(workDir, agentsDirectory, 'more'),
      '--resources', 'cpus:1;mem:512;disk:1000;ports:[32001-32100]',
    ])}`]),
    '', 'Ctrl-C stops it.',
  ].join('\n')
}

/** Starts a node by hand at the broker of this cluster; the password stays out of the command line. */
export function nodeCommand(workDir: string, argv: readonly string[]): string {
  const note = JSON.stringify(join(workDir, 'cluster.json'))
  const broker = `node -p ${shellWord(`require(${note}).broker`)}`
  return `WARREN_BROKER="$(${broker})" ${invocation()} ${argv.map(shellWord).join(' ')}`
}

/** Starts it again where it answered before, so that whoever knew it finds it. */
export function nodeCommandAgain(workDir: string, argv: readonly string[], http: string | undefined): string {
  const port = http === undefined ? '0' : new URL(http).port
  return nodeCommand(workDir, argv.map((word, at) => (argv[at - 1] === '--port' ? port : word)))
}

/** The options by which other commands find a cluster that was started with these, beginning with a space. */
export function whichOf(options: Readonly<Record<string, unknown>>): string {
  const { cluster, workDir } = options
  if (workDir !== undefined) return ` --work-dir ${nearPath(resolve(String(workDir)))}`
  return cluster === undefined || cluster === DEFAULT_CLUSTER ? '' : ` --cluster ${cluster}`
}
