/**
 * Masters' topology: what masters alone share on the broker: the log of their decisions, the token of
 * leadership, and the exchange by which both are written to. `rights.ts` keeps everybody else out.
 */
import type { Channel } from 'amqplib'
import type { MASTERS_OWN } from './rights.js'

const placeOf = (cluster: string, what: (typeof MASTERS_OWN)[number]): string => `${cluster}.${what}`

export const mastersExchange = (cluster: string): string => placeOf(cluster, 'masters')
export const logQueue = (cluster: string): string => placeOf(cluster, 'registry')
export const tokenQueue = (cluster: string): string => placeOf(cluster, 'token')

export const LOG_KEY = 'log'
export const TOKEN_KEY = 'token'

/** A stream keeps what it is given, and whoever reads it reads all of it, from wherever they say. */
export async function declareLog(channel: Channel, cluster: string): Promise<void> {
  const queue = logQueue(cluster)
  await channel.assertExchange(mastersExchange(cluster), 'direct', { durable: true })
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'stream' } })
  await channel.bindQueue(queue, mastersExchange(cluster), LOG_KEY)
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
