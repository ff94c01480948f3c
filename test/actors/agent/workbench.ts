/** Workbench: a driven agent with ports that only write down what they are asked. */
import { agent } from '../../../actors/agent/agent.js'
import type { AgentOwnerEvent, Message, State } from '../../../actors/agent/state.js'
import type { UpdatesOrder } from '../../../actors/agent/updates.js'
import type { AgentCall } from '../../../actors/protocol/agent.js'
import type { ExecutorEvent } from '../../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId, LaunchId, Role, TaskId } from '../../../actors/protocol/ids.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { LauncherRequest, OutputRequest } from '../../../actors/protocol/machine.js'
import type { CommandExecutorOptions, ExecutorOrder, ProcessExecutorOptions } from '../../../actors/protocol/running.js'
import type { SchedulerCall } from '../../../actors/protocol/scheduler.js'
import type { StatusUpdate, TaskInfo, TaskState } from '../../../actors/protocol/task.js'
import type { UsageRequest } from '../../../actors/protocol/usage.js'
import { of } from '../../../actors/resources/amounts.js'
import type { Actor } from '../../../runtime/actor.js'
import { nodeAddress, refOf, type Ref } from '../../../runtime/address.js'
import type { LogRequest } from '../../../runtime/log.js'
import { drive, type Driven } from '../../support/drive.js'
import { agentInfo } from '../master/desk.js'

const node = nodeAddress('agent', 'a', '1')
export const journal = refOf<LogRequest<JournalEntry>>(node, 'port.journal')
export const launcher = refOf<LauncherRequest>(node, 'port.launcher')
export const output = refOf<OutputRequest>(node, 'port.output')
export const usage = refOf<UsageRequest>(node, 'port.usage')
export const owner = refOf<AgentOwnerEvent>(node, 'port.owner')
export const master = refOf<AgentCall | SchedulerCall>(nodeAddress('master', 'm', '1'), 'master')
export const executorRef = refOf<ExecutorEvent>(nodeAddress('executor', 'e', '1'), 'executor')
export const frameworkId = 'w-0000' as FrameworkId
export const AGENT_ID = 'w-S0'

export type Driver = Driven<State, Message>

export interface Workbench {
  readonly driven: Driver
  /** How its executors were begun. */
  readonly commands: CommandExecutorOptions[]
  readonly processes: ProcessExecutorOptions[]
}

/** An agent that has not read its journal yet. */
export function workbench(): Workbench {
  const commands: CommandExecutorOptions[] = []
  const processes: ProcessExecutorOptions[] = []
  const idle: Actor<unknown, ExecutorOrder> = { initial: () => null, receive: (state) => state }
  const executors = {
    command(options: CommandExecutorOptions) {
      commands.push(options)
      return idle
    },
    process(options: ProcessExecutorOptions) {
      processes.push(options)
      return idle
    },
  }
  const info = agentInfo(of({ cpus: 4, mem: 1024, ports: '[31000-31009]' }))
  const driven = drive(agent({ info, journal, launcher, output, usage, owner, executors }), { nowMs: 1_000 })
  return { driven, commands, processes }
}

/** An agent that a master of epoch 3 has taken on. */
export function registered(entries: readonly JournalEntry[] = []): Workbench {
  const bench = workbench()
  const { driven } = bench
  driven.receive({ type: 'replayed', records: entries })
  commit(driven)
  driven.receive({ type: 'leader', master, epoch: 3, cluster: 'warren' })
  driven.receive(admission())
  commit(driven)
  driven.take()
  return bench
}

export const admission = (epoch = 3, statement?: number): Message => ({
  type: 'agent-registered', agentId: AGENT_ID as never, epoch, cluster: 'warren', pingTimeoutMs: 75_000,
  ...(statement === undefined ? {} : { statement }),
})

export const launchOf = (number: number) => `w-L${number}` as LaunchId

export const runTask = (number: number, task: TaskInfo, epoch = 3): Message =>
  ({ type: 'run-task', epoch, frameworkId, launchId: launchOf(number), role: '*' as Role, task })

export const admitted = (number: number, task: TaskInfo): JournalEntry =>
  ({ type: 'launch-admitted', frameworkId, launchId: launchOf(number), role: '*' as Role, task })

export const kill = (id: string, graceMs?: number): Message => ({
  type: 'kill-task', epoch: 3, frameworkId, taskId: id as TaskId, ...(graceMs === undefined ? {} : { graceMs }),
})

export const executorGone = (id: string, exitCode?: number): Message => ({
  type: 'executor-gone', frameworkId, executorId: id as ExecutorId, ...(exitCode === undefined ? {} : { exitCode }),
})

export const queued = (number: number, id: string, count: number, state: TaskState): JournalEntry => ({
  type: 'update-queued', update: {
    updateId: `${launchOf(number)}.${count}` as never, frameworkId, taskId: id as TaskId,
    launchId: launchOf(number), state, source: 'executor', atMs: 1,
  },
})

/** That an executor, which had joined unless told otherwise, was held by an earlier life. */
export const held = (number: number, id: string, joined = true): JournalEntry => ({
  type: 'executor-held', frameworkId, executorId: id as ExecutorId, resources: of({ cpus: 1 }),
  launchId: `${launchOf(number)}-executor` as LaunchId, ...(joined ? { executor: executorRef } : {}),
})

/** The journal takes all that it was asked to since the last `take`. */
export function commit(driven: Driver): void {
  for (const request of driven.toldTo(journal)) {
    if (request.type === 'append') driven.receive({ type: 'committed', token: request.token })
  }
}

/** Sends a task and lets it begin. */
export function launch(driven: Driver, number: number, task: TaskInfo): void {
  driven.take()
  driven.receive(runTask(number, task))
  commit(driven)
}

export const updatesRef = (driven: Driver) => `${driven.self}/updates` as Ref<UpdatesOrder>

/** Updates that were made since the last `take`. */
export const reported = (driven: Driver): StatusUpdate[] =>
  driven.toldTo(updatesRef(driven)).flatMap((order) => (order.type === 'report' ? [order.update] : []))

/** A child of the agent, by the launch that names it. */
export const childOf = (driven: Driver, name: string) => `${driven.self}/${name}` as Ref<ExecutorOrder>

/** The disk has the update: the agent hears so from those who see it through. */
export function journaled(driven: Driver, update: StatusUpdate): void {
  driven.receive({ type: 'update-journaled', entry: { type: 'update-queued', update } })
}

export function acknowledge(driven: Driver, { taskId, updateId }: StatusUpdate): void {
  const entry = { type: 'update-acknowledged', frameworkId, taskId, updateId: updateId as never } as const
  driven.receive({ type: 'update-journaled', entry })
}
