/**
 * Health: whether this node lives, and whether it can do its work. The first asks nobody, so that a
 * supervisor never restarts a sound node because of a broker; the second says what it waits for.
 */
import type { FastifyInstance } from 'fastify'
import type { System } from '../../runtime/system.js'
import type { TransportVitals } from '../../runtime/transport.js'
import { stallFigures } from '../node/process-watch.js'
import type { Questions } from './questions.js'
import { metricsOf, METRICS_TYPE } from './metrics.js'

const READY_TIMEOUT_MS = 1_000

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

export interface HealthOptions {
  readonly system: System
  readonly questions: Questions
  readonly version: string
}

export function addHealth(app: FastifyInstance, { system, questions, version }: HealthOptions): void {
  app.get('/livez', async (_request, reply) => reply.type('text/plain').send('ok\n'))
  const ready = async (verbose: boolean): Promise<{ ok: boolean; text: string }> => {
    const checks = [await masterCheck(questions), connectionCheck(system.transport())]
    const ok = checks.every((check) => check.ok)
    const lines = checks.map((check) => `[${check.ok ? '+' : '-'}] ${check.name}: ${check.detail}\n`)
    return { ok, text: verbose || !ok ? `${lines.join('')}${ok ? 'ready' : 'not ready'}\n` : 'ok\n' }
  }
  for (const path of ['/readyz', '/healthz', '/health']) {
    app.get(path, async ({ query }, reply) => {
      const verbose = Object.hasOwn(query as object, 'verbose')
      const { ok, text } = await ready(verbose)
      return reply.code(ok ? 200 : 503).type('text/plain').send(text)
    })
  }
  app.get('/metrics', async (_request, reply) => {
    const deadLetters = system.deadLetters.countsByReason()
    const [transport, stalls] = [system.transport(), stallFigures()]
    return reply.type(METRICS_TYPE).send(await metricsOf({ questions, deadLetters, transport, version, stalls }))
  })
}

async function masterCheck(questions: Questions): Promise<Check> {
  const view = await questions.leader(READY_TIMEOUT_MS).catch(() => undefined)
  const detail = !view ? 'is too busy to say'
    : view.leading ? `leads '${view.cluster}' in epoch ${view.epoch}`
    : view.leader === '' ? 'knows of no leader yet'
    : `follows ${view.leader}, which leads '${view.cluster}' in epoch ${view.epoch}`
  return { name: 'master', ok: view !== undefined && view.leader !== '', detail }
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
