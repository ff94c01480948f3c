/**
 * Operator: what somebody who runs the cluster does between two rounds, and says: a RabbitMQ that a frozen server has
 * left parted is mended as `warren doctor` advises, or it would be the fault of every round that follows. Warren had
 * to be whole with it before.
 */
import type { FallibleBroker } from '../../../infra/amqp/broker-server.js'
import { withoutPassword } from '../../../infra/amqp/broker-urls.js'
import { lookFromEachOther } from '../../../infra/amqp/brokers-look.js'
import { CLUSTER, type Stage } from './stage.js'

/** Restarts those that do not see all others, until each sees each; answers how many it restarted. */
export async function mendBrokers({ brokers: { servers, urls } }: Stage): Promise<number> {
  if (servers.length < 2) return 0
  for (let restarted = 0; restarted < servers.length; restarted++) {
    const { blind } = await lookFromEachOther(urls, CLUSTER)
    const pairsOf = ({ url }: FallibleBroker): number =>
      blind.filter(({ made, sought }) => [made, sought].includes(withoutPassword(url))).length
    const [loneliest] = servers.toSorted((one, other) => pairsOf(other) - pairsOf(one))
    if (blind.length === 0 || !loneliest) return restarted
    await loneliest.kill()
    await loneliest.start()
  }
  return servers.length
}
