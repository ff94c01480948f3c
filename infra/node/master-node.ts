/** Master node: the master with its log and its allocator; `infra/http/` puts an interface on it. */
import { allocator } from '../../actors/allocator/allocator.js'
import { POLICY } from '../../actors/allocator/allocation.js'
import { master } from '../../actors/master/master.js'
import type { Message } from '../../actors/master/messages.js'
import type { Role } from '../../actors/protocol/ids.js'
import { MASTER_PATH } from '../../actors/protocol/leadership.js'
import type { LogRecord } from '../../actors/protocol/log.js'
import type { Ref } from '../../runtime/address.js'
import type { LogRequest } from '../../runtime/log.js'
import type { System } from '../../runtime/system.js'
import { memoryLog } from '../memory/log.js'
import { openNode, type NodeOptions } from './node.js'

export interface MasterNodeOptions extends Omit<NodeOptions, 'kind'> {
  readonly cluster: string
  readonly weights?: ReadonlyMap<Role, number>
  /** Divide agents among competing frameworks instead of offering them whole. */
  readonly shareOffers?: boolean
}

export interface MasterNode {
  readonly system: System
  readonly master: Ref<Message>
}

export async function openMasterNode(options: MasterNodeOptions): Promise<MasterNode> {
  const { cluster, name, weights, shareOffers = false } = options
  const system = await openNode({ ...options, kind: 'master' })
  const log = system.port<LogRequest<LogRecord>>('log', memoryLog<LogRecord>((to, event) => system.tell(to, event)))
  const policy = { ...POLICY, shareOffers }
  const actor = master({
    cluster, name, log,
    allocator: (ref) => allocator({ master: ref, policy, ...(weights ? { weights } : {}) }),
  })
  return { system, master: system.spawn(MASTER_PATH, actor) }
}
