/** Log: what the master has decided, record by record; its state is a fold over these. Tags 100–129. */
import { natural, optional, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { agentInfo } from './agent.js'
import { agentId, frameworkId, launchId, taskId } from './ids.js'
import { frameworkInfo } from './scheduler.js'
import { taskInfo, taskState } from './task.js'

export const logRecord = {
  genesis: message(100, 'The cluster begins; all its ids start with this.', { cluster: text(128), prefix: text(32) }),
  'agent-admitted': message(101, 'An agent belongs to the cluster, or its description changed.', { agentId, info: agentInfo }),
  'agent-unreachable': message(102, 'An agent has been silent too long.', { agentId, atMs: natural }),
  'agent-reachable': message(103, 'An unreachable agent is back.', { agentId }),
  'agent-removed': message(104, 'An agent has left.', { agentId }),
  'framework-admitted': message(105, 'A framework is known, or its description changed.', { frameworkId, info: frameworkInfo }),
  'framework-removed': message(106, 'A framework has ended; its id is never used again.', { frameworkId, atMs: natural }),
  'task-launched': message(107, 'A task was sent to an agent.', { frameworkId, agentId, launchId, task: taskInfo, atMs: natural }),
  'task-adopted': message(108, 'A task was found running on an agent that came back.', {
    frameworkId, agentId, launchId, task: taskInfo, state: taskState, atMs: natural,
  }),
  'task-changed': message(109, 'A task\'s latest state.', { frameworkId, taskId, state: taskState, atMs: natural, text: optional(text()) }),
  'task-removed': message(110, 'The scheduler has the task\'s end.', { frameworkId, taskId }),
}
export type LogRecord = MessageOf<typeof logRecord>
