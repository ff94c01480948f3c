/** Recording server: the console for one recorded trace, without a cluster, on this machine only. */
import { Readable } from 'node:stream'
import type { HopRecord } from '../trace/hop-record.js'
import { rowsOf } from '../trace/hop-rows.js'
import { addConsole } from './console.js'
import { checkOrigin } from './guard.js'
import { errorBody, Refusal } from './refusal.js'

/** Hops in one piece of the answer. */
const PIECE = 10_000

export interface RecordingServer {
  /** Of the page. */
  readonly url: string
  close(): Promise<void>
}

/** @param port 0 takes any free one */
export async function serveRecording(hops: readonly HopRecord[], port: number): Promise<RecordingServer> {
  const { fastify } = await import('fastify')
  const app = fastify({ exposeHeadRoutes: false, forceCloseConnections: true })
  app.addHook('onRequest', async ({ method, headers }) => checkOrigin(method, headers))
  app.setErrorHandler((error, _request, reply) => {
    const refusal = error instanceof Refusal ? error : new Refusal('failed', String(error))
    return reply.code(refusal.status).send(errorBody(refusal))
  })
  app.get('/', async (_request, reply) => reply.redirect('/console/recording', 307))
  app.get('/v1/recording', async (_request, reply) =>
    reply.type('application/x-ndjson; charset=utf-8').header('cache-control', 'no-store')
      .send(Readable.from(lines(hops), { objectMode: false })))
  addConsole(app)
  const url = await app.listen({ host: '127.0.0.1', port })
  return { url: `${url}/console/recording`, close: () => app.close() }
}

function* lines(hops: readonly HopRecord[]): Generator<string> {
  for (let at = 0; at < hops.length; at += PIECE) {
    yield `${JSON.stringify(rowsOf(hops.slice(at, at + PIECE)))}\n`
  }
}
