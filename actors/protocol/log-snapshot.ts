/**
 * Log snapshot: what stands in a snapshot besides ordinary records. A snapshot is a short history that folds
 * to the same cluster: where records that exist anyway can tell of something, they do (see
 * `actors/master/snapshot.ts`); these tell of the rest.
 */
import { choice, flag, integer, natural, optional, text, type Infer } from '../../runtime/schema.js'
import { agentId, frameworkId, launchId, role, updateId } from './ids.js'
import type { LogRecord } from './log.js'
import { frameworkInfo } from './scheduler.js'
import { taskInfo, taskState } from './task.js'

/** Variants are only ever appended, and so are their fields. */
export const keptRecord = choice({
  'numbers-kept': { nextAgent: natural, nextFramework: natural, nextLaunch: natural },
  /** `over`: it is only there to be read. */
  'task-kept': {
    frameworkId, agentId, launchId, role, task: taskInfo, state: taskState, updateId: optional(updateId),
    exitCode: optional(integer), signal: optional(text(32)), text: optional(text()), launchedMs: natural,
    changedMs: natural, over: flag,
  },
  'framework-kept': { frameworkId, info: frameworkInfo, removedMs: natural },
})
export type KeptRecord = Infer<typeof keptRecord>

export type SnapshotRecord = LogRecord | KeptRecord
