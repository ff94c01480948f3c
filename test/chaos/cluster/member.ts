/**
 * Member: one node of the cluster as a process that can be killed, frozen and started again. Each life has a log
 * of its own. Whatever becomes of this process, none of them outlives it.
 */
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hasEnded, type ProcessGroups } from '../../../infra/amqp/process-groups.js'

const POLL_MS = 50

export interface MemberSettings {
  readonly name: string
  readonly directory: string
  /** For Node: the program and its arguments. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export class Member {
  readonly logs: string[] = []
  private child: ChildProcess | undefined
  private wanted = false
  private retired = false

  constructor(readonly settings: MemberSettings, private readonly groups: ProcessGroups) {}

  get name(): string {
    return this.settings.name
  }

  get pid(): number {
    return this.child?.pid ?? 0
  }

  get isUp(): boolean {
    return this.child !== undefined && !hasEnded(this.child)
  }

  /** Why it is not there although nobody has ended it; undefined when all is well. */
  get fault(): string | undefined {
    if (!this.wanted || !this.child || !hasEnded(this.child)) return undefined
    const how = this.child.signalCode ?? `exit code ${this.child.exitCode}`
    return `${this.name} ended by itself (${how}): ${this.log().trimEnd().split('\n').slice(-3).join('\n')}`
  }

  start(): void {
    if (this.retired) return
    const { name, directory, argv, environment } = this.settings
    const path = join(directory, `${name}.${this.logs.length + 1}.log`)
    const file = openSync(path, 'a', 0o600)
    this.logs.push(path)
    this.child = this.groups.start(process.execPath, argv, environment, file)
    closeSync(file)
    this.wanted = true
  }

  /** It is never started again, whoever still means to. */
  retire(): void {
    this.retired = true
  }

  /** Without a word. */
  async kill(): Promise<void> {
    this.wanted = false
    if (this.child) await this.groups.kill(this.child)
  }

  /** Resolves when it has ended by itself; it is killed when that takes too long, which is answered by false. */
  async end(timeoutMs: number): Promise<boolean> {
    this.wanted = false
    this.signal('SIGTERM')
    const deadline = performance.now() + timeoutMs
    while (this.isUp && performance.now() < deadline) await delay(POLL_MS)
    const inTime = !this.isUp
    await this.kill()
    return inTime
  }

  signal(signal: NodeJS.Signals): void {
    if (this.child) this.groups.signal(this.child, signal)
  }

  /** Of its present life. */
  log(): string {
    const path = this.logs.at(-1)
    return path === undefined ? '' : readFileSync(path, 'utf8')
  }

  /** Resolves with the first match in the log of its present life. */
  async saying(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const found = pattern.exec(this.log())
      if (found) return found
      if (!this.isUp || performance.now() > deadline) {
        throw new Error(`${this.name} has not said ${pattern} within ${timeoutMs} ms:\n${this.log()}`)
      }
      await delay(POLL_MS)
    }
  }
}
