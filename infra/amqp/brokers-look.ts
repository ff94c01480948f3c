/**
 * Brokers look: whether brokers that are named together are one, tried out: a queue that is made at one is
 * looked for at each other. After a partition each goes on for itself, and says so to nobody who asks only it.
 */
import type { ChannelModel } from 'amqplib'
import { withoutPassword } from './broker-urls.js'
import { closeConnection, HEARTBEAT_SECONDS, openConnection } from './connection.js'
import { inboxName } from './topology.js'
import { tried, visitorOf } from './visitor.js'

/** What is made at `made` is not to be found at `sought`; both are URLs without their passwords. */
export interface Blindness {
  readonly made: string
  readonly sought: string
}

export interface Sight {
  /** How many brokers took part: who cannot be reached, or lets this user make nothing, is left out. */
  readonly brokers: number
  readonly blind: readonly Blindness[]
}

/** What a broker says of a queue that is there, and is another connection's. */
const RESOURCE_LOCKED = 405
const CONNECT_TIMEOUT_MS = 3_000

interface Place {
  readonly at: string
  readonly connection: ChannelModel
  readonly queue: string
}

/** Leaves nothing behind. Never rejects. */
export async function lookFromEachOther(urls: readonly string[], cluster: string): Promise<Sight> {
  const places = (await Promise.all(urls.map((url) => placeAt(url, cluster)))).filter((each) => each !== undefined)
  try {
    const pairs = places.flatMap((made) => places.filter((other) => other !== made).map((sought) => ({ made, sought })))
    const blind = await Promise.all(pairs.map(async ({ made, sought }): Promise<Blindness[]> =>
      (await finds(sought, made.queue) ? [] : [{ made: made.at, sought: sought.at }])))
    return { brokers: places.length, blind: blind.flat() }
  } finally {
    await Promise.all(places.map(({ connection }) => closeConnection(connection)))
  }
}

/** Its queue is there as long as its connection. */
async function placeAt(url: string, cluster: string): Promise<Place | undefined> {
  const terms = { connectTimeoutMs: CONNECT_TIMEOUT_MS, heartbeatSeconds: HEARTBEAT_SECONDS }
  const opened = await openConnection([url], 'warren doctor', terms, () => undefined).catch(() => undefined)
  if (!opened) return undefined
  const { connection } = opened
  const queue = inboxName(visitorOf(url, cluster).member, 0)
  const made = await tried(connection, (channel) => channel.assertQueue(queue, { exclusive: true, durable: false }))
  if (made.ok) return { at: withoutPassword(url), connection, queue }
  await closeConnection(connection)
  return undefined
}

async function finds({ connection }: Place, queue: string): Promise<boolean> {
  const found = await tried(connection, (channel) => channel.checkQueue(queue))
  return found.ok || found.code === RESOURCE_LOCKED
}
