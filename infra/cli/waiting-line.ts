/** Waiting line: what a command says while its framework has been offered nothing, and how long it may take. */
import { NO_MASTER_MS, type Waiting } from '../../actors/frameworks/patience.js'
import { asCalled } from './invocation.js'

/** @param frameworkId who waits, once the cluster knows it */
export function waitingLine(waiting: Waiting, frameworkId?: string): string {
  // An agent or room may come at any time; a cluster without a master for so long is not there.
  if (waiting === 'a master') return `waiting for a master, for at most ${NO_MASTER_MS / 1_000} s`
  const why = waiting === 'room on an agent' && frameworkId !== undefined
    ? `; \`warren explain framework ${frameworkId}\` says why` : ''
  return asCalled(`waiting for ${waiting}${why}`)
}
