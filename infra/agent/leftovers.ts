/**
 * Leftovers: whether a command has left something behind in the session of its shim.
 *
 * The kernel lists no members of a session, and to look at every process after every task would cost more
 * than the task. But it gives out pids in ascending order, so all that a command has started is between
 * the pid that was last when it began and the one that is last now. For a short command that is a handful.
 */
import { groupOf, lastPid } from '../process-table.js'

/** To look at more pids than this may take longer than to start a new shim. */
export const PIDS_MAX = 500

/**
 * True only when it is certain that nobody but the leader is left. `lastBefore` was the last pid before
 * the command began; the command itself must have been reaped.
 *
 * The last pid is read again after each round: whoever forks while we look is either found, or dead with
 * a child of a higher pid, which the next round meets.
 */
export function isAlone(leader: number, lastBefore: number | undefined, pidsMax = PIDS_MAX): boolean {
  if (lastBefore === undefined) return false
  let seen = lastBefore
  for (;;) {
    const last = lastPid()
    // The numbers may have begun anew from the lowest.
    if (last === undefined || last < seen || last - lastBefore > pidsMax) return false
    if (last === seen) return true
    while (seen < last) {
      seen += 1
      const found = seen === leader ? undefined : groupOf(seen)
      if (found?.group === leader || found?.session === leader) return false
    }
  }
}
