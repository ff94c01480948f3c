/**
 * Shim: the few lines of shell that a task's process runs under, so that how it ended is on disk even
 * when its agent was gone at that moment.
 *
 * Every launch pays for it, so it is one shell and one fork, without any helper program. Its
 * descriptor 2 is the status file, which is where the shell also writes `Killed` for a command that
 * died of a signal; the command's own stderr waits on descriptor 3.
 */
import { childrenOf, commandLine } from '../process-table.js'

/** The mark of a task in the environment of all its processes: its directory. */
export const MARK = 'WARREN_TASK_DIRECTORY'

/**
 * Signals are caught rather than ignored, since the command would inherit ignored ones; the shell
 * acts on them only after the command has ended. The last line ends what the command left behind in
 * its process group, and the shim with it; it names the group so that it can never hit another one.
 * A disk too full for the exit code still lets a living agent see it.
 */
const SCRIPT = `trap : HUP INT QUIT TERM
echo $$ >&2 || exit 1
(exec "$@" 2>&3 3>&-)
code=$?
echo $code >&2 || exit $code
kill -KILL -$$`

export const SHELL = '/bin/sh'

/** The shim's arguments: the directory is its `$0`, by which it is recognised (and seen in `ps`). */
export const shimArguments = (directory: string, argv: readonly string[]): string[] => [
  '-c', SCRIPT, directory, ...argv,
]

/**
 * Whether `pid` is the shim of this directory. Better than a start time: no two shims ever share a
 * directory, and the answer holds over reboots and pid namespaces as well. The fork that has not yet
 * become the command looks the same, but never has a pid that was recorded.
 */
export function isShim(pid: number, directory: string): boolean {
  const [, option, script, name] = commandLine(pid)
  return option === '-c' && script === SCRIPT && name === directory
}

/**
 * Whether the shim's command runs. A signal that comes earlier meets only the shell's traps and is lost
 * on the command. Where the kernel does not tell, it is taken to run.
 */
export const commandRuns = (shim: number, directory: string): boolean =>
  childrenOf(shim)?.some((child) => !isShim(child, directory)) ?? true
