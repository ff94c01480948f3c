/**
 * Command line: `warren` as people run it, in a process of its own, with nothing of this one's settings.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** As it lies on the PATH here, so that what it shows begins with `warren`. */
export const LAUNCHER = fileURLToPath(new URL('../../../node_modules/.bin/warren', import.meta.url))
export const PATH = `${dirname(LAUNCHER)}${delimiter}${process.env['PATH'] ?? ''}`
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface Ended {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>
  readonly directory?: string
}

/** Runs one command to its end. */
export async function warren(
  t: TestContext, args: readonly string[], surroundings: Surroundings = {},
): Promise<Ended> {
  return new Running(t, args, surroundings).ended
}

/** A command that stays up. It is killed when the test is over. */
export class Running {
  readonly ended: Promise<Ended>
  private readonly child: ChildProcess
  private stdout = ''
  private stderr = ''
  private over = false
  private waiting: (() => void)[] = []

  constructor(t: TestContext, args: readonly string[], { environment = {}, directory }: Surroundings = {}) {
    const home = mkdtempSync(join(tmpdir(), 'warren-home-'))
    const own = Object.entries(process.env).filter(([name]) => !/^(WARREN|AMQP|NODE)_/.test(name))
    this.child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd: directory ?? ROOT, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(own), PATH, XDG_STATE_HOME: home, ...environment },
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.look()
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.look()
    })
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => {
        this.over = true
        this.look()
        resolve({ code: code ?? undefined, stdout: this.stdout, stderr: this.stderr })
      })
    })
    t.after(async () => {
      this.child.kill('SIGKILL')
      await this.ended
      rmSync(home, { recursive: true, force: true })
    })
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  get printed(): string {
    return this.stdout + this.stderr
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** Resolves with the first match in what it has printed, on either stream. Rejects if it ends without. */
  async saying(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
      if (found) return found
      if (this.over) throw new Error(`it ended without saying ${pattern}:\n${this.printed}`)
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  private look(): void {
    const { waiting } = this
    this.waiting = []
    for (const wake of waiting) wake()
  }
}

/** `warren dev`, ready; `find` are the options by which other commands find it. */
export async function devCluster(
  t: TestContext, workDir: string, ...more: readonly string[]
): Promise<{ readonly dev: Running; readonly http: string; readonly find: readonly string[] }> {
  const dev = new Running(t, ['dev', '--work-dir', workDir, '--port', '0', ...more])
  const [, http = ''] = await dev.saying(/(http:\/\/127\.0\.0\.1:\d+)/)
  await dev.saying(/Ctrl-C stops it|"event":"ready"/)
  return { dev, http, find: ['--work-dir', workDir] }
}
