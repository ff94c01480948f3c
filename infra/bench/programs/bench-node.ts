/** Bench node: a node as Warren's are, on nact and over RabbitMQ, that speaks the bench's protocol. */
import { nodeAddress, type NodeKind } from '../../../runtime/address.js'
import { silent } from '../../../runtime/logger.js'
import { nactTurns } from '../../../runtime/nact.js'
import { randomName } from '../../../runtime/random.js'
import { System } from '../../../runtime/system.js'
import { amqpLink } from '../../amqp/link.js'
import { systemClock } from '../../clock.js'
import { openPost, type PostOptions } from '../../post.js'
import { systemRandom } from '../../random.js'
import { benchRegistry } from './bench-protocol.js'

const CLUSTER = 'bench'
const LIFE_LENGTH = 8

export async function openBenchNode(kind: NodeKind, url: string, options: PostOptions = {}): Promise<System> {
  const self = nodeAddress(kind, 'bench', randomName(systemRandom, LIFE_LENGTH))
  const system = new System(self, {
    turns: nactTurns(self.replace('@', '.')), clock: systemClock, random: systemRandom, logger: silent,
    registry: benchRegistry, collapsed: (_, error) => { throw error },
  })
  await system.join((receiver) => openPost(self, amqpLink([url], CLUSTER), receiver, options))
  return system
}
