/**
 * Topology: the exchanges, queues and routing keys of a cluster on its broker.
 *
 * Three topic exchanges, one per direction (see `routes.ts`). Each node has one queue that lives and dies
 * with its connection, bound to its own key and to its kind's. A key names kind, node and life, and an
 * executor's its agent as well, so a broker's topic permissions can say who may write to whom and who may
 * hear what (see `rights.ts`). Legal on RabbitMQ 3.10 to 4.x.
 */
import type { Channel } from 'amqplib'
import { groupAddress, isGroup, kindOf, type NodeAddress, type NodeKind } from '../../runtime/address.js'
import { directionOf, type Direction } from '../routes.js'

const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** Names may hold dots, lives not: a key can then be read from both ends. Neither holds a wildcard. */
const NAME = /^[a-z]+-[A-Za-z0-9._-]{1,126}$/
const LIFE = /^[A-Za-z0-9_-]{1,64}$/
/** Stands between an agent's name and its executor's, and in no name. */
const BENEATH = '/'
/** What AMQP has room for. */
const QUEUE_NAME_BYTES_MAX = 255

/** The directions from which a kind receives, and whether what is for all of its kind comes there, too. */
const INBOUND: Readonly<Record<NodeKind, readonly (readonly [Direction, 'group' | 'own'])[]>> = {
  master: [['up', 'group']],
  agent: [['down', 'group'], ['executors', 'own']],
  framework: [['down', 'group']],
  executor: [['executors', 'own']],
}
export const DIRECTIONS: readonly Direction[] = ['up', 'down', 'executors']

/** Who a node is on its broker. */
export interface Member {
  readonly cluster: string
  readonly self: NodeAddress
  /** An executor's agent, in any of its lives. */
  readonly agent?: NodeAddress
}

export interface Binding {
  readonly exchange: string
  readonly key: string
}

/** Where nodes tell what happens to their messages (see `hop-exchange.ts`). */
export const hopsExchange = (cluster: string): string => `${cluster}.hops`

/** Of a master that listens there; of the form that its rights name. */
export const hopsQueue = (cluster: string, name: string, pid: number, generation: number): string =>
  `${cluster}.master.master-${name}.hops-${pid}.${generation}`

export const exchangeName = (cluster: string, direction: Direction): string => `${cluster}.${direction}`

/** Its name without its life: who it is in all of its lives. */
export const nameOf = (node: NodeAddress): string => node.slice(0, node.lastIndexOf('@'))

/** Throws when the cluster or the node could not be told apart from others on the broker. */
export function checkNames(member: Member): void {
  const { cluster, self } = member
  if (!CLUSTER.test(cluster)) {
    throw new Error(`'${cluster}' is no cluster name: use up to 64 letters, digits, '.', '_' and '-'`)
  }
  if (isGroup(self) || !ownKey(member)) throw new Error(`'${self}' is no node's address`)
  const excess = inboxName(member, 0).length - QUEUE_NAME_BYTES_MAX
  if (excess > 0) throw new Error(`the name of '${self}' is ${excess} characters too long for the broker`)
}

/**
 * `agent.agent-7f3a.k3x9` for a node, `agents` for a group, and beneath `agent` for its executor
 * `executor.agent-7f3a/executor-e1.p2q8`; undefined for what is no address.
 */
export function routingKey(to: NodeAddress, agent?: NodeAddress): string | undefined {
  const kind = kindOf(to)
  if (!kind) return undefined
  if (isGroup(to)) return `${kind}s`
  const [name, life] = [nameOf(to), to.slice(to.lastIndexOf('@') + 1)]
  // What the broker's permissions do not match would cost the sender its connection.
  if (!NAME.test(name) || !LIFE.test(life)) return undefined
  if (kind !== 'executor') return `${kind}.${name}.${life}`
  return agent && `${kind}.${nameOf(agent)}${BENEATH}${name}.${life}`
}

/** The node that a key names; undefined for a group's. */
export function addressOf(key: string): NodeAddress | undefined {
  const last = key.lastIndexOf('.')
  const first = Math.max(key.indexOf('.'), key.indexOf(BENEATH))
  if (first <= 0 || last <= first) return undefined
  return `${key.slice(first + 1, last)}@${key.slice(last + 1)}` as NodeAddress
}

/** Where a node publishes what is for `to`; undefined when no way leads there. */
export function wayTo({ cluster, self, agent }: Member, to: NodeAddress): Binding | undefined {
  const direction = directionOf(self, to)
  const key = routingKey(to, self)
  // An executor reaches no other agent than its own.
  const isOthers = agent !== undefined && nameOf(to) !== nameOf(agent)
  return direction && key && !isOthers ? { exchange: exchangeName(cluster, direction), key } : undefined
}

/** Where a node hears from the others. */
export function bindingsOf(member: Member): readonly Binding[] {
  const { cluster, self } = member
  const kind = kindOf(self)
  const key = ownKey(member)
  if (!kind || !key) throw new Error(`'${self}' is no node's address`)
  return INBOUND[kind].flatMap(([direction, reach]) => {
    const exchange = exchangeName(cluster, direction)
    const group = { exchange, key: routingKey(groupAddress(kind)) ?? '' }
    return reach === 'group' ? [{ exchange, key }, group] : [{ exchange, key }]
  })
}

/** Of its queue, in one generation of its connection. */
export const inboxName = (member: Member, generation: number): string =>
  `${member.cluster}.${ownKey(member)}.${generation}`

/**
 * Declares what a node needs and answers the name of its queue. Each generation of its connection has a
 * queue of its own: a broker may hold the old one for seconds after it was lost, exclusively.
 * @param exchanges whether this node may declare what all share; where it may not, it is there already
 */
export async function declareInbox(
  channel: Channel, member: Member, generation: number, exchanges: boolean,
): Promise<string> {
  if (exchanges) await declareExchanges(channel, member.cluster)
  const { queue } = await channel.assertQueue(inboxName(member, generation), { exclusive: true, durable: false })
  for (const { exchange, key } of bindingsOf(member)) await channel.bindQueue(queue, exchange, key)
  return queue
}

async function declareExchanges(channel: Channel, cluster: string): Promise<void> {
  for (const direction of DIRECTIONS) {
    await channel.assertExchange(exchangeName(cluster, direction), 'topic', { durable: true })
  }
  await channel.assertExchange(hopsExchange(cluster), 'topic', { durable: true })
}

const ownKey = ({ self, agent }: Member): string | undefined => routingKey(self, agent)
