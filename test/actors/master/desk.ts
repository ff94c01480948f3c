/**
 * Desk: a master's mind without its actor. What it decides is applied at once; what it says is kept.
 */
import type { AgentEvent, AgentInfo, HeldTask } from '../../../actors/protocol/agent.js'
import type { AllocatorCall } from '../../../actors/protocol/allocator.js'
import type { AgentId, ExecutorId, FrameworkId, LaunchId, OfferId, Role, TaskId } from '../../../actors/protocol/ids.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import type { FrameworkInfo, Offer, SchedulerEvent } from '../../../actors/protocol/scheduler.js'
import {
  isTerminal, type Reason, type StatusUpdate, type TaskInfo, type TaskState,
} from '../../../actors/protocol/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { apply, newCluster, type TaskRecord } from '../../../actors/master/cluster.js'
import { decide } from '../../../actors/master/decide.js'
import type { Decision, Knowledge } from '../../../actors/master/decision.js'
import type { Decidable } from '../../../actors/master/messages.js'
import { change } from '../../../actors/master/present-change.js'
import { newPresent } from '../../../actors/master/present.js'
import { nodeAddress, refOf, type Ref } from '../../../runtime/address.js'

export const FRAMEWORK: FrameworkInfo = {
  name: 'one', roles: ['*' as Role], user: 'ann', failoverTimeoutMs: 60_000, labels: [],
}
export const MACHINE = of({ cpus: 4, mem: 4096 })

export const agentRef = (name: string, life = 'i1'): Ref<AgentEvent> => refOf(nodeAddress('agent', name, life), 'agent')
export const schedulerRef = (name: string, life = 'i1'): Ref<SchedulerEvent> =>
  refOf(nodeAddress('framework', name, life), 'scheduler')
export const agentInfo = (resources = MACHINE): AgentInfo =>
  ({ hostname: 'host', resources, attributes: {}, bootId: 'boot' })

export const command = (
  id: string, wanted: Parameters<typeof of>[0] = { cpus: 1 }, more: Partial<TaskInfo> = {},
): TaskInfo => ({
  taskId: id as TaskId, name: id, resources: of(wanted),
  command: { program: { type: 'shell', line: 'true' } }, ...more,
})

/** A task of a custom executor; leave out what the executor takes, and it takes nothing. */
export function executed(id: string, executorId: string, takes: Parameters<typeof of>[0] = {}): TaskInfo {
  const { command: _, ...task } = command(id)
  const program = { type: 'module', file: 'it.ts' } as const
  return { ...task, executor: { executorId: executorId as ExecutorId, program, resources: of(takes) } }
}

interface Registering {
  readonly life?: string
  /** Counted by the agent itself. */
  readonly number?: number
  readonly agentId?: AgentId
  readonly tasks?: readonly HeldTask[]
  readonly info?: AgentInfo
  readonly executors?: readonly { readonly frameworkId: FrameworkId; readonly executorId: ExecutorId }[]
  readonly ended?: readonly { readonly launchId: LaunchId; readonly state: TaskState }[]
}

interface Subscribing {
  readonly life?: string
  readonly frameworkId?: FrameworkId
  readonly info?: Partial<FrameworkInfo>
  readonly resumes?: boolean
  readonly knows?: string
}

interface Reporting {
  readonly latestState?: TaskState
  readonly exitCode?: number
  readonly reason?: Reason
}

export class Desk {
  readonly knowledge: Knowledge & { now: number } = {
    cluster: newCluster(), present: newPresent(), leading: true, now: 1_000,
  }
  readonly records: LogRecord[] = []
  readonly calls: AllocatorCall[] = []

  constructor() {
    this.fold({ type: 'genesis', cluster: 'warren', prefix: 'w' })
    this.fold({ type: 'leadership-claimed', epoch: 3, master: 'm1', nonce: '' })
  }

  /** Decides, and applies what was decided. */
  say(message: Decidable): Decision {
    const decided = decide(this.knowledge, message)
    for (const record of decided.records) this.fold(record)
    for (const by of decided.changes) change(this.knowledge.present, by)
    this.calls.push(...decided.allocator)
    return decided
  }

  fold(record: LogRecord): void {
    this.records.push(record)
    apply(this.knowledge.cluster, record)
  }

