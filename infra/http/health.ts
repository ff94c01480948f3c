/**
 * Health: whether a node lives, whether it can do its work, and its figures. The first asks nobody, so that a
 * supervisor never restarts a sound node because of a broker; the second says what it waits for.
 */
import type { FastifyInstance } from 'fastify'
import type { TransportVitals } from '../../runtime/transport.js'
import type { Metrics, MetricsSources } from '../metrics/metrics.js'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

export interface HealthOptions extends MetricsSources {
  /** What must be well for the node to do its work; in the order of importance. Must not reject. */
  checks(): readonly Check[] | Promise<readonly Check[]>
}

/** What is at these addresses, for whoever looks around. */
export const HEALTH_ADDRESSES = {
  'GET /livez': 'whether this process lives',
  'GET /readyz': 'whether it can do its work; with verbose, each check; also /healthz',
  'GET /metrics': 'counts and sizes, for Prometheus',
}

export function addHealth(app: FastifyInstance, options: HealthOptions): void {
  app.get('/livez', async (_request, reply) => reply.type('text/plain').send('ok\n'))
  for (const path of ['/readyz', '/healthz', '/health']) {
    app.get(path, async ({ query }, reply) => {
      const { ok, text } = readiness(await options.checks(), Object.hasOwn(query as object, 'verbose'))
      return reply.code(ok ? 200 : 503).type('text/plain').send(text)
    })
  }
  let metrics: Metrics | undefined
  app.addHook('onClose', async () => metrics?.close())
  app.get('/metrics', async (_request, reply) => {
    const [{ Metrics }, { METRICS_TYPE }] = await Promise.all([
      import('../metrics/metrics.js'), import('../metrics/exposition.js'),
    ])
    metrics ??= new Metrics(options)
    return reply.type(METRICS_TYPE).send(await metrics.text())
  })
}

/** `[+] master: leads 'prod' in epoch 7`; all that is not well is told in any case. */
export function readiness(checks: readonly Check[], verbose: boolean): { readonly ok: boolean; readonly text: string } {
  const ok = checks.every((check) => check.ok)
  const lines = checks.map((check) => `[${check.ok ? '+' : '-'}] ${check.name}: ${check.detail}\n`)
  return { ok, text: verbose || !ok ? `${lines.join('')}${ok ? 'ready' : 'not ready'}\n` : 'ok\n' }
}

/** `blocked since 2026-01-31T12:00:00.000Z, at amqp://HOST: low on memory` */
export function connectionCheck(transport: TransportVitals | undefined): Check {
  if (!transport) return { name: 'transport', ok: false, detail: 'has left the other nodes' }
  const { connection, sinceMs, via, reason } = transport
  const at = via === undefined ? '' : `, at ${via}`
  const why = reason === undefined ? '' : `: ${reason}`
  const detail = `${connection} since ${new Date(sinceMs).toISOString()}${at}${why}`
  return { name: 'transport', ok: connection === 'connected', detail }
}
