/** Places: what of a node outlives its process: a machine, a journal, a name, the story of a framework. */
import type { AgentInfo } from '../../../actors/protocol/agent.js'
import type { Message as AgentMessage } from '../../../actors/agent/state.js'
import { LEADER_PATH } from '../../../actors/protocol/leadership.js'
import type { State as SchedulerState } from '../../../actors/scheduler/state.js'
import { refOf, type Ref } from '../../../runtime/address.js'
import type { Story } from '../story.js'
import type { AgentEye, Eye, MasterEye } from '../watched.js'
import type { SimulatedJournal } from './journal.js'
import type { SimulatedMachine } from './machine.js'
import type { SimulatedNode } from './node.js'
import type { WayToLog } from './shared-log.js'
import type { Candidate } from './token.js'

export interface Place {
  readonly name: string
  /** Its process, dead or alive; undefined before there was one. */
  node: SimulatedNode | undefined
}

export interface MasterPlace extends Place {
  readonly kind: 'master'
  eye: MasterEye
  way: WayToLog | undefined
  candidate: Candidate | undefined
}

export interface AgentPlace extends Place {
  readonly kind: 'agent'
  readonly machine: SimulatedMachine
  readonly journal: SimulatedJournal
  readonly resources: AgentInfo['resources']
  eye: AgentEye
}

export interface FrameworkPlace extends Place {
  readonly kind: 'framework'
  story: Story
  /** How many frameworks have been here, one after the other. */
  generation: number
  eye: Eye<SchedulerState<null>>
}

export type AnyPlace = MasterPlace | AgentPlace | FrameworkPlace

export const lives = ({ node }: Place): boolean => node !== undefined && node.state !== 'dead'

export const agentRef = (node: SimulatedNode): Ref<AgentMessage> =>
  refOf<AgentMessage>(node.address, LEADER_PATH.agent)
