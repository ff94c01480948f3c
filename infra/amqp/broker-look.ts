/**
 * Broker look: what a broker lets somebody do who comes with this URL, tried out. It does what a node does in its
 * first moments, under a name of its own, and leaves nothing behind.
 */
import { once } from 'node:events'
import type { ChannelModel } from 'amqplib'
import { nodeAddress, type NodeKind } from '../../runtime/address.js'
import { withoutPassword } from './broker-urls.js'
import { closeConnection, HEARTBEAT_SECONDS, openConnection } from './connection.js'
import { declareInbox, type Member, routingKey, wayTo } from './topology.js'
import { type Attempt, NOT_FOUND, tried, type Visitor, visitorOf } from './visitor.js'

export interface BrokerLook {
  /** Which was had, without its password. */
  readonly at: string
  readonly product: string
  readonly version: string
  readonly user: string
  /** As whom it was tried. */
  readonly kind: NodeKind
  /** No node of this cluster has been here yet. */
  readonly isNew: boolean
  /** To hear the others. */
  readonly inbox: Attempt
  /** To be heard; undefined where nobody has been yet. */
  readonly publishing: Attempt | undefined
  /** Why it takes no messages now, whoever sends them. */
  readonly blocked: string | undefined
  /** To keep the masters' log; undefined for who is no master. */
  readonly streams: Attempt | undefined
}

const CONNECT_TIMEOUT_MS = 3_000
const WHOM: Readonly<Record<NodeKind, NodeKind>> = {
  master: 'agent', agent: 'master', framework: 'master', executor: 'agent',
}

/** Rejects with an Error for people when no broker can be had. */
export async function lookAtBroker(
  urls: readonly string[], cluster: string, connectTimeoutMs = CONNECT_TIMEOUT_MS,
): Promise<BrokerLook> {
  const terms = { connectTimeoutMs, heartbeatSeconds: HEARTBEAT_SECONDS }
  const { connection, url } = await openConnection(urls, 'warren doctor', terms, () => undefined)
  const alarm: { reason?: string } = {}
  connection.once('blocked', (reason) => {
    alarm.reason = reason
  })
  try {
    const visitor = visitorOf(url, cluster)
    const { user, kind, member } = visitor
    const inbox = await tried(connection, (channel) => declareInbox(channel, member, 0, false))
    const isNew = !inbox.ok && inbox.code === NOT_FOUND
    const { product, version } = connection.connection.serverProperties
    const streams = kind === 'master' ? await streamable(connection, member) : undefined
    // The last: a broker in need hears nothing more from who has sent it something.
    const publishing = isNew ? undefined : await publishable(connection, member, kind)
    return {
      at: withoutPassword(url), product: String(product), version: String(version), user, kind, isNew,
      inbox: isNew ? await foundable(connection, visitor) : inbox,
      publishing, streams, blocked: alarm.reason,
    }
  } finally {
    await closeConnection(connection)
  }
}

/** What the first node does: it declares what all share. Rights by role name that exactly, so there it is believed. */
async function foundable(connection: ChannelModel, { hasRole, member: { cluster, self } }: Visitor): Promise<Attempt> {
  if (hasRole) return { ok: true }
  const name = `${cluster}.${self.slice(self.lastIndexOf('@') + 1)}`
  return tried(connection, async (channel) => {
    await channel.assertExchange(name, 'topic', { durable: false, autoDelete: true })
    await channel.deleteExchange(name)
  })
}

/** To somebody whom nobody knows, so that nobody hears it. */
function publishable(connection: ChannelModel, member: Member, kind: NodeKind): Promise<Attempt> {
  const way = wayTo(member, nodeAddress(WHOM[kind], 'nobody', 'doctor'))
  return tried(connection, async (channel) => {
    if (!way) throw new Error('no way leads there')
    const blocked = once(connection, 'blocked')
    channel.publish(way.exchange, way.key, Buffer.alloc(0))
    // The broker works in order: once it has answered this, it has judged that; unless it answers nothing.
    await Promise.race([blocked, channel.checkExchange(way.exchange)])
  })
}

function streamable(connection: ChannelModel, member: Member): Promise<Attempt> {
  const name = `${member.cluster}.${routingKey(member.self)}.1`
  return tried(connection, async (channel) => {
    await channel.assertQueue(name, {
      durable: true, arguments: { 'x-queue-type': 'stream', 'x-max-length-bytes': 1_000_000 },
    })
    await channel.deleteQueue(name)
  })
}
