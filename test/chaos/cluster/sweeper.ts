/**
 * Sweeper: ends what tasks have left. Tasks and executors outlive their agents, which is what agents are for; they
 * must not outlive us. A small shell holds a pipe to us: when we are done, or killed, it ends every process that
 * bears the mark of a task below our directory.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { MARK } from '../../../infra/agent/shim.js'

/** Without a word we were killed, and the agents are only about to be: they might start another task. */
const SWEEP = `
read -r word || sleep 2
for process in /proc/[0-9]*; do
  if tr '\\0' '\\n' <"$process/environ" 2>/dev/null | grep -q "^$1"; then kill -s KILL "\${process#/proc/}"; fi
done 2>/dev/null
`

export class Sweeper {
  private readonly shell: ChildProcess

  /** @param directory below which all tasks live */
  constructor(directory: string) {
    this.shell = spawn('/bin/sh', ['-c', SWEEP, 'warren-sweeper', `${MARK}=${directory}/`], {
      detached: true, stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.shell.unref()
    const pipe = this.shell.stdin as Socket | null
    pipe?.on('error', () => undefined).unref()
  }

  /** Resolves when nothing is left; to be called once no agent runs. */
  async sweep(): Promise<void> {
    this.shell.ref()
    this.shell.stdin?.end('now\n')
    if (this.shell.exitCode === null && this.shell.signalCode === null) await once(this.shell, 'exit')
  }
}
