/**
 * Private broker: a RabbitMQ of our own, for development, tests and benchmarks.
 */
import type { FallibleBroker } from './broker-server.js'
import { type ClusterOptions, startPrivateCluster } from './private-cluster.js'

export interface PrivateBroker extends FallibleBroker {
  /** Ends all of its processes and removes its directory. */
  stop(): Promise<void>
}

/** Resolves when the broker answers; rejects when no RabbitMQ is installed, or it would not start. */
export async function startPrivateBroker(options: ClusterOptions = {}): Promise<PrivateBroker> {
  const { servers: [server], stop } = await startPrivateCluster(1, options)
  if (!server) throw new Error('a cluster of one has no server')
  return Object.assign(server, { stop })
}
