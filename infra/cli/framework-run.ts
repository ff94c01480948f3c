/** `warren framework run`: runs a framework that its author wrote in one file. */
import { resolve } from 'node:path'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import { AuthorError } from '../author/author-error.js'
import { eventJson, eventLine } from '../author/events.js'
import { loadFramework, overheard, type AuthorFramework } from '../author/framework-file.js'
import { authorFile } from '../author/load.js'
import { KEPT_FAILOVER_MS, KeptId } from '../author/kept-id.js'
import { watchedRun } from '../author/watched-run.js'
import type { Logger } from '../../runtime/logger.js'
import type { System } from '../../runtime/system.js'
import type { Http } from '../http/interface.js'
import { openFrameworkNode, type FrameworkNode } from '../node/framework-node.js'
import { FrameworkStanding } from '../node/framework-standing.js'
import { LAUNCHER } from '../node/module-runner.js'
import type { Call, Command } from './command.js'
import { CONNECTION_OPTIONS, connectionOf, type Connection } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { FrameworkFaults } from './framework-faults.js'
import { invocation } from './invocation.js'
import { exitCodeOf, Lifetime, tellStarter } from './lifetime.js'
import { nodeFailure } from './node-failure.js'
import { traceOption } from './trace-option.js'
import { logOptions, nodeNameOf, openCommandLogger, parsePort } from './node-options.js'

/** What an author's file left open keeps the process no longer than this. */
const EXIT_AFTER_MS = 500

export const command: Command = {
  arguments: ['<file>', '[args...]'],
  options: [
    ...CONNECTION_OPTIONS,
    {
      flags: '--watch',
      help: 'start anew when the file changes; the default at a terminal, in a cluster of `warren dev`',
    },
    { flags: '--no-watch', help: 'run it once' },
    {
      flags: '--keep <file>', isFlagOnly: true,
      help: 'where its id is kept: started again after a crash, it is the same framework with its tasks',
    },
    {
      flags: '--port <number>', isFlagOnly: true, parse: parsePort,
      help: 'answer for health and metrics there, on this machine; 0 takes a free one; nowhere unless given',
    },
    { flags: '--verbose', help: 'on stderr, a line for all that it hears, and the stacks of faults' },
    { flags: '--json', help: 'the same as JSON Lines on stdout' },
    traceOption(),
    ...logOptions('info'),
  ],
  examples: [
    'warren framework run actors/frameworks/example/hello.ts',
    'warren framework run my-framework.ts --watch --verbose',
    'warren framework run my-service.ts --keep my-service.id --port 5060',
    'warren framework run actors/frameworks/example/primes.ts -- 3000000 12',
  ],
  notes: 'FILE exports `framework({ … })` as its default, or a function that makes one from the list of arguments\n'
    + 'after FILE: `export default ([limit, pieces]) => framework({ … })`. All that it may hold is told, with every\n'
    + 'event and what can be asked for, in actors/frameworks/README.md.\n'
    + "`import { framework, task } from 'warren'` works wherever FILE lies, in TypeScript too.\n"
    + "The exit code is the one that the framework finishes with. Ctrl-C ends the framework and its tasks.\n"
    + 'If its process breaks off, its tasks run on: with --keep for a week, else for a minute, or as long as FILE\n'
    + 'says (failoverTimeoutMs). With --keep a second process takes over from the first, and its tasks run on, too.',
  run,
}

async function run(call: Call): Promise<number> {
  const { arguments: [named = '', ...args], options } = call
  const lifetime = new Lifetime()
  try {
    const file = await authorFile(named)
    const connection = await connectionOf(options)
    if (watches(options)) return await runWatched(file, call, lifetime)
    return await runOnce(file, args, options, connection, lifetime)
  } catch (error) {
    if (error instanceof AuthorError) throw new Failure(EXIT.usage, error.message)
    throw error
  }
}

/** Whoever sits at a terminal in front of a cluster of their own is writing the file. */
const watches = ({ watch, broker }: Call['options']): boolean =>
  watch === undefined ? process.stderr.isTTY === true && broker === undefined : watch === true

const PASSED_ON = {
  cluster: 'cluster', workDir: 'work-dir', logLevel: 'log-level', logFormat: 'log-format', keep: 'keep',
  trace: 'trace', port: 'port',
}

async function runWatched(
  file: string, { arguments: [, ...args], options }: Call, lifetime: Lifetime,
): Promise<number> {
  const flags = Object.entries(PASSED_ON)
    .flatMap(([name, flag]) => (options[name] === undefined ? [] : [`--${flag}`, String(options[name])]))
  const switches = ['verbose', 'json'].filter((name) => options[name] === true).map((name) => `--${name}`)
  // A broker travels by the environment, where nobody else can read its password.
  if (typeof options['broker'] === 'string') process.env['WARREN_BROKER'] = options['broker']
  const code = await watchedRun({
    file, wish: lifetime.wish, say: (text) => void process.stderr.write(`warren: ${text}\n`),
    argv: [
      process.execPath, LAUNCHER, 'framework', 'run', '--no-watch', ...flags, ...switches,
      file, '--', ...args,
    ],
  })
  return code ?? exitCodeOf(await lifetime.wish)
}

