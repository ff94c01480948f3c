/** Agent: the conversation between an agent and the leading master. Tags 10–39. */
import { bytes, flag, list, natural, oneOf, optional, record, ref, text, type Infer } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { forEpoch } from './for-epoch.js'
import { agentId, executorId, frameworkId, launchId, role, taskId, updateId } from './ids.js'
import { fileEntry, FILE_NAME_CHARACTERS_MAX, fileRefusal, PATH_CHARACTERS_MAX } from './files.js'
import { attributes, resources } from './resources.js'
import { statusUpdate, taskInfo, taskState } from './task.js'
import { machineUsage } from './usage.js'

export const agentInfo = record({
  hostname: text(255),
  resources,
  attributes,
  /** Changes with every boot of the machine: processes of another boot are gone. */
  bootId: text(128),
  /** Of its node, for people: two agents of one machine share a hostname. */
  name: optional(text(128)),
})
export type AgentInfo = Infer<typeof agentInfo>

/** A task as its agent knows it; what a master that has never heard of it needs to adopt it. */
export const heldTask = record({
  frameworkId, launchId, role, task: taskInfo, state: taskState,
  /** Of the update that told the state, once that has been acknowledged, and will not be told again. */
  updateId: optional(updateId),
})
export type HeldTask = Infer<typeof heldTask>

/** A launch whose end has been acknowledged: whoever believes that it still runs has forgotten that. */
const endedLaunch = record({ launchId, state: taskState })

/** A custom executor that runs at an agent. */
const heldExecutor = record({ frameworkId, executorId })

export const agentCall = {
  'register-agent': message(10, 'Joins the cluster, or comes back; repeated until answered.', {
    agent: ref<AgentEvent>(), info: agentInfo, agentId: optional(agentId), tasks: list(heldTask),
    executors: optional(list(heldExecutor)),
    /** The last ones that have ended. */
    ended: optional(list(endedLaunch)),
    epoch: forEpoch,
    /** Which of the agent's lives it is: the words of an earlier one may come late. */
    life: optional(natural),
    /** Counts what this life says so: an answer to an earlier one says nothing of what has changed since. */
    statement: optional(natural),
  }),
  'unregister-agent': message(11, 'Leaves in order: the agent has ended its tasks.', {
    agentId,
    /** The life that leaves: a later one may have registered before this is heard. */
    agent: optional(ref<AgentEvent>()), life: optional(natural),
  }),
  'task-status': message(12, 'Reports a step in a task\'s life; repeated until acknowledged.', {
    agentId, update: statusUpdate, latestState: taskState,
  }),
  pong: message(13, 'Answers `ping`.', { agentId }),
  'executor-exited': message(14, 'A custom executor has ended; its own resources are free.', {
    agentId, frameworkId, executorId, exitCode: optional(natural), signal: optional(text(32)),
    /** Launches that have come and gone with it, though what became of them may be told only later. */
    launches: optional(list(launchId)),
    epoch: forEpoch, life: optional(natural),
  }),
  'task-output': message(15, 'Answers `read-task` and `read-file`.', {
    requestId: text(128), offset: natural, data: bytes, end: flag, problem: optional(text()),
    /** Of the whole file, now. */
    size: optional(natural),
    /** The kind of the problem, of a file. */
    refusal: optional(fileRefusal),
  }),
  'message-from-executor': message(16, 'Carries an executor\'s message to its framework; at most once.', {
    agentId, frameworkId, executorId, data: bytes,
  }),
  'return-agent': message(18, 'Comes back, and says in short what it holds; answered by `account-wanted` if need be.', {
    agent: ref<AgentEvent>(), info: agentInfo, agentId,
    /** Of its tasks and executors (see `task-digest.ts`). */
    digest: text(128),
    epoch: forEpoch, life: optional(natural), statement: optional(natural),
  }),
  'epoch-obeyed': message(17, 'Answers a leader: a later one of its cluster is obeyed; said by schedulers as well.', {
    epoch: natural, clusterId: text(64),
  }),
  'files-listed': message(35, 'Answers `list-files`; `next` is the name to go on after.', {
    requestId: text(128), entries: list(fileEntry), next: optional(text(FILE_NAME_CHARACTERS_MAX)),
    refusal: optional(fileRefusal), problem: optional(text()),
  }),
  'machine-measured': message(36, 'Answers `measure-machine`.', {
    requestId: text(128), usage: optional(machineUsage), problem: optional(text()),
  }),
}

export const agentEvent = {
  'agent-registered': message(20, 'The agent is admitted, under this id for all its lives.', {
    agentId, epoch: natural, cluster: text(128), pingTimeoutMs: natural, clusterId: optional(text(64)),
    nonce: optional(text(32)),
    /** The one that is answered. */
    statement: optional(natural),
  }),
  'agent-refused': message(21, 'The agent cannot join; the reason says what to change.', {
    epoch: natural, problem: text(),
  }),
  ping: message(22, 'Are you there? `connected` is false when the master thinks that the agent is not.', {
    epoch: natural, connected: flag,
  }),
  'run-task': message(23, 'Runs a task, at most once for each launch id.', {
    epoch: natural, frameworkId, launchId, role, task: taskInfo,
  }),
  'kill-task': message(24, 'Ends a task: SIGTERM, then SIGKILL after the grace.', {
    epoch: natural, frameworkId, taskId, graceMs: optional(natural),
    /** Only this launch: another may have taken the id of its task. */
    launchId: optional(launchId),
  }),
  'acknowledge-status': message(25, 'The scheduler has this update; the next may be sent.', {
    epoch: natural, frameworkId, taskId, updateId,
  }),
  'shutdown-framework': message(26, 'Ends all tasks and executors of a framework; no updates follow.', {
    epoch: natural, frameworkId,
  }),
  'read-task': message(27, 'Asks for a piece of what a task has written.', {
    requestId: text(128), frameworkId, taskId, stream: oneOf('stdout', 'stderr'), offset: natural,
    bytesMax: natural, follow: flag,
  }),
  'message-to-executor': message(28, 'Carries a framework\'s message to its executor; at most once.', {
    epoch: natural, frameworkId, executorId, data: bytes,
  }),
  'scheduler-back': message(29, 'A framework listens again: what it has not acknowledged is sent at once.', {
    epoch: natural, frameworkId,
  }),
  'drain-agent': message(30, 'Ends all tasks within the grace, theirs unless given, and executors without tasks.', {
    epoch: natural, graceMs: optional(natural),
  }),
  'account-wanted': message(31, 'The master knows something else of the agent, which is to say all of it.', {
    epoch: natural,
  }),
  'list-files': message(32, 'Asks what a directory of a launch holds; of all launches without one.', {
    requestId: text(128), launchId: optional(launchId), path: text(PATH_CHARACTERS_MAX),
    after: optional(text(FILE_NAME_CHARACTERS_MAX)), entriesMax: natural,
  }),
  'read-file': message(33, 'Asks for a piece of a file of a launch; of any launch without one.', {
    requestId: text(128), launchId: optional(launchId), path: text(PATH_CHARACTERS_MAX), offset: natural,
    bytesMax: natural, follow: flag,
  }),
  'measure-machine': message(34, 'Asks how much of the machine is in use now; with `launches` also by whom.', {
    requestId: text(128), launches: flag,
  }),
}
export type AgentCall = MessageOf<typeof agentCall>
export type AgentEvent = MessageOf<typeof agentEvent>
