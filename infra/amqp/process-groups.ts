/**
 * Process groups: programs that must not outlive us, however we end.
 *
 * Each program leads a process group of its own, so that all it starts can be ended with it. A watchdog,
 * a small shell, holds a pipe to us: when the pipe closes, be it by `kill -9`, it ends the groups that it
 * was told of and removes their directory.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** Reads the ids of process groups, one per line; `forget` when they have ended. */
const WATCHDOG = `
groups=
while read -r line; do
  case $line in forget) groups= ;; *) groups="$groups -$line" ;; esac
done
[ -z "$groups" ] || kill -s KILL -- $groups
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`

export class ProcessGroups {
  private readonly watchdog: ChildProcess
  private readonly leaders = new Set<ChildProcess>()

  /** @param directory what is removed in the end */
  constructor(directory: string) {
    this.watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'warren-watchdog', directory], {
      detached: true, stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.watchdog.on('error', () => undefined)
    this.watchdog.stdin?.on('error', () => undefined)
    // Neither the watchdog nor what it watches keeps our event loop going.
    this.watchdog.unref()
    const pipe = this.watchdog.stdin as Socket | null
    pipe?.unref()
  }

  /** Starts a program. Whether it could be started shows in `hasEnded`. */
  start(
    path: string, args: readonly string[], env: Readonly<Record<string, string>>, output: 'ignore' | number,
  ): ChildProcess {
    const leader = spawn(path, args, { env, detached: true, stdio: ['ignore', output, output] })
    leader.on('error', () => undefined)
    leader.unref()
    this.leaders.add(leader)
    this.watchdog.stdin?.write(`${leader.pid}\n`)
    return leader
  }

  /** Kills a program and all that it started; resolves when it has ended. */
  async kill(leader: ChildProcess): Promise<void> {
    this.leaders.delete(leader)
    if (hasEnded(leader) || leader.pid === undefined) return
    const exit = once(leader, 'exit')
    leader.ref()
    process.kill(-leader.pid, 'SIGKILL')
    await exit
    // From here on its id may be somebody else's.
    const ids = [...this.leaders].map(({ pid }) => `${pid}\n`)
    this.watchdog.stdin?.write(['forget\n', ...ids].join(''))
  }

  /** Sends a signal to a program and all that it started. */
  signal(leader: ChildProcess, signal: NodeJS.Signals): void {
    if (!hasEnded(leader) && leader.pid !== undefined) process.kill(-leader.pid, signal)
  }

  /** Kills all, and has the directory removed. */
  async end(): Promise<void> {
    for (const leader of this.leaders) await this.kill(leader)
    this.watchdog.ref()
    this.watchdog.stdin?.end()
    if (!hasEnded(this.watchdog)) await once(this.watchdog, 'exit')
  }
}

export const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null
