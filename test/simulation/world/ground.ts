/** Ground: what those who start a node need of the world that it is in. */
import type { NodeKind } from '../../../runtime/address.js'
import type { Rule } from '../broken.js'
import type { Ledger } from '../ledger.js'
import type { Events } from './events.js'
import type { SimulatedNode } from './node.js'
import type { SharedLog } from './shared-log.js'
import type { Token } from './token.js'

export interface Ground {
  readonly events: Events
  readonly ledger: Ledger
  readonly log: SharedLog
  readonly token: Token
  /** How long masters wait for an agent; as long as is usual unless given. */
  readonly agentTimeoutMs: number | undefined
  readonly options: { readonly breaks?: Rule | undefined }
  /** Lets a node join the others, and then calls `spawn` with it. */
  begin(kind: NodeKind, name: string, spawn: (node: SimulatedNode) => void): void
  kill(node: SimulatedNode): void
}
