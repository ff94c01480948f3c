/**
 * Players: the processes that take part in a bench, started by it, told over IPC what to do.
 *
 * A sender and a receiver in one process would share its one thread, and no cluster runs so.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order, Outcome } from './programs/play.js'

interface Waiting {
  readonly resolve: (answer: never) => void
  readonly reject: (error: Error) => void
}

export class Player {
  private readonly child: ChildProcess
  private readonly waiting = new Map<number, Waiting>()
  private orders = 0

  /** @param program the name of a module of `programs/` */
  constructor(private readonly program: string) {
    const path = fileURLToPath(new URL(`./programs/${program}.js`, import.meta.url))
    this.child = fork(path, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.child.on('message', (outcome) => this.settle(outcome as Outcome))
    this.child.once('exit', (code, signal) => this.ended(`${signal ?? `exit code ${code}`}`))
  }

  /** Has it play a part, and resolves with what comes of it. */
  call<Answer = void>(part: string, argument: unknown = null): Promise<Answer> {
    const id = ++this.orders
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.child.send({ id, part, argument } satisfies Order)
    })
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const exit = once(this.child, 'exit')
    this.child.disconnect()
    await exit
  }

  private settle(outcome: Outcome): void {
    const waiting = this.waiting.get(outcome.id)
    this.waiting.delete(outcome.id)
    if (outcome.problem === undefined) waiting?.resolve(outcome.answer as never)
    else waiting?.reject(new Error(`${this.program}: ${outcome.problem}`))
  }

  private ended(how: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(`${this.program} ended with ${how}`))
    this.waiting.clear()
  }
}

/** Runs `work` with players that are gone afterwards, however it ends. */
export async function withPlayers<T>(
  programs: readonly string[], work: (players: readonly Player[]) => Promise<T>,
): Promise<T> {
  const players = programs.map((program) => new Player(program))
  try {
    return await work(players)
  } finally {
    await Promise.all(players.map((player) => player.close()))
  }
}
