/** Stage: a driven scheduler, whose author does as the test says. */
import type { FrameworkContext, FrameworkEvent, Framework } from '../../../actors/scheduler/framework.js'
import { scheduler } from '../../../actors/scheduler/scheduler.js'
import type { Message, OwnerEvent, State } from '../../../actors/scheduler/state.js'
import type { AgentCall } from '../../../actors/protocol/agent.js'
import type { AgentId, FrameworkId, LaunchId, OfferId, Role, TaskId, UpdateId } from '../../../actors/protocol/ids.js'
import type { Offer, SchedulerCall } from '../../../actors/protocol/scheduler.js'
import type { StatusUpdate, TaskState } from '../../../actors/protocol/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'

const node = nodeAddress('framework', 'f', '1')
export const owner = refOf<OwnerEvent>(node, 'port.owner')
export const master = refOf<SchedulerCall | AgentCall>(nodeAddress('master', 'm', '1'), 'master')
export const masters = 'masters@*/master' as typeof master
export const frameworkId = 'w-0000' as FrameworkId
export const agentId = 'w-S0' as AgentId
export const leader = { type: 'leader', master, epoch: 3, cluster: 'warren' } as const
export const subscribed = { type: 'subscribed', frameworkId, epoch: 3, cluster: 'warren' } as const

export type Driver = Driven<State<null>, Message<string>>

export interface Stage {
  readonly driven: Driver
  /** What the author heard. */
  readonly heard: FrameworkEvent<string>[]
}

type Author = (event: FrameworkEvent<string>, ctx: FrameworkContext) => void

/** A scheduler that looks for its master. */
export function stage(
  author: Author = () => undefined, more: Partial<Framework<null, string>> = {}, resumed?: FrameworkId,
): Stage {
  const heard: FrameworkEvent<string>[] = []
  const definition: Framework<null, string> = {
    name: 'one',
    initial: () => null,
    receive(state, event, ctx) {
      heard.push(event)
      author(event, ctx)
      return state
    },
    ...more,
  }
  const options = { user: 'ann', owner, ...(resumed ? { frameworkId: resumed } : {}) }
  return { driven: drive(scheduler(definition, options), { nowMs: 1_000 }), heard }
}

/** A scheduler that is subscribed. */
export function onStage(...args: Parameters<typeof stage>): Stage {
  const { driven, heard } = stage(...args)
  driven.receive(leader)
  driven.receive(subscribed)
  driven.take()
  heard.splice(0)
  return { driven, heard }
}

export const offer = (number: number): Offer => ({
  offerId: `w-O3.${number}` as OfferId, frameworkId, agentId, role: '*' as Role, resources: of({ cpus: 1 }),
  hostname: 'host', attributes: {},
})

export const update = (count: number, state: TaskState, more: Partial<StatusUpdate> = {}): StatusUpdate => ({
  updateId: `w-L1.${count}` as UpdateId, frameworkId, agentId, taskId: 't' as TaskId, launchId: 'w-L1' as LaunchId,
  state, source: 'executor', atMs: 1, ...more,
})
