/** Live routes: the cluster at a glance, and what pages that look on are told. */
import type { FastifyInstance } from 'fastify'
import type { System } from '../../runtime/system.js'
import { EventStream } from './event-stream.js'
import { allow, textOf, type Query } from './listing.js'
import { Live, LIVE_NAMES, VIEWERS_MAX, type LiveName, type OwnFigures } from './live.js'
import type { Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

export function addLive(app: FastifyInstance, system: System, questions: Questions): void {
  const live = new Live(questions, () => figuresOf(system))
  app.addHook('onClose', async () => live.close())
  app.get('/v1/overview', async ({ query }) => {
    allow(query as Query, [])
    return { schemaVersion: SCHEMA_VERSION, overview: await questions.overview() }
  })
  app.get('/v1/live', async ({ query }, reply) => {
    allow(query as Query, ['what'])
    const names = (textOf(query as Query, 'what') ?? 'overview').split(',')
    const unknown = names.find((name) => !LIVE_NAMES.includes(name as LiveName))
    if (unknown !== undefined) {
      throw new Refusal('bad-request', `'${unknown}' is nothing to look on at: use ${LIVE_NAMES.join(', ')}`)
    }
    if (live.size >= VIEWERS_MAX) throw new Refusal('too-many', `${VIEWERS_MAX} pages look on already`)
    live.add(new EventStream(reply), new Set(names as LiveName[]))
    return reply
  })
}

function figuresOf(system: System): OwnFigures {
  const transport = system.transport()
  const deadLetters = [...system.deadLetters.countsByReason().values()].reduce((sum, count) => sum + count, 0)
  const reason = transport?.reason === undefined ? {} : { reason: transport.reason }
  return { deadLetters, connection: transport?.connection ?? 'disconnected', ...reason }
}
