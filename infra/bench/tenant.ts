/**
 * Tenant: a framework of the failover bench. It has standing tasks, wants nothing more, and launches one
 * brief task as soon as the next leader offers it anything.
 */
import type { Offer } from '../../actors/protocol/scheduler.js'
import { isTerminal, type StatusUpdate, type TaskInfo } from '../../actors/protocol/task.js'
import {
  framework, type Framework, type FrameworkContext, type FrameworkEvent,
} from '../../actors/scheduler/framework.js'
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
  /** Standing tasks that are still to be launched, those that run, and those that there are to be. */
  readonly wanted: number
  readonly standing: number
  readonly expected: number
  readonly armed: boolean
  /** Numbers tasks. */
  readonly next: number
  /** The task that was launched last for having been armed. */
  readonly brief: string
}

export const tenant = (name: string, listener: TenantListener): Framework<State, TenantOrder> => framework({
  name,
  failoverTimeoutMs: FAILOVER_TIMEOUT_MS,
  initial: (): State => ({ wanted: 0, standing: 0, expected: 0, armed: false, next: 0, brief: '' }),
  receive(state: State, event: FrameworkEvent<TenantOrder>, ctx): State {
    switch (event.type) {
      case 'told':
        if (event.told.type === 'arm') return { ...state, armed: true }
        ctx.revive()
        return { ...state, wanted: event.told.tasks, expected: event.told.tasks }
      case 'offers':
        listener.offered()
        return onOffers(state, event.offers, ctx)
      case 'update': return onUpdate(state, event.update, listener, ctx)
      default: return state
    }
  },
})

function onOffers(state: State, offers: readonly Offer[], ctx: FrameworkContext): State {
  let { wanted, armed, next, brief } = state
  const declined: Offer[] = []
  for (const offer of offers) {
    const tasks: TaskInfo[] = []
    if (armed) {
      brief = `brief-${next++}`
      tasks.push(task({ id: brief, resources: RESOURCES, command: [BRIEF] }))
      armed = false
    }
    if (wanted > 0) {
      tasks.push(task({ id: `stay-${next++}`, resources: RESOURCES, command: STANDING }))
      wanted--
    }
    if (tasks.length === 0) declined.push(offer)
    else ctx.accept(offer, tasks, { refuseMs: wanted > 0 ? 0 : REFUSE_MS })
  }
  if (declined.length > 0) ctx.decline(declined, { refuseMs: REFUSE_MS })
  if (wanted === 0) ctx.suppress()
  return { ...state, wanted, armed, next, brief }
}

function onUpdate(state: State, update: StatusUpdate, listener: TenantListener, ctx: FrameworkContext): State {
  const { taskId, state: now } = update
  const [isBrief, hasRun] = [taskId === state.brief, now === 'RUNNING' || now === 'FINISHED']
  if (isBrief && now === 'RUNNING') listener.launched()
  if (isBrief && now === 'FINISHED') listener.ended()
  if (!hasRun) {
    if (!isTerminal(now)) return state
    // Its offer was taken back before it could be accepted, or its leader died first.
    ctx.revive()
    return isBrief ? { ...state, armed: true } : { ...state, wanted: state.wanted + 1 }
  }
  if (!taskId.startsWith('stay') || now !== 'RUNNING') return state
  if (state.standing + 1 === state.expected) listener.settled()
  return { ...state, standing: state.standing + 1 }
}
