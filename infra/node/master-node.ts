/** Master node: the master with its log and its allocator; `infra/http/` puts an interface on it. */
import { allocator } from '../../actors/allocator/allocator.js'
import { POLICY } from '../../actors/allocator/eligibility.js'
import { master } from '../../actors/master/master.js'
import type { Message } from '../../actors/master/messages.js'
import { registrar } from '../../actors/master/registrar.js'
import type { Role } from '../../actors/protocol/ids.js'
import { MASTER_PATH } from '../../actors/protocol/leadership.js'
import { refOf, type Ref } from '../../runtime/address.js'
import type { System } from '../../runtime/system.js'
import { openNode, type NodeOptions } from './node.js'
import { memoryLog, type OpenSharedLog, type SharedLog } from './shared-log.js'

export interface MasterNodeOptions extends Omit<NodeOptions, 'kind'> {
  readonly cluster: string
  readonly weights?: ReadonlyMap<Role, number>
  /** Where it writes down what it decides; in memory unless given. */
  readonly openLog?: OpenSharedLog
  /** Divide agents among competing frameworks instead of offering them whole. */
  readonly shareOffers?: boolean
  /** An agent silent or away for longer is unreachable; 75 seconds unless given. */
  readonly agentTimeoutMs?: number
}

export interface MasterNode {
  readonly system: System
  /** Nobody is there before `begin`. */
  readonly master: Ref<Message>
  /**
   * Opens the log and takes part. Rejects when the log cannot be opened; the message says which and why.
   * @param url where its interface answers
   */
  begin(url?: string): Promise<void>
  /** Leaves the election, then everything. */
  close(): Promise<void>
}

/** Joins the other nodes. What else may fail (an interface, say) can be opened before it begins. */
export async function openMasterNode(options: MasterNodeOptions): Promise<MasterNode> {
  const { cluster, name, weights, agentTimeoutMs, shareOffers = false, openLog = memoryLog() } = options
  const system = await openNode({ ...options, kind: 'master' })
  let log: SharedLog | undefined
  return {
    system, master: refOf<Message>(system.node, MASTER_PATH),
    async begin(url) {
      log = await openLog((to, event) => system.tell(to, event))
      const stream = system.port('stream', log.stream)
      const election = system.port('election', log.election)
      const policy = { ...POLICY, shareOffers }
      const ref = system.spawn(MASTER_PATH, master({
        registrar: registrar({ cluster, name, stream, election, ...(url ? { url } : {}) }),
        allocator: (of) => allocator({ master: of, policy, ...(weights ? { weights } : {}) }),
        ...(agentTimeoutMs === undefined ? {} : { agentTimeoutMs }),
      }))
      system.onConnection((state) => {
        if (state === 'connected') system.tell(ref, { type: 'reconnected' })
      })
    },
    async close() {
      // Whoever is next leads while this node still says goodbye.
      await log?.close()
      await system.stop()
    },
  }
}
