/** Journal: what an agent must not forget, entry by entry. Tags 130–149. */
import { list, natural, optional, ref, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import type { ExecutorEvent } from './executor.js'
import { agentId, executorId, frameworkId, launchId, role, taskId, updateId } from './ids.js'
import { resources } from './resources.js'
import { statusUpdate, taskInfo, taskState } from './task.js'

export const journalEntry = {
  'became-agent': message(130, 'The id under which this agent was admitted, and by which cluster.', {
    agentId, cluster: text(128),
  }),
  'launch-admitted': message(131, 'This launch was taken; it is never taken again.', {
    launchId, frameworkId, role, task: taskInfo,
  }),
  'update-queued': message(132, 'A step in a task\'s life, to be sent until acknowledged.', {
    update: statusUpdate,
    /** Of the report of a custom executor that it comes from, which is repeated until it is noted. */
    sequence: optional(natural),
  }),
  /** A journal is shortened to these when it has grown: all that its fold still needs. */
  'task-remembered': message(134, 'A live task, as it stands.', {
    launchId, frameworkId, role, task: taskInfo, state: taskState, updates: natural,
    sequence: optional(natural), startedAtMs: optional(natural),
  }),
  'launches-remembered': message(135, 'Launches that were taken and are over.', {
    launchIds: list(launchId, 10_000_000),
  }),
  obeyed: message(136, 'The master that is obeyed; none of its cluster that is older ever is again.', {
    clusterId: text(64), epoch: natural, nonce: text(32),
  }),
  'update-acknowledged': message(133, 'The scheduler has this update.', { frameworkId, taskId, updateId }),
  'life-begun': message(137, 'A life of this agent, the node that it was, and the boot of its machine.', {
    name: text(255), bootId: text(128),
    /** Counts the lives that have written anything, from 1. */
    number: optional(natural),
  }),
  'executor-held': message(138, 'A custom executor: written before its process starts, and again when it joins.', {
    frameworkId, executorId, resources,
    /** Names its process. */
    launchId,
    /** Where it can be told of the agent's next life; absent until it has joined, and before that it has no tasks. */
    executor: optional(ref<ExecutorEvent>()),
  }),
  'executor-dropped': message(139, 'A custom executor has ended.', { frameworkId, executorId, launchId }),
}
export type JournalEntry = MessageOf<typeof journalEntry>

/**
 * Few and short, and on a full disk an agent must write them too: without them it could not come back, or not follow
 * a new master, and would be given up with all that runs there.
 */
export const NEEDED_ENTRIES: ReadonlySet<JournalEntry['type']> = new Set(['became-agent', 'obeyed', 'life-begun'])
