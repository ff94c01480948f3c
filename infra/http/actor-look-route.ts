/** Actor look route: what waits for one actor, and what it holds, as its own node tells it. */
import type { FastifyInstance } from 'fastify'
import type { System } from '../../runtime/system.js'
import type { ActorLook } from '../../actors/protocol/vitals.js'
import type { GatherCall, Seen } from '../../actors/vitals/vitals.js'
import { vitalsOfNode } from '../node/vitals-port.js'
import { read } from '../snapshot/tree.js'
import type { ActorLookAnswer } from './actor-look-view.js'
import { ASK_MARGIN_MS, nodeNamed, WITHIN_MS } from './gathering.js'
import { allow, type Query } from './listing.js'
import type { Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

const PATH = /^[\w.-]{1,255}(\/[\w.-]{1,255})*$/

export function addActorLook(app: FastifyInstance, system: System, questions: Questions): void {
  app.get<{ Params: { node: string; path: string } }>('/v1/actors/:node/:path', async ({ params, query }) => {
    allow(query as Query, [])
    const node = await nodeNamed(params.node, system, questions)
    const { path } = params
    const { look, refusal } = PATH.test(path) ? await seen(system, node, path) : NOBODY
    if (!look) throw refusalOf(refusal, node, path)
    return answerOf(node, path, look)
  })
}

const NOBODY: Omit<Seen, 'type'> = { refusal: 'no-such-actor' }

const seen = (system: System, node: string, path: string): Promise<Seen> =>
  system.ask<GatherCall, Seen>(
    vitalsOfNode(system), (replyTo) => ({ type: 'look-at', node, path, replyTo }), WITHIN_MS + ASK_MARGIN_MS,
  )

function answerOf(node: string, path: string, { waiting, waitingTotal, state }: ActorLook): ActorLookAnswer {
  return {
    schemaVersion: SCHEMA_VERSION, node, path,
    waiting: waiting.map(({ body, ...each }) => ({ ...each, body: read(body) })),
    waitingTotal,
    ...(state === undefined ? {} : { state: read(state) }),
  }
}

function refusalOf(refusal: Seen['refusal'], node: string, path: string): Refusal {
  switch (refusal) {
    case 'silent': return new Refusal('unavailable', `node '${node}' did not answer: it is busy, or gone`)
    case 'too-many': return new Refusal('too-many', 'too many questions to nodes are under way; ask again in a moment')
    default: return new Refusal('not-found', `there is no actor '${path}' in node '${node}'`, { noun: 'actor' })
  }
}
