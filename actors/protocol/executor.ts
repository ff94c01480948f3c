/** Executor: the conversation between a custom executor and its agent. Tags 80–99. */
import { bytes, integer, list, natural, optional, ref, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { executorId, frameworkId, launchId, taskId } from './ids.js'
import { taskInfo, taskState } from './task.js'

export const executorCall = {
  'register-executor': message(80, 'The executor is ready for tasks; repeated until answered.', {
    executor: ref<ExecutorEvent>(), frameworkId, executorId,
    /** What it was given and has not ended, as far as it knows: whatever else its agent holds never reached it. */
    launches: optional(list(launchId)),
  }),
  'report-task': message(81, 'A step in a task\'s life, as its executor sees it; repeated until noted.', {
    frameworkId, executorId, taskId, sequence: natural, state: taskState, text: optional(text()),
    exitCode: optional(integer), data: optional(bytes), launchId: optional(launchId),
  }),
  'tell-framework': message(82, 'For the framework; at most once.', { frameworkId, executorId, data: bytes }),
}

export const executorEvent = {
  'executor-registered': message(90, 'The agent knows the executor.', { executorId }),
  'launch-task': message(91, 'Runs a task, once for each launch id.', {
    task: taskInfo, launchId: optional(launchId),
  }),
  'stop-task': message(92, 'Ends a task within its grace.', { taskId, graceMs: natural }),
  'report-noted': message(93, 'The agent has this report on its disk.', { taskId, sequence: natural }),
  'tell-executor': message(94, 'From the framework; at most once.', { data: bytes }),
  'shut-down': message(95, 'Ends all tasks, then the executor, within the grace.', { graceMs: natural }),
  'reconnect-executor': message(96, 'From the next life of its agent; repeated until the executor registers there.', {
    /** Accepts `ExecutorCall`, which the compiler cannot be told in a circle. */
    agent: ref<never>(),
  }),
}
export type ExecutorCall = MessageOf<typeof executorCall>
export type ExecutorEvent = MessageOf<typeof executorEvent>

/** The path of the agent's actor in an agent's node. */
export const AGENT_PATH = 'agent'
