/** Output: passes questions about what tasks write and the machine does on to it, and the answers back. */
import type { AgentCall, AgentEvent } from '../protocol/agent.js'
import type { OutputEvent } from '../protocol/machine.js'
import type { UsageEvent } from '../protocol/usage.js'
import { taskKey } from './memory.js'
import type { AgentOptions, Ctx, State } from './state.js'

type Asked<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>

export function onRead(state: State, message: Asked<'read-task'>, options: AgentOptions, ctx: Ctx): State {
  const { requestId, frameworkId, taskId, stream, offset, bytesMax, follow } = message
  const launchId = state.memory.lastLaunch.get(taskKey(frameworkId, taskId))
  if (launchId === undefined) {
    const reason = `no task '${taskId}' here`
    return onLooked(state, { type: 'output-failed', requestId, refusal: 'missing', reason }, ctx)
  }
  const process = state.active.outputs.get(launchId) ?? launchId
  const replyTo = ctx.self
  ctx.tell(options.output, {
    type: 'read', launchId: process, path: stream, offset, bytesMax, follow, requestId, replyTo,
  })
  return state
}

/** What an operator looks at here. */
export function onLook(
  state: State, message: Asked<'read-file' | 'list-files' | 'measure-machine'>, options: AgentOptions, ctx: Ctx,
): State {
  const { requestId } = message
  const common = { requestId, replyTo: ctx.self }
  switch (message.type) {
    case 'read-file': {
      const { path, offset, bytesMax, follow } = message
      const wish = { ...directoryOf(state, message), path, offset, bytesMax, follow, orShorter: true }
      ctx.tell(options.output, { type: 'read', ...wish, ...common })
      return state
    }
    case 'list-files': {
      const { path, after, entriesMax } = message
      const wish = { ...directoryOf(state, message), path, ...(after === undefined ? {} : { after }), entriesMax }
      ctx.tell(options.output, { type: 'list-files', ...wish, ...common })
      return state
    }
    case 'measure-machine': {
      const problem = 'it does not measure itself'
      if (!options.usage) return onLooked(state, { type: 'measured', requestId, problem }, ctx)
      ctx.tell(options.usage, { type: 'measure', launches: message.launches, ...common })
      return state
    }
  }
}

/** What a task of a custom executor leaves is in the executor's directory. */
const directoryOf = (state: State, { launchId }: Asked<'read-file' | 'list-files'>) =>
  launchId === undefined ? {} : { launchId: state.active.outputs.get(launchId) ?? launchId }

export function onLooked(state: State, event: OutputEvent | UsageEvent, ctx: Ctx): State {
  if (state.master) ctx.tell(state.master, answerOf(event))
  return state
}

function answerOf(event: OutputEvent | UsageEvent): AgentCall {
  const { requestId } = event
  switch (event.type) {
    case 'output': {
      const { offset, data, end, size } = event
      return { type: 'task-output', requestId, offset, data, end, size }
    }
    case 'output-failed': {
      const { refusal, reason: problem } = event
      return { type: 'task-output', requestId, offset: 0, data: new Uint8Array(), end: true, problem, refusal }
    }
    case 'listed': return { ...event, type: 'files-listed' }
    case 'measured': return { ...event, type: 'machine-measured' }
  }
}
