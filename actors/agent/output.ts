/** Output: passes questions about what tasks have written on to the machine, and the answers back. */
import type { AgentEvent } from '../protocol/agent.js'
import type { OutputEvent } from '../protocol/machine.js'
import { taskKey } from './memory.js'
import type { AgentOptions, Ctx, State } from './state.js'

export function onRead(
  state: State, message: Extract<AgentEvent, { type: 'read-task' }>, options: AgentOptions, ctx: Ctx,
): State {
  const { requestId, frameworkId, taskId, stream, offset, bytesMax, follow } = message
  const launchId = state.memory.lastLaunch.get(taskKey(frameworkId, taskId))
  if (launchId === undefined) {
    return onOutput(state, { type: 'output-failed', requestId, reason: `no task '${taskId}' here` }, ctx)
  }
  const process = state.active.outputs.get(launchId) ?? launchId
  const replyTo = ctx.self
  ctx.tell(options.output, {
    type: 'read', launchId: process, stream, offset, bytesMax, follow, requestId, replyTo,
  })
  return state
}

export function onOutput(state: State, event: OutputEvent, ctx: Ctx): State {
  if (!state.master) return state
  const { requestId } = event
  const answer = event.type === 'output'
    ? { requestId, offset: event.offset, data: event.data, end: event.end }
    : { requestId, offset: 0, data: new Uint8Array(), end: true, problem: event.reason }
  ctx.tell(state.master, { type: 'task-output', ...answer })
  return state
}
