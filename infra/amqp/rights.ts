/**
 * Rights: what each role may do on a cluster's broker, as RabbitMQ's permissions.
 *
 * Every node has a user of its own, which is called as the node is (`agent-7f3a`): to revoke it is to
 * delete it. An agent hands its executors, which run the code of frameworks, a second user
 * (`executors-7f3a`) that reaches this agent and nobody else. All patterns are anchored, and names are
 * written out and escaped in them: RabbitMQ's own `{username}` would read the dots of a name as wildcards.
 *
 * What the broker cannot refuse (before 4.0 it does not look at CC and BCC, and a queue may hand on what
 * it dead-letters) the receivers do, see `admission.ts`.
 */
import { kindOf, type NodeAddress } from '../../runtime/address.js'
import { exchangeName, hopsExchange, type Member, nameOf } from './topology.js'

export const ROLES = ['master', 'agent', 'framework', 'executors'] as const
export type Role = (typeof ROLES)[number]

export interface TopicRights {
  readonly exchange: string
  /** Keys that it may publish with. */
  readonly write: string
  /** Keys that it may bind a queue to. */
  readonly read: string
}

export interface Rights {
  readonly user: string
  readonly configure: string
  readonly write: string
  readonly read: string
  readonly topics: readonly TopicRights[]
}

/** What masters alone share: the log of decisions, the token of leadership, and the way to both. */
export const MASTERS_OWN = ['registry', 'token', 'masters'] as const

const NAME = '[A-Za-z0-9._-]+'
const LIFE = '[A-Za-z0-9_-]+'
const NOTHING = '^$'
const MASTERS = `masters|master\\.master-${NAME}\\.${LIFE}`

/** @param name what tells the node from others of its kind; for executors, their agent's */
export const userName = (role: Role, name: string): string => `${role}-${name}`

/** The user as which a node must come for its cluster's rights to hold. */
export function ownUser({ self, agent }: Pick<Member, 'self' | 'agent'>): string | undefined {
  return kindOf(self) === 'executor' ? agent && executorsUser(agent) : nameOf(self)
}

/** The user of an agent's executors. */
export const executorsUser = (agent: NodeAddress): string => nameOf(agent).replace(/^agent-/, 'executors-')

/** Exactly what a node of this role needs. */
export function rightsOf(cluster: string, role: Role, name: string): Rights {
  const user = userName(role, name)
  const key = keyPattern(role, name)
  const place = (what: string) => escaped(`${cluster}.${what}`)
  const queue = `${escaped(`${cluster}.`)}${key}\\.[0-9]+`
  const of = (exchange: 'up' | 'down' | 'executors', write: string, read: string): TopicRights =>
    ({ exchange: exchangeName(cluster, exchange), write, read })
  const shared = MASTERS_OWN.map(place)
  const hops = place('hops')
  const toldHops = (read: string): TopicRights => ({ exchange: hopsExchange(cluster), write: anchored(key), read })
  switch (role) {
    case 'master': return {
      user, configure: anchored(queue, place('up'), place('down'), place('executors'), hops, ...shared),
      write: anchored(queue, place('up'), place('down'), hops, ...shared),
      read: anchored(queue, place('up'), hops, ...shared),
      topics: [of('up', anchored(MASTERS), anchored('masters', key)), toldHops('.*')],
    }
    case 'agent': return {
      user, configure: anchored(queue), write: anchored(queue, place('up'), place('executors'), hops),
      read: anchored(queue, place('down'), place('executors')),
      topics: [
        of('up', anchored(MASTERS), NOTHING),
        of('down', NOTHING, anchored('agents', key)),
        of('executors', anchored(keyPattern('executors', name)), anchored(key)),
        toldHops(NOTHING),
      ],
    }
    case 'framework': return {
      user, configure: anchored(queue), write: anchored(queue, place('up'), hops),
      read: anchored(queue, place('down')),
      topics: [of('up', anchored(MASTERS), NOTHING), of('down', NOTHING, anchored('frameworks', key)),
        toldHops(NOTHING)],
    }
    case 'executors': return {
      user, configure: anchored(queue), write: anchored(queue, place('executors'), hops),
      read: anchored(queue, place('executors')),
      topics: [of('executors', anchored(keyPattern('agent', name)), anchored(key)), toldHops(NOTHING)],
    }
  }
}

/** The keys of all lives of a node; of executors, those of all that an agent may have. */
function keyPattern(role: Role, name: string): string {
  if (role !== 'executors') return `${role}\\.${escaped(userName(role, name))}\\.${LIFE}`
  return `executor\\.${escaped(userName('agent', name))}/executor-${NAME}\\.${LIFE}`
}

const anchored = (...patterns: readonly string[]): string => `^(?:${patterns.join('|')})$`
/** Names hold nothing else that a pattern could read. */
const escaped = (text: string): string => text.replaceAll('.', '\\.')
