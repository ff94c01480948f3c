/** Process stage: the agent's side of a custom executor, driven by hand. */
import { processExecutor } from '../../../actors/executor/process-executor.js'
import type { Message } from '../../../actors/executor/process-state.js'
import type { ExecutorCall, ExecutorEvent } from '../../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { LauncherRequest } from '../../../actors/protocol/machine.js'
import type { ExecutorOrder, ExecutorOrigin, ExecutorReport, Launch } from '../../../actors/protocol/running.js'
import type { Program, TaskInfo, TaskState } from '../../../actors/protocol/task.js'
import { NONE } from '../../../actors/resources/resources.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import type { LogRequest } from '../../../runtime/log.js'
import { drive, type Driven } from '../../support/drive.js'
import { executed } from '../master/desk.js'

const node = nodeAddress('agent', 'a', '1')
export const agent = refOf<ExecutorReport>(node, 'agent')
export const launcher = refOf<LauncherRequest>(node, 'port.launcher')
export const journal = refOf<LogRequest<JournalEntry>>(node, 'port.journal')
export const process = refOf<ExecutorEvent>(nodeAddress('executor', 'e', '1'), 'executor')
export const frameworkId = 'w-0000' as FrameworkId
export const executorId = 'e' as ExecutorId
export const launchId = 'w-L1-executor' as LaunchId
export const data = new Uint8Array([1])

export type Driver = Driven<unknown, Message>

export const executor = (program: Program = { type: 'module', file: 'it.ts' }) =>
  ({ executorId, program, resources: NONE, environment: { A: 'b' } })

export function made(origin: ExecutorOrigin, launches: readonly Launch[] = []): Driver {
  const modules = {
    program: (file: string) => ({ argv: ['node', file] }),
    environment: (self: string) => ({ WARREN_AGENT_REF: self }),
  }
  const held = { frameworkId, executorId, resources: NONE, launchId }
  return drive(processExecutor({ agent, launcher, journal, ...held, modules, origin, launches })) as Driver
}

/** One whose process has been started. */
export function begun(program?: Program): Driver {
  const driven = made({ type: 'start', executor: executor(program) })
  commit(driven)
  return driven
}

/** That of an earlier life of the agent, which had joined unless told otherwise. */
export const recovered = (launches: readonly Launch[] = [], joined = true): Driver =>
  made({ type: 'recover', ...(joined ? { executor: process } : {}) }, launches)

/** The journal takes what it was asked to since the last `take`. */
export function commit(driven: Driver): void {
  for (const request of driven.toldTo(journal)) {
    if (request.type === 'append') driven.receive({ type: 'committed', token: request.token })
  }
  driven.told.splice(0, driven.told.length, ...driven.told.filter(({ to }) => to !== (journal as never)))
}

export const launchOf = (id: string, number = 1, more: Partial<TaskInfo> = {}): Launch =>
  ({ launchId: `w-L${number}` as LaunchId, frameworkId, task: { ...executed(id, 'e'), ...more } })
export const run = (id: string, number = 1, more: Partial<TaskInfo> = {}): ExecutorOrder =>
  ({ type: 'run', launch: launchOf(id, number, more) })
export const register = { type: 'register-executor' as const, executor: process, frameworkId, executorId }
export const report = (id: string, sequence: number, state: TaskState): ExecutorCall =>
  ({ type: 'report-task', frameworkId, executorId, taskId: id as TaskId, sequence, state })
export const noted = (id: string, sequence: number): ExecutorOrder =>
  ({ type: 'noted', taskId: id as TaskId, sequence })

export function registered(...orders: readonly ExecutorOrder[]): Driver {
  const driven = begun()
  for (const order of orders) driven.receive(order)
  driven.receive(register)
  commit(driven)
  driven.take()
  return driven
}

export const toProcess = (driven: Driver) => driven.toldTo(process).map((event) =>
  event.type === 'launch-task' ? `launch ${event.task.taskId}`
    : event.type === 'report-noted' ? `noted ${event.sequence}` : event.type)
export const reports = (driven: Driver) => driven.toldTo(agent).map((each) =>
  each.type === 'task-report' ? [each.launchId, each.state, ...each.reason ? [each.reason] : []].join(' ') : each.type)
export const requests = (driven: Driver) => driven.toldTo(launcher).map((each) =>
  each.type === 'signal' ? each.signal : each.type)
