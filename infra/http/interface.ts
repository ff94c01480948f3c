/** Interface: an HTTP interface on this machine only, with its guards and its errors; what it answers others add. */
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from '../../runtime/logger.js'
import { checkOrigin, isLoopback, isOtherMasters } from './guard.js'
import type { Query } from './listing.js'
import { errorBody, PAGE_KEY, Refusal, type RefusalCode } from './refusal.js'

/** Connections held open at once; more are turned away. */
export const CONNECTIONS_MAX = 1_024
const BODY_BYTES_MAX = 65_536
/** `framework/task`, both percent-encoded. */
const ID_CHARACTERS_MAX = 2_048

export interface Http {
  readonly url: string
  /** Hangs up on everybody, logs that are followed included. */
  close(): Promise<void>
}

export interface Place {
  readonly ip: string
  /** 0 takes any free one. */
  readonly port: number
}

/** The interface cannot be opened; the message names the port and what to do. */
export class ListenError extends Error {
  constructor(readonly code: 'port-in-use' | 'not-allowed' | 'not-loopback' | 'failed', message: string) {
    super(message)
  }
}

/**
 * Throws a `ListenError` when the address can be reached from other machines.
 * @param pageKey by which pages of other masters are let in; undefined where none are
 */
export async function newInterface(ip: string, logger: Logger, pageKey?: string): Promise<FastifyInstance> {
  if (!isLoopback(ip)) {
    const why = 'it can be reached from other machines, and nobody is asked yet who they are'
    throw new ListenError('not-loopback', `cannot listen on ${ip}: ${why}; use --ip 127.0.0.1`)
  }
  // Here and not above: only a node that opens its interface pays for loading it.
  const { fastify } = await import('fastify')
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX, exposeHeadRoutes: false, forceCloseConnections: true,
    routerOptions: { maxParamLength: ID_CHARACTERS_MAX },
  })
  app.server.maxConnections = CONNECTIONS_MAX
  app.addHook('onRequest', async ({ method, headers, query }, { raw }) => {
    const { [PAGE_KEY]: said } = query as Query
    delete (query as Record<string, unknown>)[PAGE_KEY]
    const { origin } = headers
    const letIn = pageKey !== undefined && isOtherMasters(origin, said, pageKey)
    checkOrigin(method, headers, letIn)
    // On the answer itself, since streams are not sent by the framework.
    if (letIn && origin) raw.setHeader('access-control-allow-origin', origin).setHeader('vary', 'origin')
  })
  refuseBodies(app)
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

/** No address hears one: an order whose parameters are in there would be carried out without them. */
function refuseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => {
    if (/^\s*(\{\s*\})?\s*$/.test(body)) return undefined
    const message = 'a body is not heard: parameters belong in the query, such as ?graceMs=30000 in the address'
    throw new Refusal('bad-request', message)
  })
}

/** Throws a `ListenError`; then it is closed. */
export async function listen(app: FastifyInstance, { ip, port }: Place): Promise<Http> {
  try {
    const url = await app.listen({ host: ip, port })
    return { url, close: () => app.close() }
  } catch (error) {
    await app.close()
    throw listenError(error as NodeJS.ErrnoException, ip, port)
  }
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
