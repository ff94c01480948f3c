/** Journal: what an agent must not forget, entry by entry. Tags 130–149. */
import { list, natural, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { agentId, frameworkId, launchId, role, taskId, updateId } from './ids.js'
import { statusUpdate, taskInfo, taskState } from './task.js'

export const journalEntry = {
  'became-agent': message(130, 'The id under which this agent was admitted, and by which cluster.', {
    agentId, cluster: text(128),
  }),
  'launch-admitted': message(131, 'This launch was taken; it is never taken again.', {
    launchId, frameworkId, role, task: taskInfo,
  }),
  'update-queued': message(132, 'A step in a task\'s life, to be sent until acknowledged.', { update: statusUpdate }),
  /** A journal is shortened to these when it has grown: all that its fold still needs. */
  'task-remembered': message(134, 'A live task, as it stands.', {
    launchId, frameworkId, role, task: taskInfo, state: taskState, updates: natural,
  }),
  'launches-remembered': message(135, 'Launches that were taken and are over.', {
    launchIds: list(launchId, 10_000_000),
  }),
  obeyed: message(136, 'The master that is obeyed; none of its cluster that is older ever is again.', {
    clusterId: text(64), epoch: natural, nonce: text(32),
  }),
  'update-acknowledged': message(133, 'The scheduler has this update.', { frameworkId, taskId, updateId }),
}
export type JournalEntry = MessageOf<typeof journalEntry>