  register(name: string, more: Registering = {}): Decision {
    const { life, agentId, tasks = [], info = agentInfo(), executors = [], ended, number } = more
    const agent = agentRef(name, life)
    return this.say({
      type: 'register-agent', agent, info, tasks, executors, ...(agentId ? { agentId } : {}),
      ...(number === undefined ? {} : { life: number }), ...(ended ? { ended } : {}),
    })
  }

  subscribe(name: string, more: Subscribing = {}): Decision {
    const { life, frameworkId, resumes, knows, info = {} } = more
    return this.say({
      type: 'subscribe', scheduler: schedulerRef(name, life), info: { ...FRAMEWORK, name, ...info },
      ...(frameworkId ? { frameworkId } : {}), ...(resumes ? { resumes } : {}), ...(knows ? { knows } : {}),
    })
  }

  /** Grants all of an agent to a framework; answers the offer. */
  offer(frameworkId: FrameworkId, agentId: AgentId, resources = MACHINE, role = '*' as Role): Offer {
    const telling = this.knowledge.present.agents.get(agentId)?.telling ?? 0
    this.say({ type: 'allocated', grants: [{ frameworkId, role, agentId, resources, telling }] })
    return [...this.knowledge.present.offers.values()].at(-1)?.offer as Offer
  }

  accept(frameworkId: FrameworkId, offers: readonly Offer[], tasks: readonly TaskInfo[], refuseMs?: number): Decision {
    return this.say({
      type: 'accept', frameworkId, offerIds: offers.map((offer) => offer.offerId),
      operations: [{ type: 'launch', tasks }], ...(refuseMs === undefined ? {} : { refuseMs }),
    })
  }

  decline(frameworkId: FrameworkId, offerIds: readonly OfferId[], refuseMs?: number): Decision {
    return this.say({ type: 'decline', frameworkId, offerIds, ...(refuseMs === undefined ? {} : { refuseMs }) })
  }

  /** The agent reports a step in a task's life. */
  report(task: TaskRecord, state: TaskState, count: number, more: Reporting = {}): Decision {
    const { latestState = state, ...told } = more
    const update = { ...updateOf(task, state, count), ...told }
    return this.say({ type: 'task-status', agentId: task.agentId, update, latestState })
  }

  acknowledge(task: TaskRecord, count: number): Decision {
    const { frameworkId, agentId, task: { taskId } } = task
    const { updateId } = updateOf(task, 'RUNNING', count)
    return this.say({
      type: 'acknowledge', frameworkId, agentId, taskId, updateId: updateId as NonNullable<typeof updateId>,
    })
  }

  task(frameworkId: FrameworkId, id: string): TaskRecord {
    const task = this.knowledge.cluster.frameworks.get(frameworkId)?.tasks.get(id as TaskId)
    if (!task) throw new Error(`there is no task ${id}`)
    return { ...task }
  }
}

export const updateOf = (
  { frameworkId, agentId, launchId, task }: TaskRecord, state: TaskState, count: number,
): StatusUpdate => ({
  updateId: `${launchId}.${count}` as NonNullable<StatusUpdate['updateId']>, frameworkId, agentId, launchId,
  taskId: task.taskId, state, source: 'executor', atMs: 5,
})

export const held = ({ frameworkId, launchId, role, task }: TaskRecord, state: TaskState): HeldTask =>
  ({ frameworkId, launchId, role, task, state })

/** The executors that an agent with these tasks has. */
export const executorsHeld = (tasks: readonly HeldTask[]) => tasks.flatMap(({ frameworkId, state, task }) =>
  task.executor && !isTerminal(state) ? [{ frameworkId, executorId: task.executor.executorId }] : [])

/** A desk with an agent, a framework and one running task of 1 cpu. */
export function deskAtWork(): { desk: Desk; agentId: AgentId; frameworkId: FrameworkId; task: TaskRecord } {
  const desk = new Desk()
  const [agentId, frameworkId] = ['w-S0' as AgentId, 'w-0000' as FrameworkId]
  desk.register('a')
  desk.subscribe('one')
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [command('t')])
  desk.report(desk.task(frameworkId, 't'), 'RUNNING', 1)
  return { desk, agentId, frameworkId, task: desk.task(frameworkId, 't') }
}

export const typesOf = ({ effects }: Decision): string[] => effects.map(({ message }) => message.type)
export const updatesOf = ({ effects }: Decision): StatusUpdate[] => effects.flatMap(({ message }) =>
  message.type === 'update' ? [(message as Extract<SchedulerEvent, { type: 'update' }>).update] : [])
