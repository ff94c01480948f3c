/**
 * Health: whether this node lives, and whether it can do its work. The first asks nobody, so that a
 * supervisor never restarts a sound node because of a broker; the second says what it waits for.
 */
import type { FastifyInstance } from 'fastify'
import type { System } from '../../runtime/system.js'
import type { Connection } from '../../runtime/transport.js'
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
  // A node has joined before it has an interface; from then on it is told.
  let connection: Connection = 'connected'
  system.onConnection((state) => { connection = state })
  app.get('/livez', async (_request, reply) => reply.type('text/plain').send('ok\n'))
  const ready = async (verbose: boolean): Promise<{ ok: boolean; text: string }> => {
    const checks = [await masterCheck(questions), connectionCheck(connection)]
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
    return reply.type(METRICS_TYPE).send(await metricsOf({ questions, deadLetters, version, stalls: stallFigures() }))
  })
}

async function masterCheck(questions: Questions): Promise<Check> {
  const view = await questions.cluster(READY_TIMEOUT_MS).catch(() => undefined)
  const detail = view
    ? `leads '${view.cluster}' in epoch ${view.epoch}`
    : 'does not lead yet, or is too busy to say'
  return { name: 'master', ok: view !== undefined, detail }
}

const connectionCheck = (state: Connection): Check =>
  ({ name: 'transport', ok: state === 'connected', detail: state })
