/** Journal: what an agent must not forget, entry by entry. Tags 130–149. */
import { list, natural, optional, ref, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import type { ExecutorEvent } from './executor.js'
import {
  agentId, executorId, frameworkId, launchId, role, taskId, updateId, type LaunchId,
} from './ids.js'
import { resources } from './resources.js'
import { isTerminal, statusUpdate, taskInfo, taskState, type StatusUpdate } from './task.js'

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

/** Room that is kept behind the last entry, for what must be written on a full disk too. */
export const RESERVE_BYTES = 1_048_576
/**
 * How much of the reserve must stay behind an entry, so that what matters less leaves room for what matters more.
 * First of all an agent must be able to come back and to follow a new master, or it would be given up with all that
 * runs there; 64 KiB are some 700 masters. Next, what lets go of what is on the disk: the acknowledgement of an end,
 * and the end of an executor. Then the ends themselves, which wait to be acknowledged.
 */
const FLOOR_BYTES = { agent: 0, release: 65_536, end: 262_144, other: RESERVE_BYTES }

/** Launches of which these tell the end. */
export function endedIn(entries: readonly JournalEntry[]): ReadonlySet<LaunchId | undefined> {
  return new Set(entries.flatMap((entry) => (entry.type === 'update-queued' && isEnd(entry.update)
    ? [entry.update.launchId] : [])))
}

/** A launch that the disk has refused has nothing there: however many come, they must not use up the reserve. */
const isEnd = ({ state, reason }: StatusUpdate): boolean => isTerminal(state) && reason !== 'journal-failed'

/** @param ended launches whose end is written along, before which every earlier step of theirs must stand */
export function floorOfOne(entry: JournalEntry, ended: ReturnType<typeof endedIn>): number {
  switch (entry.type) {
    case 'became-agent': case 'obeyed': case 'life-begun': return FLOOR_BYTES.agent
    case 'update-acknowledged': case 'executor-dropped': return FLOOR_BYTES.release
    case 'update-queued': return ended.has(entry.update.launchId) ? FLOOR_BYTES.end : FLOOR_BYTES.other
    default: return FLOOR_BYTES.other
  }
}

/** Of entries that are written as one. */
export function floorOf(entries: readonly JournalEntry[]): number {
  const ended = endedIn(entries)
  return entries.reduce((floor, entry) => Math.max(floor, floorOfOne(entry, ended)), 0)
}
