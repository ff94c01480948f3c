/**
 * Topology: the exchanges, queues and routing keys of a cluster on its broker.
 *
 * Three topic exchanges, one per direction (see `routes.ts`). Each node has one queue that lives and dies
 * with its connection, bound to its own key and to its kind's. A key names kind, node and life, so a
 * broker's topic permissions can say who may write to whom. Legal on RabbitMQ 3.10 to 4.x.
 */
import type { Channel } from 'amqplib'
import { groupAddress, isGroup, kindOf, type NodeAddress, type NodeKind } from '../../runtime/address.js'
import type { Direction } from '../routes.js'

const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
/** Names may hold dots, lives not: a key can then be read from both ends. */
const LIFE = /^[A-Za-z0-9_-]{1,64}$/

/** The directions from which a kind receives. */
const INBOUND: Readonly<Record<NodeKind, readonly Direction[]>> = {
  master: ['up'],
  agent: ['down', 'executors'],
  framework: ['down'],
  executor: ['executors'],
}
const DIRECTIONS: readonly Direction[] = ['up', 'down', 'executors']

export const exchangeName = (cluster: string, direction: Direction): string => `${cluster}.${direction}`

/** Throws when the cluster or the node could not be told apart from others on the broker. */
export function checkNames(cluster: string, self: NodeAddress): void {
  if (!CLUSTER.test(cluster)) {
    throw new Error(`'${cluster}' is no cluster name: use up to 64 letters, digits, '.', '_' and '-'`)
  }
  if (isGroup(self) || !routingKey(self)) throw new Error(`'${self}' is no node's address`)
}

/** `agent.agent-7f3a.k3x9` for a node, `agents` for a group; undefined for what is no address. */
export function routingKey(to: NodeAddress): string | undefined {
  const kind = kindOf(to)
  if (!kind) return undefined
  if (isGroup(to)) return `${kind}s`
  const at = to.lastIndexOf('@')
  const life = to.slice(at + 1)
  return at > 0 && LIFE.test(life) ? `${kind}.${to.slice(0, at)}.${life}` : undefined
}

/** The node that a key names; undefined for a group's. */
export function addressOf(key: string): NodeAddress | undefined {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')]
  if (first <= 0 || last <= first) return undefined
  return `${key.slice(first + 1, last)}@${key.slice(last + 1)}` as NodeAddress
}

/**
 * Declares what a node needs and answers the name of its queue. Each generation of its connection has a
 * queue of its own: a broker may hold the old one for seconds after it was lost, exclusively.
 */
export async function declareInbox(
  channel: Channel, cluster: string, self: NodeAddress, generation: number,
): Promise<string> {
  const kind = kindOf(self)
  const key = routingKey(self)
  if (!kind || !key) throw new Error(`'${self}' is no node's address`)
  await declareExchanges(channel, cluster)
  const name = `${cluster}.${key}.${generation}`
  const { queue } = await channel.assertQueue(name, { exclusive: true, durable: false })
  for (const direction of INBOUND[kind]) {
    const exchange = exchangeName(cluster, direction)
    await channel.bindQueue(queue, exchange, key)
    await channel.bindQueue(queue, exchange, routingKey(groupAddress(kind)) ?? '')
  }
  return queue
}

async function declareExchanges(channel: Channel, cluster: string): Promise<void> {
  for (const direction of DIRECTIONS) {
    await channel.assertExchange(exchangeName(cluster, direction), 'topic', { durable: true })
  }
}
