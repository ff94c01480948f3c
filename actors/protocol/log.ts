/** Log: what the master has decided, record by record; its state is a fold over these. Tags 100–129. */
import { flag, integer, natural, optional, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { agentInfo } from './agent.js'
import { agentId, executorId, frameworkId, launchId, role, taskId, updateId } from './ids.js'
import { resources } from './resources.js'
import { frameworkInfo } from './scheduler.js'
import { taskInfo, taskState } from './task.js'

export const logRecord = {
  genesis: message(100, 'The cluster begins; all its ids start with this.', {
    cluster: text(128), prefix: text(32), clusterId: optional(text(64)),
  }),
  'leadership-claimed': message(101, 'A master leads from here on.', {
    epoch: natural, master: text(128), nonce: text(32), url: optional(text(512)),
  }),
  'agent-admitted': message(102, 'An agent belongs to the cluster, or its description changed.', {
    agentId, info: agentInfo, atMs: natural,
  }),
  'agent-unreachable': message(103, 'An agent has been silent too long.', { agentId, atMs: natural }),
  'agent-reachable': message(104, 'An unreachable agent is back.', { agentId, atMs: natural }),
  'agent-removed': message(105, 'An agent has left.', { agentId, atMs: natural }),
  'framework-admitted': message(106, 'A framework is known, or its description changed.', {
    frameworkId, info: frameworkInfo, atMs: natural,
  }),
  'framework-removed': message(107, 'A framework has ended; its id is never used again.', {
    frameworkId, atMs: natural,
  }),
  'task-launched': message(108, 'A task belongs to an agent: sent there, or found there.', {
    frameworkId, agentId, launchId, role, task: taskInfo, state: taskState, atMs: natural,
  }),
  'task-changed': message(109, 'A task\'s latest state.', {
    frameworkId, taskId, state: taskState, updateId: optional(updateId), exitCode: optional(integer),
    signal: optional(text(32)), text: optional(text()), atMs: natural,
  }),
  'task-removed': message(110, 'The scheduler has the task\'s end.', { frameworkId, taskId }),
  'executor-launched': message(111, 'A custom executor takes resources of its own.', {
    frameworkId, agentId, executorId, role, resources,
  }),
  'executor-ended': message(112, 'A custom executor has ended.', { frameworkId, agentId, executorId }),
  'agent-deactivated': message(113, 'An operator wants nothing of this agent offered.', { agentId, atMs: natural }),
  'agent-activated': message(114, 'An agent is offered again; ends a deactivation and a drain.', {
    agentId, atMs: natural,
  }),
  'agent-draining': message(115, 'An operator wants an agent empty; replaces an earlier drain.', {
    agentId, atMs: natural,
    /** For each task; its own grace unless given. */
    graceMs: optional(natural),
    /** Wall-clock: from then on tasks end at once. */
    deadlineMs: optional(natural),
    /** Once it is empty it is gone. */
    gone: optional(flag),
  }),
  'framework-disconnected': message(116, 'A framework\'s scheduler is away; its failover timeout counts from here.', {
    frameworkId, atMs: natural,
  }),
  'framework-connected': message(117, 'A framework\'s scheduler is there again.', { frameworkId, atMs: natural }),
  'agent-gone': message(118, 'An operator has said that this agent never comes back; its id is refused.', {
    agentId, hostname: text(255), name: optional(text(128)), atMs: natural,
  }),
}
export type LogRecord = MessageOf<typeof logRecord>
