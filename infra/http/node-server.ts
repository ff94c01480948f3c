/**
 * Node server: the interface of a node that is no master: whether it lives, whether it is ready, its figures. An
 * operator's questions are the master's.
 */
import type { Logger } from '../../runtime/logger.js'
import type { System } from '../../runtime/system.js'
import { version } from '../cli/version.js'
import type { Family } from '../metrics/family.js'
import { addHealth, connectionCheck, HEALTH_ADDRESSES, type Check } from './health.js'
import { listen, ListenError, newInterface, type Http } from './interface.js'
import { SCHEMA_VERSION } from './refusal.js'

export const AGENT_PORT = 5051

export interface NodeServerOptions {
  readonly ip?: string
  /** Unless it is given, the usual one is taken, or another when that is in use. */
  readonly port?: number | undefined
  /** Of this kind of node, if it has one. */
  readonly usualPort?: number
  readonly logger: Logger
  /** Undefined until the node has joined the others. */
  readonly system: () => System | undefined
  /** Whether it does what it is for. */
  readonly check: () => Check
  readonly families?: () => Promise<readonly Family[]>
}

/** Opened before the node joins: who cannot have its port joins nobody. Throws a `ListenError`. */
export async function openNodeServer(options: NodeServerOptions): Promise<Http> {
  const { port, usualPort = 0 } = options
  try {
    return await open(options, port ?? usualPort)
  } catch (error) {
    const isElsewhere = port === undefined && error instanceof ListenError && error.code === 'port-in-use'
    return isElsewhere ? open(options, 0) : Promise.reject(error)
  }
}

/** Where it is; of one that had to give way, how to have it where it is looked for. */
export function tellPlace({ url }: Http, { port, usualPort = 0, logger }: NodeServerOptions): void {
  const isUsual = port !== undefined || usualPort === 0 || new URL(url).port === String(usualPort)
  if (isUsual) return logger.log('info', `health and metrics at ${url}`, {})
  const fix = 'name a port with --port, so that it is known beforehand'
  logger.log('warn', `port ${usualPort} is in use, so health and metrics are at ${url}; ${fix}`, {})
}

async function open(options: NodeServerOptions, port: number): Promise<Http> {
  const { ip = '127.0.0.1', logger, system, check, families } = options
  const app = await newInterface(ip, logger)
  addHealth(app, {
    version: version(), checks: () => [check(), connectionCheck(system()?.transport())],
    nodes: () => [system()].filter((each) => each !== undefined),
    ...(families ? { more: families } : {}),
  })
  app.get('/', async () => ({ schemaVersion: SCHEMA_VERSION, addresses: HEALTH_ADDRESSES }))
  return listen(app, { ip, port })
}
