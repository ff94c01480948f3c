/**
 * `warren executor`: the process of a custom executor. Agents start it; what it must know in order to
 * join is in its environment, which nobody else can read.
 */
import type { Executor } from '../../actors/executor/executor.js'
import type { ExecutorCall } from '../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId } from '../../actors/protocol/ids.js'
import { nodeOf, type NodeAddress, type Ref } from '../../runtime/address.js'
import { AuthorError } from '../author/author-error.js'
import { authorFile, loadDefault } from '../author/load.js'
import { runExecutorNode } from '../node/executor-node.js'
import { prettyLogger } from '../pretty-logger.js'
import type { Call, Command } from './command.js'
import { brokerConnection, DEFAULT_CLUSTER, socketConnection, type Connection } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { nodeNameOf } from './node-options.js'
import { tracePart } from './trace-option.js'

export const command: Command = {
  arguments: ['<file>'],
  options: [],
  examples: ["In a framework: task({ …, executor: executorOf({ id: 'e1', file: '/…/it.ts', resources }) })"],
  notes: 'Agents run this for tasks whose executor is a file; by hand it does nothing of use.',
  run,
}

async function run({ arguments: [named = ''] }: Call): Promise<number> {
  const variable = (name: string): string => {
    const value = process.env[name]
    if (value !== undefined && value !== '') return value
    throw new Failure(EXIT.usage,
      `${name} is not set: agents start executors; name the file in a task's executor instead`)
  }
  const agent = variable('WARREN_AGENT_REF') as Ref<ExecutorCall>
  const frameworkId = variable('WARREN_FRAMEWORK_ID') as FrameworkId
  const executorId = variable('WARREN_EXECUTOR_ID') as ExecutorId
  const [connection, executor] = await Promise.all([joining(variable, nodeOf(agent)), load(named)])
  await runExecutorNode({
    name: nodeNameOf(executorId).slice(0, NAME_CHARACTERS_MAX),
    openLink: connection.openLink, tracing: connection.tracing, logger: prettyLogger('info'),
    executor, agent, frameworkId, executorId,
    aloneMaxMs: ALONE_MAX_MS,
  })
  // What the author left open must not keep the process alive.
  setTimeout(() => process.exit(), EXIT_AFTER_MS).unref()
  return EXIT.ok
}

const EXIT_AFTER_MS = 500
/** A broker's names have room for an agent's and its executor's; lives tell executors apart. */
const NAME_CHARACTERS_MAX = 40
/** A broker may be away for a while, or the process behind the socket; the tasks run on meanwhile. */
const ALONE_MAX_MS = 900_000

function joining(variable: (name: string) => string, agent: NodeAddress): Promise<Connection> {
  const cluster = process.env['WARREN_CLUSTER'] ?? DEFAULT_CLUSTER
  const broker = process.env['WARREN_BROKER']
  const part = tracePart({ trace: process.env['WARREN_TRACE'] })
  return broker ? brokerConnection(broker, cluster, { agent, part })
    : socketConnection(variable('WARREN_SOCKET'), cluster, part)
}

async function load(named: string): Promise<Executor<unknown, unknown>> {
  try {
    const file = await authorFile(named)
    const exported = await loadDefault(file, 'executor') as Partial<Executor<unknown, unknown>> | null
    if (typeof exported?.initial === 'function' && typeof exported.receive === 'function') {
      return exported as Executor<unknown, unknown>
    }
    throw new AuthorError(
      `the default export of '${file}' is no executor: write \`export default executor({ … })\``)
  } catch (error) {
    if (error instanceof AuthorError) throw new Failure(EXIT.usage, error.message)
    throw error
  }
}
