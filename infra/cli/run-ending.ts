/** Run ending: what the end of a task, or a wish to end, means for the command that waits. */
import { constants } from 'node:os'
import type { StatusUpdate } from '../../actors/protocol/task.js'
import { EXIT } from './failure.js'

export interface Ending {
  readonly exitCode: number
  /** For people; absent where the exit code says it all. */
  readonly line?: string
}

/** Why we asked for the end of the task, if we did. */
export type Stopped = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE'

/** The signals by which people and systems end a command. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const SIGNALLED = 128
/** What a shell answers of a command that it cannot find. */
const NO_SUCH_COMMAND = 127

export function endingOf(update: StatusUpdate, stopped?: Stopped): Ending {
  const { state, exitCode, signal, reason, text, agentId } = update
  const isOurDoing = stopped !== undefined && state !== 'FINISHED' && state !== 'FAILED'
  if (isOurDoing) return { exitCode: codeOf(stopped) }
  switch (state) {
    case 'FINISHED': return { exitCode: exitCode ?? EXIT.ok }
    case 'FAILED':
      if (reason === 'timed-out') return { exitCode: EXIT.timeout, line: `the task timed out: ${text}` }
      if (reason === 'launch-failed') return { exitCode: NO_SUCH_COMMAND, line: text ?? 'the command could not be run' }
      if (exitCode !== undefined) return { exitCode }
      if (signal !== undefined) return { exitCode: codeOf(signal), line: `the task was ended by ${signal}` }
      return { exitCode: EXIT.failed, line: text ?? 'the task failed' }
    case 'KILLED':
      return {
        exitCode: signal === undefined ? exitCode ?? EXIT.failed : codeOf(signal),
        line: reason === 'drained' ? `the task was killed: ${text ?? 'its agent was drained'}`
          : 'the task was killed from outside',
      }
    case 'ERROR': return { exitCode: EXIT.failed, line: text ?? 'the cluster refused the task' }
    case 'DROPPED':
      return { exitCode: EXIT.failed, line: `the task could not be started: ${text ?? 'no agent took it'}` }
    default:
      return {
        exitCode: EXIT.failed,
        line: `the task is lost with its agent ${agentId ?? ''} (${state}): ${text ?? 'nobody knows of it'}`,
      }
  }
}

/** Calls `stop` for each such signal; the answer takes that back. */
export function onEndSignals(stop: (signal: Stopped) => void): () => void {
  const listeners = END_SIGNALS.map((signal) => [signal, () => stop(signal)] as const)
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

/** As a shell puts it: 128 and the signal's number. */
export function codeOf(signal: string): number {
  const number = (constants.signals as Readonly<Record<string, number>>)[signal]
  return number === undefined ? EXIT.failed : SIGNALLED + number
}
