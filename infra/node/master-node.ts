/** Master node: the master with its log and its allocator; `infra/http/` puts an interface on it. */
import { allocator } from '../../actors/allocator/allocator.js'
import { POLICY } from '../../actors/allocator/allocation.js'
import { master } from '../../actors/master/master.js'
import type { Message } from '../../actors/master/messages.js'
import type { Role } from '../../actors/protocol/ids.js'
import { MASTER_PATH, type LeadershipCall, type LeadershipEvent } from '../../actors/protocol/leadership.js'
import type { LogRecord } from '../../actors/protocol/log.js'
import { groupAddress, nodeOf, refOf, type Ref } from '../../runtime/address.js'
import type { LogRequest } from '../../runtime/log.js'
import type { System } from '../../runtime/system.js'
import { systemClock } from '../clock.js'
import { memoryLog } from '../memory/log.js'
import { AlreadyLedError } from './already-led.js'
import { openNode, type NodeOptions } from './node.js'

export interface MasterNodeOptions extends Omit<NodeOptions, 'kind'> {
  readonly cluster: string
  readonly weights?: ReadonlyMap<Role, number>
  /** Nobody else can lead, so nobody is asked: the cluster is within this process. */
  readonly isAlone?: boolean
  /** Divide agents among competing frameworks instead of offering them whole. */
  readonly shareOffers?: boolean
}

export interface MasterNode {
  readonly system: System
  readonly master: Ref<Message>
}

/** How long a leader may take to say that it is one. */
const LEADER_ANSWER_MS = 500

/** Throws an `AlreadyLedError` when somebody leads: as long as masters share no log, two would promise twice. */
export async function openMasterNode(options: MasterNodeOptions): Promise<MasterNode> {
  const { cluster, name, weights, shareOffers = false, isAlone = false } = options
  const system = await openNode({ ...options, kind: 'master' })
  const leader = isAlone ? undefined : await leaderOf(system)
  if (leader) {
    await system.stop()
    throw new AlreadyLedError(`cluster '${cluster}' is led by ${nodeOf(leader.master)}; stop that master first`)
  }
  const log = system.port<LogRequest<LogRecord>>('log', memoryLog<LogRecord>((to, event) => system.tell(to, event)))
  const policy = { ...POLICY, shareOffers }
  const actor = master({
    cluster, name, log,
    // The log is forgotten with its process, but agents obey no epoch older than the newest they have met.
    epochMin: Math.floor(systemClock.now() / 1_000),
    allocator: (ref) => allocator({ master: ref, policy, ...(weights ? { weights } : {}) }),
  })
  return { system, master: system.spawn(MASTER_PATH, actor) }
}

function leaderOf(system: System): Promise<LeadershipEvent | undefined> {
  const masters = refOf<LeadershipCall>(groupAddress('master'), MASTER_PATH)
  const question = (replyTo: Ref<LeadershipEvent>) => ({ type: 'find-leader', replyTo }) as const
  return system.ask<LeadershipCall, LeadershipEvent>(masters, question, LEADER_ANSWER_MS).catch(() => undefined)
}
