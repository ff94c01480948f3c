/**
 * Shim: the few lines of shell that a task's process runs under, so that how it ended is on disk even
 * when its agent was gone at that moment.
 *
 * There are two. One runs a single command and ends with it. The other is told its commands one after the
 * other, which spares the start of a shell for each: that costs more than all else of a launch, above all
 * the copy of the page tables of a large agent. Both lead a process group, run one command at a time in
 * it with one fork and no helper program, and write to the task's status on descriptor 2, which is where
 * the shell also writes `Killed` for a command that died of a signal. The command's own stderr waits on
 * descriptor 3.
 */
import { statSync } from 'node:fs'
import { childrenOf } from '../process-table.js'

/** The mark of a task in the environment of all its processes: its directory. */
export const MARK = 'WARREN_TASK_DIRECTORY'

export const SHELL = '/bin/sh'

/** Where a shim that is used again hears of its commands, and says that one has ended. */
export const CHANNEL = 4

/** An order is read byte by byte, since shells must not read too much. */
const ORDER_BYTES_MAX = 8_192

/**
 * Signals are caught rather than ignored, since the command would inherit ignored ones; the shell
 * acts on them only after the command has ended. The last line ends what the command left behind in
 * its process group, and the shim with it; it names the group so that it can never hit another one.
 * A disk too full for the exit code still lets a living agent see it.
 */
const ONCE = `trap : HUP INT QUIT TERM
echo $$ >&2 || exit 1
(exec "$@" 2>&3 3>&-)
code=$?
echo $code >&2 || exit $code
kill -KILL -$$`

/**
 * As above for each order, until the agent closes the channel or is gone. Nothing of a command stays in
 * this shell but the directory. It creates the status itself and never takes one that is there already:
 * so a launch which the agent's next life found without a status, and has given up, cannot begin any more.
 */
const AGAIN = `trap : HUP INT QUIT TERM PIPE
n='
'
run() {
  echo $$ >&2 || exit 1
  (unset OLDPWD
  while [ "$1" != -- ]; do export "$1"; shift; done
  shift
  exec "$@" 2>&3 3>&- ${CHANNEL}>&-)
  code=$?
  echo $code >&2 || exit $code
}
set -C
while read -r order; do
  eval "$order" || exit 1
  echo >&${CHANNEL}
done <&${CHANNEL}
kill -KILL -$$`

/** The arguments of a shim for one command: the directory is its `$0`, to be seen in `ps`. */
export const shimArguments = (directory: string, argv: readonly string[]): string[] => [
  '-c', ONCE, directory, ...argv,
]

/** The arguments of a shim that waits for orders. */
export const waitingShimArguments = (): string[] => ['-c', AGAIN, 'warren-shim']

/** Variables by which some shell lives itself: setting them in one is not the same as starting one with them. */
const OF_SHELLS = new RegExp(`^(${[
  'PWD', 'OLDPWD', 'IFS', 'ENV', 'PS[0-9]', 'OPT.*', 'PPID', 'UID', 'EUID', 'GROUPS', 'SHLVL', 'SHELLOPTS', 'BASH.*',
  'RANDOM', 'SRANDOM', 'SECONDS', 'EPOCH.*', 'LINENO', 'HIST.*', 'FUNC.*', 'DIRSTACK', 'COMP_.*', 'READLINE_.*',
  'MAIL.*', 'CDPATH', 'POSIXLY_CORRECT', 'LC_.*', 'KSH_.*', 'ERRNO', 'TMOUT', '_',
].join('|')})$`)

/** What a waiting shim is told; undefined when this launch needs a shim of its own. */
export function shimOrder(
  directory: string, argv: readonly string[], environment: Readonly<Record<string, string>>,
): string | undefined {
  if (Object.keys(environment).some((name) => OF_SHELLS.test(name))) return undefined
  const words = [...Object.entries(environment).map(([name, value]) => `${name}=${value}`), '--', ...argv]
  const order = `cd -P ${quoted(`${directory}/sandbox`)} && run ${words.map(quoted).join(' ')} </dev/null`
    + ` >>${quoted(`${directory}/stdout`)} 2>${quoted(`${directory}/status`)} 3>>${quoted(`${directory}/stderr`)}\n`
  return order.includes('\0') || Buffer.byteLength(order) > ORDER_BYTES_MAX ? undefined : order
}

/** One word of an order, which is one line: a newline is the shim's variable `n`. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''").replaceAll('\n', `'"$n"'`)}'`

/**
 * Whether `pid` is the shim of this directory: only that has the status as its descriptor 2. No two
 * launches ever share a status, so the answer holds over reboots and pid namespaces as well. The fork
 * that has not yet become the command looks the same, but never has a pid that was recorded.
 */
export function isShim(pid: number, directory: string): boolean {
  try {
    const [held, status] = [statSync(`/proc/${pid}/fd/2`), statSync(`${directory}/status`)]
    return held.ino === status.ino && held.dev === status.dev
  } catch {
    return false // Ended, or another user's.
  }
}

/**
 * Whether the shim's command runs. A signal that comes earlier meets only the shell's traps and is lost
 * on the command. Where the kernel does not tell, it is taken to run.
 */
export const commandRuns = (shim: number, directory: string): boolean =>
  childrenOf(shim)?.some((child) => !isShim(child, directory)) ?? true
