/** Waiting line: what a command says while its framework has been offered nothing, and how long it may take. */
import { NO_MASTER_MS, type Waiting } from '../../actors/frameworks/patience.js'
import { nextSteps } from './invocation.js'

/**
 * @param options of the command that waits
 * @param frameworkId who waits, once the cluster knows it
 */
export function waitingLine(
  waiting: Waiting, options: Readonly<Record<string, unknown>>, frameworkId?: string,
): string {
  // An agent or room may come at any time; a cluster without a master for so long is not there.
  if (waiting === 'a master') return `waiting for a master, for at most ${NO_MASTER_MS / 1_000} s`
  const why = waiting === 'room on an agent' && frameworkId !== undefined
    ? `; \`warren explain framework ${frameworkId}\` says why` : ''
  return nextSteps(`waiting for ${waiting}${why}`, options)
}
