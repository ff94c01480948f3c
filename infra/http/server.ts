/**
 * Server: the master's HTTP interface for operators, on this machine only. It holds no state of the
 * cluster: every answer is the master's, asked at the moment of the request.
 */
import type { FastifyError, FastifyInstance } from 'fastify'
import type { Ref } from '../../runtime/address.js'
import type { Logger } from '../../runtime/logger.js'
import type { System } from '../../runtime/system.js'
import type { OperatorCall } from '../../actors/protocol/operator.js'
import { version } from '../cli/version.js'
import { checkCluster, checkOrigin, isLoopback } from './guard.js'
import { addConsole } from './console.js'
import { addEvents } from './event-routes.js'
import { addHealth } from './health.js'
import { addLive } from './live-routes.js'
import { addNodes } from './node-routes.js'
import { Questions } from './questions.js'
import { CLUSTER_HEADER, errorBody, Refusal, type RefusalCode } from './refusal.js'
import { addRoutes } from './routes.js'
import { addStandby } from './standby.js'
import { addTraces } from './traces.js'
import type { HopCollector } from '../trace/hop-collector.js'

export const DEFAULT_PORT = 5050
/** Connections held open at once; more are turned away. */
export const CONNECTIONS_MAX = 1_024
const BODY_BYTES_MAX = 65_536
/** `framework/task`, both percent-encoded. */
const ID_CHARACTERS_MAX = 2_048

export interface HttpOptions {
  readonly system: System
  readonly master: Ref<OperatorCall>
  readonly cluster: string
  readonly ip?: string
  /** 0 takes any free one. */
  readonly port?: number
  readonly logger: Logger
  /** What it knows of the cluster's messages. */
  readonly hops?: HopCollector
}

export interface Http {
  readonly url: string
  /** Hangs up on everybody, logs that are followed included. */
  close(): Promise<void>
}

/** The interface cannot be opened; the message names the port and what to do. */
export class ListenError extends Error {
  constructor(readonly code: 'port-in-use' | 'not-allowed' | 'not-loopback' | 'failed', message: string) {
    super(message)
  }
}

/** Throws a `ListenError`. */
export async function openHttp(options: HttpOptions): Promise<Http> {
  const { system, master, cluster, ip = '127.0.0.1', port = DEFAULT_PORT, logger } = options
  if (!isLoopback(ip)) {
    const why = 'it can be reached from other machines, and nobody is asked yet who they are'
    throw new ListenError('not-loopback', `cannot listen on ${ip}: ${why}; use --ip 127.0.0.1`)
  }
  const questions = new Questions(system, master)
  const app = await newApp(logger, cluster)
  addHealth(app, { system, questions, version: version() })
  addStandby(app, questions)
  addRoutes(app, questions)
  addEvents(app, questions)
  addNodes(app, system, questions)
  addLive(app, system, questions)
  addConsole(app, questions)
  addTraces(app, options.hops)
  try {
    const url = await app.listen({ host: ip, port })
    logger.log('info', 'answering', { url, cluster })
    return { url, close: () => app.close() }
  } catch (error) {
    await app.close()
    throw listenError(error as NodeJS.ErrnoException, ip, port)
  }
}

async function newApp(logger: Logger, cluster: string): Promise<FastifyInstance> {
  // Here and not above: only a master that opens its interface pays for loading it.
  const { fastify } = await import('fastify')
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX, exposeHeadRoutes: false, forceCloseConnections: true,
    routerOptions: { maxParamLength: ID_CHARACTERS_MAX },
  })
  app.server.maxConnections = CONNECTIONS_MAX
  app.addHook('onRequest', async ({ method, headers }) => {
    checkOrigin(method, headers)
    checkCluster(headers[CLUSTER_HEADER], cluster)
  })
  app.setNotFoundHandler(({ method, url }) => {
    throw new Refusal('not-found', `there is nothing at ${method} ${url.slice(0, ID_CHARACTERS_MAX)}`)
  })
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const refusal = error instanceof Refusal ? error : refusalOf(error)
    if (refusal.code === 'failed') logger.log('error', 'a request failed', { error: error.stack })
    return reply.code(refusal.status).type('application/json; charset=utf-8').send(errorBody(refusal))
  })
  return app
}

/** What the web framework itself refuses (a body too large, an address that cannot be decoded). */
function refusalOf({ statusCode = 500, message }: FastifyError): Refusal {
  const code: RefusalCode = statusCode < 500 ? 'bad-request' : 'failed'
  return new Refusal(code, code === 'failed' ? 'the interface failed; its log says why' : message)
}

function listenError({ code, message }: NodeJS.ErrnoException, ip: string, port: number): ListenError {
  if (code === 'EADDRINUSE') {
    const message = `port ${port} of ${ip} is in use; choose another with --port (0 takes a free one)`
    return new ListenError('port-in-use', message)
  }
  if (code === 'EACCES') {
    const message = `port ${port} is not for every user; choose one above 1023 with --port`
    return new ListenError('not-allowed', message)
  }
  return new ListenError('failed', `cannot listen on ${ip}, port ${port}: ${message}`)
}
