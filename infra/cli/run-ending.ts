/** Run ending: what a task's end means for the command that waited for it. Pure. */
import { constants } from 'node:os'
import type { StatusUpdate } from '../../actors/protocol/task.js'
import { EXIT } from './failure.js'

export interface Ending {
  readonly exitCode: number
  /** For people; absent where the exit code says it all. */
  readonly line?: string
}

/** Why we asked for the end of the task, if we did. */
export type Stopped = 'SIGINT' | 'SIGTERM' | 'SIGPIPE'

const SIGNALLED = 128

export function endingOf(update: StatusUpdate, stopped?: Stopped): Ending {
  const { state, exitCode, signal, reason, text, agentId } = update
  if (stopped !== undefined && state !== 'FINISHED' && state !== 'FAILED') return { exitCode: codeOf(stopped) }
  switch (state) {
    case 'FINISHED': return { exitCode: exitCode ?? EXIT.ok }
    case 'FAILED':
      if (reason === 'timed-out') return { exitCode: EXIT.timeout, line: `the task timed out: ${text}` }
      if (exitCode !== undefined) return { exitCode }
      if (signal !== undefined) return { exitCode: codeOf(signal), line: `the task was ended by ${signal}` }
      return { exitCode: EXIT.failed, line: text ?? 'the task failed' }
    case 'KILLED':
      return { exitCode: signal === undefined ? exitCode ?? EXIT.failed : codeOf(signal), line: 'the task was killed from outside' }
    case 'ERROR': return { exitCode: EXIT.failed, line: text ?? 'the cluster refused the task' }
    case 'DROPPED': return { exitCode: EXIT.failed, line: `the task could not be started: ${text ?? 'no agent took it'}` }
    default:
      return { exitCode: EXIT.failed, line: `the task is lost with its agent ${agentId ?? ''} (${state}): ${text ?? 'nobody knows of it'}` }
  }
}

/** As a shell puts it: 128 and the signal's number. */
export function codeOf(signal: string): number {
  const number = (constants.signals as Readonly<Record<string, number>>)[signal]
  return number === undefined ? EXIT.failed : SIGNALLED + number
}
