/**
 * Masters' topology: what masters alone share on the broker: the log of their decisions, the token of
 * leadership, and the exchange by which both are written to. `rights.ts` keeps everybody else out.
 */
import type { Channel } from 'amqplib'
import { LOG_BYTES_MAX } from '../../actors/protocol/log-entry.js'
import type { MASTERS_OWN } from './rights.js'

const placeOf = (cluster: string, what: (typeof MASTERS_OWN)[number]): string => `${cluster}.${what}`

export const mastersExchange = (cluster: string): string => placeOf(cluster, 'masters')
export const logQueue = (cluster: string): string => placeOf(cluster, 'registry')
export const tokenQueue = (cluster: string): string => placeOf(cluster, 'token')

export const LOG_KEY = 'log'
export const TOKEN_KEY = 'token'

/** How much a stream keeps, which the broker sees to segment by segment. */
export interface Retention {
  readonly bytes: number
  readonly segmentBytes: number
}
/** Two snapshots and what is between them fit by far (see `LOG_BYTES_MAX`), so nobody needs what is gone. */
export const RETENTION: Retention = { bytes: LOG_BYTES_MAX, segmentBytes: 16_777_216 }

/**
 * A stream keeps what it is given until there is too much, and whoever reads it reads from wherever they say.
 * Fails with 406 where there is one already that was declared otherwise: that is to be taken as it is.
 */
export async function declareLog(channel: Channel, cluster: string, retention: Retention): Promise<void> {
  const { bytes, segmentBytes } = retention
  await channel.assertExchange(mastersExchange(cluster), 'direct', { durable: true })
  await channel.assertQueue(logQueue(cluster), {
    durable: true, arguments: {
      'x-queue-type': 'stream', 'x-max-length-bytes': bytes, 'x-stream-max-segment-size-bytes': segmentBytes,
    },
  })
  await channel.bindQueue(logQueue(cluster), mastersExchange(cluster), LOG_KEY)
}

/** Takes the stream as it is. Fails with 404 where there is none. */
export async function findLog(channel: Channel, cluster: string): Promise<void> {
  await channel.assertExchange(mastersExchange(cluster), 'direct', { durable: true })
  await channel.checkQueue(logQueue(cluster))
  await channel.bindQueue(logQueue(cluster), mastersExchange(cluster), LOG_KEY)
}

/** What to do about a stream that keeps more, or less, than it should; for people. */
export function keepAdvice(cluster: string, { bytes }: Retention): string {
  const pattern = `^${logQueue(cluster).replaceAll('.', '\\.')}$`
  const limit = JSON.stringify({ 'max-length-bytes': bytes })
  return `the log of cluster '${cluster}' was made with other limits than this version's, and keeps those; to have `
    + `it shortened: rabbitmqctl set_policy --apply-to queues ${cluster}-log '${pattern}' '${limit}'`
}

/**
 * A queue of one message, and one consumer at a time: whoever holds it may claim. A quorum queue, so that
 * the token survives any one server; its delivery limit is the server's own, since no value of it is
 * understood by all versions.
 * @returns how many tokens wait, and how many masters campaign
 */
export async function declareToken(
  channel: Channel, cluster: string,
): Promise<{ readonly tokens: number; readonly candidates: number }> {
  const queue = tokenQueue(cluster)
  await channel.assertExchange(mastersExchange(cluster), 'direct', { durable: true })
  const { messageCount, consumerCount } = await channel.assertQueue(queue, {
    durable: true, arguments: { 'x-queue-type': 'quorum', 'x-single-active-consumer': true },
  })
  await channel.bindQueue(queue, mastersExchange(cluster), TOKEN_KEY)
  return { tokens: messageCount, candidates: consumerCount }
}
