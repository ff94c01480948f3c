/**
 * Tenant: a framework of the failover bench. It has standing tasks, wants nothing more, and launches one
 * brief task as soon as the next leader offers it anything.
 */
import { isTerminal, type TaskInfo } from '../../actors/protocol/task.js'
import { framework, type Framework } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import { BRIEF } from './emulated-agent.js'

const RESOURCES = { cpus: 0.1, mem: 32 }
const STANDING = ['stay']
/** It may be away for as long as a bench takes. */
const FAILOVER_TIMEOUT_MS = 3_600_000
/** A tenant that wants nothing now is asked again when it says so, and at the earliest after this. */
const REFUSE_MS = 600_000

export type TenantOrder =
  /** Launch so many tasks that stay. */
  | { readonly type: 'settle'; readonly tasks: number }
  /** From the next leader's first offer on, launch a brief task. */
  | { readonly type: 'arm' }

export interface TenantListener {
  offered(): void
  /** So many standing tasks run. */
  settled(): void
  /** The brief task runs. */
  launched(): void
  /** The brief task has ended. */
  ended(): void
}

interface State {
  /** Standing tasks that are still to be launched, and those that run. */
  readonly wanted: number
  readonly standing: number
  readonly expected: number
  readonly armed: boolean
  readonly rounds: number
}

export const tenant = (name: string, listener: TenantListener): Framework<State, TenantOrder> => framework<State, TenantOrder>({
  name,
  failoverTimeoutMs: FAILOVER_TIMEOUT_MS,
  initial: () => ({ wanted: 0, standing: 0, expected: 0, armed: false, rounds: 0 }),
  receive(state, event, ctx) {
    switch (event.type) {
      case 'told':
        if (event.told.type === 'arm') return { ...state, armed: true, rounds: state.rounds + 1 }
        ctx.revive()
        return { ...state, wanted: event.told.tasks, expected: event.told.tasks }
      case 'offers': {
        listener.offered()
        let { wanted, armed } = state
        for (const offer of event.offers) {
          const tasks: TaskInfo[] = []
          if (armed) tasks.push(task({ id: `brief-${state.rounds}`, resources: RESOURCES, command: [BRIEF] }))
          armed = false
          if (wanted > 0) tasks.push(task({ id: `stay-${wanted--}`, resources: RESOURCES, command: STANDING }))
          if (tasks.length === 0) ctx.decline(offer, { refuseMs: REFUSE_MS })
          else ctx.accept(offer, tasks, { refuseMs: wanted > 0 ? 0 : REFUSE_MS })
        }
        if (wanted === 0) ctx.suppress()
        return { ...state, wanted, armed }
      }
      case 'update': {
        const { taskId, state: now } = event.update
        if (taskId === `brief-${state.rounds}`) {
          if (now === 'RUNNING') listener.launched()
          if (isTerminal(now)) listener.ended()
        } else if (now === 'RUNNING') {
          if (state.standing + 1 === state.expected) listener.settled()
          return { ...state, standing: state.standing + 1 }
        }
        return state
      }
      default: return state
    }
  },
})
