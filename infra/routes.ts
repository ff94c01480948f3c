/**
 * Routes: which kind of node may write to which.
 *
 * Messages go up to masters, down from them, or between an agent and its executors. Each direction is
 * an exchange of its own on a broker, so that permissions can hold there: nobody but a master can write
 * down. The embedded links keep the same rule, so that a cluster which runs in one process also runs
 * over a broker.
 */
import { isGroup, kindOf, type NodeAddress } from '../runtime/address.js'

export type Direction = 'up' | 'down' | 'executors'

/** The way from `from` to `to`; undefined when there is none, or one of them is no address of ours. */
export function directionOf(from: NodeAddress, to: NodeAddress): Direction | undefined {
  const sender = kindOf(from)
  const receiver = kindOf(to)
  if (!sender || !receiver) return undefined
  if (receiver === 'master') return sender === 'executor' ? undefined : 'up'
  if (receiver === 'executor' || sender === 'executor') {
    const isOwn = receiver === 'agent' || sender === 'agent'
    // An agent's executors are its own: there is no writing to all.
    return isOwn && !isGroup(to) ? 'executors' : undefined
  }
  return sender === 'master' ? 'down' : undefined
}
