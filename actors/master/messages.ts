/** Messages: everything that the master's mailbox may hold. */
import type { Ref } from '../../runtime/address.js'
import type { AgentCall } from '../protocol/agent.js'
import type { AllocatorCall, AllocatorEvent } from '../protocol/allocator.js'
import type { AgentId, FrameworkId } from '../protocol/ids.js'
import type { LeadershipCall } from '../protocol/leadership.js'
import type { OperatorCall } from '../protocol/operator.js'
import type { RegistrarEvent } from '../protocol/registrar.js'
import type { SchedulerCall } from '../protocol/scheduler.js'

/** What the world may tell the master. */
export type MasterMessage =
  | AgentCall | SchedulerCall | LeadershipCall | OperatorCall | AllocatorEvent | RegistrarEvent | MasterOrder

/** The node is back among the others. */
export type MasterOrder = { readonly type: 'reconnected' }

type Mechanical =
  | LeadershipCall | RegistrarEvent | MasterOrder
  | {
      type: 'allocator-started' | 'allocator-waits' | 'read-history' | 'read-counts' | 'epoch-obeyed' | 'snapshot-piece'
    }
/** Messages that a decision is made of. */
export type Decidable = Exclude<MasterMessage, Mechanical> | Lost | Round
type Lost =
  | { readonly type: 'agent-lost'; readonly agentId: AgentId; readonly ref: Ref<never> }
  | { readonly type: 'scheduler-lost'; readonly frameworkId: FrameworkId; readonly ref: Ref<never> }
type Round = { readonly type: 'ping-round' | 'sweep' }
/** A life of the master begins: what came before this was told to an earlier one. */
type Begin = { readonly type: 'begin' }
/** It is time for the next piece of a snapshot. */
type Piece = { readonly type: 'snapshot-piece' }
/** It is time to tell a new allocator everything. */
type Waiting = { readonly type: 'allocator-waits'; readonly allocator: Ref<AllocatorCall> }
export type Message = MasterMessage | Lost | Round | Begin | Piece | Waiting
