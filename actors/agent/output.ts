/** Output: passes questions about what tasks have written on to the machine, and the answers back. */
import type { AgentEvent } from '../protocol/agent.js'
import type { OutputEvent } from '../protocol/machine.js'
import { taskKey } from './memory.js'
import type { AgentOptions, Ctx, State } from './state.js'

type Asked<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>

export function onRead(state: State, message: Asked<'read-task'>, options: AgentOptions, ctx: Ctx): State {
  const { requestId, frameworkId, taskId, stream, offset, bytesMax, follow } = message
  const launchId = state.memory.lastLaunch.get(taskKey(frameworkId, taskId))
  if (launchId === undefined) {
    const reason = `no task '${taskId}' here`
    return onOutput(state, { type: 'output-failed', requestId, refusal: 'missing', reason }, ctx)
  }
  const process = state.active.outputs.get(launchId) ?? launchId
  const replyTo = ctx.self
  ctx.tell(options.output, {
    type: 'read', launchId: process, path: stream, offset, bytesMax, follow, requestId, replyTo,
  })
  return state
}

export function onReadFile(state: State, message: Asked<'read-file'>, { output }: AgentOptions, ctx: Ctx): State {
  const { requestId, path, offset, bytesMax, follow } = message
  const asked = { path, offset, bytesMax, follow, orShorter: true, requestId, replyTo: ctx.self }
  ctx.tell(output, { type: 'read', ...directoryOf(state, message), ...asked })
  return state
}

export function onListFiles(state: State, message: Asked<'list-files'>, { output }: AgentOptions, ctx: Ctx): State {
  const { requestId, path, after, entriesMax } = message
  const asked = { path, ...(after === undefined ? {} : { after }), entriesMax, requestId, replyTo: ctx.self }
  ctx.tell(output, { type: 'list-files', ...directoryOf(state, message), ...asked })
  return state
}

/** What a task of a custom executor leaves is in the executor's directory. */
const directoryOf = (state: State, { launchId }: Asked<'read-file' | 'list-files'>) =>
  launchId === undefined ? {} : { launchId: state.active.outputs.get(launchId) ?? launchId }

export function onOutput(state: State, event: OutputEvent, ctx: Ctx): State {
  if (state.master) ctx.tell(state.master, answerOf(event))
  return state
}

function answerOf(event: OutputEvent) {
  const { requestId } = event
  switch (event.type) {
    case 'output': {
      const { offset, data, end, size } = event
      return { type: 'task-output', requestId, offset, data, end, size } as const
    }
    case 'output-failed': {
      const { refusal, reason: problem } = event
      return { type: 'task-output', requestId, offset: 0, data: new Uint8Array(), end: true, problem, refusal } as const
    }
    case 'listed': {
      const { entries, next } = event
      return { type: 'files-listed', requestId, entries, ...(next === undefined ? {} : { next }) } as const
    }
    case 'listing-failed': {
      const { refusal, reason: problem } = event
      return { type: 'files-listed', requestId, entries: [], refusal, problem } as const
    }
  }
}
