/** Node routes: how the actors of every node fare, and what became of messages that nobody took. */
import type { FastifyInstance } from 'fastify'
import type { System } from '../../runtime/system.js'
import type { NodeVitals } from '../../actors/protocol/vitals.js'
import type { GatherCall, Replayed } from '../../actors/vitals/vitals.js'
import { vitalsOfNode } from '../node/vitals-port.js'
import { addActorLook } from './actor-look-route.js'
import { ASK_MARGIN_MS, gather, mastersOf, nodeNamed, WITHIN_MS } from './gathering.js'
import { allow, naturalOf, textOf, type Query } from './listing.js'
import type { Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

/** Nodes told of at once. */
export const NODES_DEFAULT = 50
export const NODES_MAX = 200
const LETTERS = 100
/** In the order in which they are told of. */
const KINDS: readonly string[] = ['master', 'agent', 'framework']

export function addNodes(app: FastifyInstance, system: System, questions: Questions): void {
  app.get('/v1/actors', async ({ query }) => {
    const { kind, node, after, limit } = wishOf(query as Query)
    const known = [...(await questions.nodes())].filter((each) => each !== system.node).sort()
    const kinds = kind === undefined ? known : known.filter((each) => each.startsWith(`${kind}-`))
    const fit = kinds.filter(
      (each) => (node === undefined || each.includes(node)) && (after === undefined || each > after),
    )
    const asked = fit.slice(0, limit)
    const { nodes, silent } = await gather(system, asked, after === undefined, 0)
    const shown = nodes
      .filter(
        (each) =>
          (kind === undefined || each.node.startsWith(`${kind}-`)) &&
          (node === undefined || each.node.includes(node)),
      )
      .sort((left, right) => orderOf(left).localeCompare(orderOf(right)))
    const next = fit.length > asked.length ? { next: asked.at(-1) } : {}
    const total = kinds.length + (kind === undefined || kind === 'master' ? mastersAmong(nodes, system) : 0)
    return { schemaVersion: SCHEMA_VERSION, own: system.node, total, nodes: shown, silent, ...next }
  })
  app.get('/v1/masters', async ({ query }) => {
    allow(query as Query, [])
    return { schemaVersion: SCHEMA_VERSION, masters: await mastersOf(system) }
  })
  addLetters(app, system, questions)
  addActorLook(app, system, questions)
}

function addLetters(app: FastifyInstance, system: System, questions: Questions): void {
  app.get('/v1/dead-letters', async ({ query }) => {
    allow(query as Query, ['limit'])
    const limit = naturalOf(query as Query, 'limit', NODES_DEFAULT, NODES_MAX)
    const known = (await questions.nodes()).filter((each) => each !== system.node)
    const { nodes, silent } = await gather(system, known.slice(0, limit), true, LETTERS)
    const letters = nodes
      .flatMap(({ node, letters: own }) => own.map((letter) => ({ node, ...letter })))
      .sort((left, right) => right.atMs - left.atMs)
    const counts: Record<string, number> = {}
    for (const { deadLetters } of nodes) {
      for (const [reason, count] of Object.entries(deadLetters)) counts[reason] = (counts[reason] ?? 0) + count
    }
    const nodesTotal = known.length + mastersAmong(nodes, system)
    const nodesAsked = new Set([...nodes.map(({ node }) => node), ...silent]).size
    return { schemaVersion: SCHEMA_VERSION, counts, nodesAsked, nodesTotal, silent, letters }
  })
  app.post<{ Params: { node: string; number: string } }>(
    '/v1/dead-letters/:node/:number/replay',
    async ({ params, query }) => {
      allow(query as Query, [])
      if (!/^\d{1,15}$/.test(params.number)) {
        throw new Refusal('bad-request', `'${params.number}' is no number of a dead letter`)
      }
      const node = await nodeNamed(params.node, system, questions)
      const answer = await system.ask<GatherCall, Replayed>(
        vitalsOfNode(system),
        (replyTo) => ({ type: 'ask-replay', node, number: Number(params.number), replyTo }),
        WITHIN_MS + ASK_MARGIN_MS,
      )
      if (answer.problem !== undefined) throw new Refusal('not-found', answer.problem)
      return { schemaVersion: SCHEMA_VERSION, outcome: 'sent-again' }
    },
  )
}

function wishOf(query: Query) {
  allow(query, ['kind', 'node', 'after', 'limit'])
  const kind = textOf(query, 'kind')
  if (kind !== undefined && !KINDS.includes(kind)) {
    throw new Refusal('bad-request', `'${kind}' is no kind of node: use ${KINDS.join(', ')}`)
  }
  return {
    kind,
    node: textOf(query, 'node'),
    after: textOf(query, 'after'),
    limit: naturalOf(query, 'limit', NODES_DEFAULT, NODES_MAX),
  }
}

/** The own one, and those that have answered: of others nobody knows. */
const mastersAmong = (nodes: readonly NodeVitals[], { node: own }: System): number =>
  new Set([own, ...nodes.map(({ node }) => node).filter((node) => node.startsWith('master-'))]).size

const orderOf = ({ node }: NodeVitals): string =>
  `${KINDS.findIndex((kind) => node.startsWith(kind))}${node}`
