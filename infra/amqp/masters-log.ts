/** Masters' log: the shared log and the election over RabbitMQ, together. */
import type { OpenSharedLog } from '../node/shared-log.js'
import { CONNECT_TIMEOUT_MS, HEARTBEAT_SECONDS } from './connection.js'
import { openLogStream } from './log-stream.js'
import { openTokenElection } from './token-election.js'

/**
 * Opening rejects, naming the broker, when that cannot be reached now.
 * @param name the master's node, for the broker's operator
 * @param warn hears what that operator should know
 */
export function amqpLog(
  urls: readonly string[], cluster: string, name: string, warn: (text: string) => void = () => undefined,
): OpenSharedLog {
  return async (tell) => {
    const common = {
      urls, cluster, name, connectTimeoutMs: CONNECT_TIMEOUT_MS, heartbeatSeconds: HEARTBEAT_SECONDS,
    }
    const stream = await openLogStream({ ...common, tell, warn })
    try {
      const election = await openTokenElection({ ...common, tell })
      const close = async (): Promise<void> => {
        await election.close()
        await stream.close()
      }
      return { stream: stream.handle, election: election.handle, close }
    } catch (error) {
      await stream.close()
      throw error
    }
  }
}
