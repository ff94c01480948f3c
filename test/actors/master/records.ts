/** Records: arbitrary ones of every kind, of few agents, frameworks and tasks, so that they meet each other. */
import fc from 'fast-check'
import type {
  AgentId, ExecutorId, FrameworkId, LaunchId, Role, TaskId, UpdateId,
} from '../../../actors/protocol/ids.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import { TASK_STATES } from '../../../actors/protocol/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentInfo, command, FRAMEWORK } from './desk.js'

const agentId = fc.constantFrom('w-S0', 'w-S1', 'x-S7') as fc.Arbitrary<AgentId>
const frameworkId = fc.constantFrom('w-0000', 'w-0001', 'x-0009') as fc.Arbitrary<FrameworkId>
const taskId = fc.constantFrom('a', 'b', 'c') as fc.Arbitrary<TaskId>
const launchId = fc.integer({ min: 0, max: 9 }).map((number) => `w-L${number}` as LaunchId)
const executorId = fc.constantFrom('e', 'f') as fc.Arbitrary<ExecutorId>
const state = fc.constantFrom(...TASK_STATES)
const atMs = fc.nat(1_000)
const role = fc.constant('*' as Role)
const updateId = fc.constant('w-L0.1' as UpdateId)

const type = <T extends LogRecord['type']>(...types: T[]) => fc.constantFrom(...types)
const info = fc.constant(agentInfo())
const resources = fc.constant(of({ cpus: 1 }))
const task = taskId.map((id) => command(id))
const claim = { type: type('leadership-claimed'), epoch: fc.nat(9), master: fc.constant('m'), nonce: fc.constant('n') }

export const record: fc.Arbitrary<LogRecord> = fc.oneof(
  fc.record(claim),
  fc.record({ type: type('agent-admitted'), agentId, info, atMs }),
  fc.record({ type: type('agent-unreachable', 'agent-reachable', 'agent-removed'), agentId, atMs }),
  fc.record({ type: type('agent-deactivated', 'agent-activated'), agentId, atMs }),
  fc.record({ type: type('agent-draining'), agentId, atMs, graceMs: fc.nat(9), gone: fc.boolean() }),
  fc.record({ type: type('agent-gone'), agentId, hostname: fc.constant('host'), atMs }),
  fc.record({ type: type('framework-admitted'), frameworkId, info: fc.constant(FRAMEWORK), atMs }),
  fc.record({ type: type('framework-removed', 'framework-disconnected', 'framework-connected'), frameworkId, atMs }),
  fc.record({ type: type('task-launched'), frameworkId, agentId, launchId, role, task, state, atMs }),
  fc.record({ type: type('task-changed'), frameworkId, taskId, state, atMs, updateId }),
  fc.record({ type: type('task-removed'), frameworkId, taskId }),
  fc.record({ type: type('executor-launched'), frameworkId, agentId, executorId, role, resources }),
  fc.record({ type: type('executor-ended'), frameworkId, agentId, executorId }),
)
