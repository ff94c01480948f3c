/**
 * Agent routes: what operators may want of an agent. Each order can be given again; the answer says whether it
 * changed anything, and shows the agent as it is now.
 */
import type { FastifyInstance } from 'fastify'
import type { AgentView } from '../../actors/protocol/operator.js'
import { find } from './identity.js'
import { allow, flagOf, naturalOf, textOf, type Query } from './listing.js'
import type { MaintenanceWish, Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

/** A drain that takes longer than a year is a mistake in its units. */
const DURATION_MAX_MS = 365 * 24 * 3_600_000

export const AGENT_ADDRESSES = {
  'POST /v1/agents/ID/deactivate': 'offers nothing of it; its tasks run on',
  'POST /v1/agents/ID/reactivate': 'offers it again; ends a deactivation and a drain',
  'POST /v1/agents/ID/drain': 'offers nothing of it and ends its tasks; graceMs, deadlineMs and gone in the query',
  'POST /v1/agents/ID/gone': 'it never comes back: its tasks are over, its id is refused',
}

interface WithId {
  readonly Params: { readonly id: string }
}

export function addAgentOrders(app: FastifyInstance, questions: Questions): void {
  const orders: Readonly<Record<string, (query: Query) => MaintenanceWish>> = {
    deactivate: (query) => without(query, { type: 'operator-deactivate' }),
    reactivate: (query) => without(query, { type: 'operator-activate' }),
    gone: (query) => without(query, { type: 'operator-gone' }),
    drain: drainWish,
  }
  for (const [name, wishOf] of Object.entries(orders)) {
    app.post<WithId>(`/v1/agents/:id/${name}`, async ({ params, query }) => {
      const wish = wishOf(query as Query)
      const { id } = find('agent', params.id, await questions.list('agents'))
      const changed = await questions.maintain(id, wish)
      const agent = (await questions.list('agents')).find((each) => each.id === id)
      if (!agent) throw new Refusal('not-found', `agent '${id}' has just left`, { noun: 'agent' })
      return { schemaVersion: SCHEMA_VERSION, changed, agent } satisfies Ordered & { schemaVersion: number }
    })
  }
}

/** The answer to an order. */
export interface Ordered {
  /** False when it was so before. */
  readonly changed: boolean
  readonly agent: AgentView
}

function without(query: Query, wish: MaintenanceWish): MaintenanceWish {
  allow(query, [])
  return wish
}

function drainWish(query: Query): MaintenanceWish {
  allow(query, ['graceMs', 'deadlineMs', 'gone'])
  const given = (name: string) => (textOf(query, name) === undefined ? {}
    : { [name]: naturalOf(query, name, 0, DURATION_MAX_MS) })
  return {
    type: 'operator-drain', ...given('graceMs'), ...given('deadlineMs'),
    ...(textOf(query, 'gone') === undefined ? {} : { gone: flagOf(query, 'gone') }),
  }
}
