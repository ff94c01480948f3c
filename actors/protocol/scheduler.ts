/** Scheduler: the conversation between a framework's scheduler and the leading master. Tags 40–79. */
import {
  bytes, choice, flag, list, natural, oneOf, optional, record, ref, text, type Infer,
} from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { forEpoch } from './for-epoch.js'
import { agentId, executorId, frameworkId, offerId, role, taskId, updateId } from './ids.js'
import { attributes, resources } from './resources.js'
import { statusUpdate, taskInfo } from './task.js'

export const frameworkInfo = record({
  name: text(255),
  roles: list(role, 100),
  user: text(64),
  /** How long its tasks outlive its scheduler. Zero: they end with it. */
  failoverTimeoutMs: natural,
  labels: list(text(255), 100),
  /** The least that it has a use for: it is offered no agent, or part of one, that holds less. */
  needs: optional(resources),
})
export type FrameworkInfo = Infer<typeof frameworkInfo>

export const offer = record({
  offerId, frameworkId, agentId, role, resources, hostname: text(255), attributes,
})
export type Offer = Infer<typeof offer>

export const OPERATIONS_MAX = 10_000

export const operation = choice({ launch: { tasks: list(taskInfo, OPERATIONS_MAX) } })
export type Operation = Infer<typeof operation>

/** How long declined resources are withheld unless the framework says otherwise. */
export const REFUSE_DEFAULT_MS = 5_000
export const REFUSE_MAX_MS = 365 * 24 * 3_600_000

export const schedulerCall = {
  subscribe: message(40, 'Begins or resumes a framework; answered by `subscribed` or `framework-error`.', {
    scheduler: ref<SchedulerEvent>(), info: frameworkInfo, frameworkId: optional(frameworkId),
    /** This life of the scheduler has been subscribed before, and knows the offers that are out to it. */
    resumes: optional(flag),
    /** Of the tasks that it knows and that have not ended (see `task-digest.ts`). */
    knows: optional(text(64)),
    epoch: forEpoch,
  }),
  accept: message(41, 'Spends offers of one agent; what the tasks leave unused returns at once.', {
    frameworkId, offerIds: list(offerId, 10_000), operations: list(operation, OPERATIONS_MAX),
    refuseMs: optional(natural),
  }),
  decline: message(42, 'Returns offers, and hides their agents for `refuseMs`.', {
    frameworkId, offerIds: list(offerId, 10_000), refuseMs: optional(natural),
  }),
  kill: message(43, 'Ends a task.', { frameworkId, taskId, graceMs: optional(natural) }),
  acknowledge: message(44, 'The scheduler has this update for good.', { frameworkId, agentId, taskId, updateId }),
  reconcile: message(45, 'Asks for the present state of these tasks, or of all.', {
    frameworkId, taskIds: list(taskId),
  }),
  suppress: message(46, 'No more offers for these roles, or for none at all.', {
    frameworkId, roles: list(role, 100),
  }),
  revive: message(47, 'Offers again, and forgets what was declined.', { frameworkId, roles: list(role, 100) }),
  'framework-message': message(48, 'For an executor; at most once.', { frameworkId, agentId, executorId, data: bytes }),
  teardown: message(49, 'Ends the framework and all its tasks.', { frameworkId }),
  'read-output': message(50, 'Asks for a piece of what a task has written.', {
    frameworkId, requestId: text(128), taskId, stream: oneOf('stdout', 'stderr'), offset: natural,
    bytesMax: natural, follow: flag,
  }),
  'check-fit': message(51, 'Could any agent ever hold this? Answered by `fit`.', {
    frameworkId, requestId: text(128), resources,
  }),
}

export const schedulerEvent = {
  subscribed: message(60, 'The framework is known under this id.', {
    frameworkId, epoch: natural, cluster: text(128),
    /** The master knows the same tasks in the same states; otherwise it tells of all that it knows. */
    agrees: optional(flag),
  }),
  offers: message(61, 'Resources to take or to leave.', { offers: list(offer) }),
  rescind: message(62, 'This offer no longer stands.', { offerId }),
  update: message(63, 'A step in a task\'s life.', { update: statusUpdate }),
  message: message(64, 'From an executor; at most once.', { agentId, executorId, data: bytes }),
  failure: message(65, 'An agent or an executor is gone.', {
    agentId, executorId: optional(executorId), exitCode: optional(natural),
  }),
  'framework-error': message(66, 'The framework cannot go on; the reason says what to change.', { problem: text() }),
  output: message(67, 'Answers `read-output`.', {
    requestId: text(128), offset: natural, data: bytes, end: flag, problem: optional(text()),
  }),
  fit: message(69, 'Answers `check-fit`; `problem` says why no agent could, `agents` how many there are.', {
    requestId: text(128), agents: natural, problem: optional(text()),
  }),
  'torn-down': message(68, 'The framework has ended.', { frameworkId }),
}
export type SchedulerCall = MessageOf<typeof schedulerCall>
export type SchedulerEvent = MessageOf<typeof schedulerEvent>