async function runOnce(
  file: string, args: readonly string[], options: Call['options'], connection: Connection, lifetime: Lifetime,
): Promise<number> {
  const kept = typeof options['keep'] === 'string' ? new KeptId(resolve(options['keep'])) : undefined
  const definition = await loadFramework(file, args)
  const name = connection.nameAs('framework') ?? nodeNameOf(definition.name)
  const commandLogger = await openCommandLogger(options, `framework-${name}`)
  const faults = new FrameworkFaults(commandLogger, options['verbose'] === true)
  const standing = new FrameworkStanding()
  const opened: { node?: FrameworkNode<unknown> } = {}
  const http = await openedServer(options, commandLogger, standing, () => opened.node?.system)
  const node = await openFrameworkNode<unknown, unknown>({
    name, logger: faults.plain, openLink: connection.openLink, tracing: connection.tracing,
    framework: () => listenedTo(definition, options, faults, standing),
    collapsed: (error) => giveUp(definition.name, error),
    ...(kept ? resuming(kept, connection.cluster) : {}),
  }).catch(async (error: unknown) => {
    await http?.close()
    throw error
  })
  opened.node = node
  let isOver = false
  try {
    const ended = outcome(node, definition, kept, connection.cluster)
    const code = await Promise.race([ended, lifetime.wish.then(exitCodeOf)])
    isOver = true
    tellStarter({ type: 'finished' })
    return code
  } finally {
    node.end()
    await node.finished.catch(() => undefined)
    await node.close()
    await http?.close()
    if (isOver) settle(definition.name, node.left(), kept)
    if (process.connected) process.disconnect()
    setTimeout(() => process.exit(), EXIT_AFTER_MS).unref()
  }
}

/** Where somebody may ask how it does, if that was wished. */
async function openedServer(
  { port }: Call['options'], logger: Logger, standing: FrameworkStanding, system: () => System | undefined,
): Promise<Http | undefined> {
  if (port === undefined) return undefined
  const { openNodeServer, tellPlace } = await import('../http/node-server.js')
  const server = { port: Number(port), logger, system, check: () => standing.check() }
  const http = await openNodeServer(server).catch((error: unknown) => {
    throw nodeFailure(error)
  })
  tellPlace(http, server)
  return http
}

/** Nothing is left that could leave in order. */
function giveUp(name: string, error: unknown): never {
  const last = error instanceof Error ? error.message : String(error)
  const what = `framework '${name}' failed too often and was given up`
  process.stderr.write(`warren: ${what}; the last time: ${last}\n`)
  process.exit(EXIT.failed)
}

/** It is whoever it was before, if it was anybody; and it can be that again. */
function resuming(kept: KeptId, cluster: string) {
  const frameworkId = kept.of(cluster)
  return {
    failoverTimeoutMs: KEPT_FAILOVER_MS,
    subscribed: (id: FrameworkId) => kept.subscribed(id, cluster),
    ...(frameworkId ? { frameworkId } : {}),
  }
}

/** Its id is of no more use, unless its tasks run on because no master heard that it has ended. */
function settle(name: string, left: FrameworkId | undefined, kept: KeptId | undefined): void {
  if (left === undefined) return kept?.forget()
  const how = `when a master leads again, end them: ${invocation()} framework teardown ${left}`
  process.stderr.write(`warren: no master heard that framework '${name}' has ended, and its tasks run on; ${how}\n`)
}

async function outcome(
  node: FrameworkNode<unknown>, { name }: AuthorFramework, kept: KeptId | undefined, cluster: string,
): Promise<number> {
  try {
    return await node.finished
  } catch (error) {
    const { message } = error as Error
    if (kept?.isRefused(cluster)) {
      kept.forget()
      throw new Failure(EXIT.failed, `framework '${name}' cannot be resumed: ${message}; start it again, as a new one`)
    }
    throw new Failure(EXIT.failed, `the cluster does not run framework '${name}': ${message}`)
  }
}

function listenedTo(
  definition: AuthorFramework, options: Call['options'], faults: FrameworkFaults, standing: FrameworkStanding,
): AuthorFramework {
  return overheard(definition, (event) => {
    standing.note(event)
    if (options['verbose'] === true) process.stderr.write(`${eventLine(event)}\n`)
    if (options['json'] === true) process.stdout.write(`${eventJson(event, Date.now())}\n`)
  }, (error) => faults.thrown(error))
}
