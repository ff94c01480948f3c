/** Waiting line: what a command says while its framework has been offered nothing, and how long it may take. */
import { NO_MASTER_MS, type Waiting } from '../../actors/frameworks/patience.js'

export function waitingLine(waiting: Waiting): string {
  // An agent or room may come at any time; a cluster without a master for so long is not there.
  return waiting === 'a master' ? `waiting for a master, for at most ${NO_MASTER_MS / 1_000} s`
    : `waiting for ${waiting}`
}
