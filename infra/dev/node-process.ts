/**
 * Node process: a master or an agent as an OS process of its own, started by this one.
 *
 * It says over IPC when it is there. The same channel is its guard: when this process is gone, however
 * it ended, the channel closes and the node leaves by itself. It gets a session of its own, so that a
 * Ctrl-C at the terminal reaches it through us, in order.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { EXIT, Failure } from '../cli/failure.js'
import { LAUNCHER } from '../node/module-runner.js'

const SAID_PREFIX = 'warren: '

export interface NodeProcessOptions {
  /** For people: `master m1`. */
  readonly title: string
  /** Of the command line: `master --port 5050`. */
  readonly argv: readonly string[]
  /** Added to this process's own; the place for secrets. */
  readonly environment: Readonly<Record<string, string>>
  /** Takes what it logs, line by line. */
  readonly log: (line: string) => void
}

/** What a node says once it is there. */
export interface NodeNews {
  readonly type: 'ready' | 'registered' | 'refused'
  readonly http?: string
  readonly agentId?: string
  readonly problem?: string
}

export class NodeProcess {
  readonly title: string
  /** As `warren` takes it. */
  readonly argv: readonly string[]
  /** Resolves with how it ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>
  private readonly child: ChildProcess
  private lastWords: string | undefined
  private stopping = false

  constructor({ title, argv, environment, log }: NodeProcessOptions) {
    this.title = title
    this.argv = argv
    this.child = spawn(process.execPath, [LAUNCHER, ...argv], {
      env: { ...process.env, ...environment }, detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    if (this.child.stderr) {
      createInterface(this.child.stderr).on('line', (line) => {
        if (line.startsWith(SAID_PREFIX)) this.lastWords = line.slice(SAID_PREFIX.length)
        else log(line)
      })
    }
    // Not `exit`: its last words may still be on the way then.
    this.ended = once(this.child, 'close')
      .then(([code, signal]) => (signal === null ? `exit code ${code}` : String(signal)))
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** Whether its end was asked for. */
  get isStopping(): boolean {
    return this.stopping
  }

  /** Resolves with its first news. Rejects with a Failure, in its own words, when it ends before. */
  async ready(): Promise<NodeNews> {
    const news = once(this.child, 'message').then(([message]) => message as NodeNews)
    const end = this.ended.then((how) => {
      const code = Object.values(EXIT).find((each) => each === this.child.exitCode) ?? EXIT.failed
      const words = this.lastWords ?? `${this.title} ended with ${how} before it was ready`
      throw new Failure(code === EXIT.ok ? EXIT.failed : code, words)
    })
    const first = await Promise.race([news, end])
    end.catch(() => undefined)
    if (first.type !== 'refused') return first
    throw new Failure(EXIT.failed, `${this.title} was refused: ${first.problem}`)
  }

  /** Lets it leave in order; resolves when it has. */
  async stop(): Promise<void> {
    this.stopping = true
    this.child.kill('SIGTERM')
    await this.ended
  }

  /** Ends it now. */
  kill(): void {
    this.stopping = true
    this.child.kill('SIGKILL')
  }
}
