/**
 * Watched run: runs an author's file in a process of its own and starts it anew when the file changes.
 *
 * A process of its own, so that even a file which loops for ever can be replaced. A change that does not
 * parse is reported and what ran goes on. It ends when the framework finishes, or when it is told to.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { AuthorError } from './author-error.js'
import { bundle, endBundler } from './bundle.js'
import { Changes } from './changes.js'

/** How long one run may take to leave before it is killed. */
const LEAVE_TIMEOUT_MS = 10_000

export interface WatchedRun {
  readonly file: string
  /** Runs the file once and tells this process `{ type: 'finished' }` when its framework has finished. */
  readonly argv: readonly string[]
  /** Resolves when somebody wants it to end. */
  readonly wish: Promise<unknown>
  readonly say: (text: string) => void
}

/** Answers the exit code of the run that finished; undefined when it was ended by the wish. */
export async function watchedRun({ file, argv, wish, say }: WatchedRun): Promise<number | undefined> {
  const changes = new Changes()
  const ended = wish.then(() => ({ type: 'wish' as const }))
  let run = new Run(argv)
  try {
    changes.follow(await inputsOf(file, say) ?? [file])
    let change = changes.next().then((changed) => ({ type: 'change' as const, file: changed }))
    for (;;) {
      const event = await Promise.race([run.exit, change, ended])
      if (event.type === 'wish') return undefined
      if (event.type === 'exit') {
        if (event.finished) return event.code
        say(`it ended with exit code ${event.code}; waiting for a change`)
        run.expectNothing()
        continue
      }
      change = changes.next().then((changed) => ({ type: 'change' as const, file: changed }))
      const inputs = await inputsOf(file, say)
      if (!inputs) continue
      changes.follow(inputs)
      say(`${basename(event.file)} changed; starting anew`)
      await run.stop()
      run = new Run(argv)
    }
  } finally {
    changes.close()
    await Promise.all([run.stop(), endBundler()])
  }
}

/** The files that it is made of; undefined when it does not parse. */
async function inputsOf(file: string, say: (text: string) => void): Promise<readonly string[] | undefined> {
  try {
    return (await bundle(file, `${file}.out`)).inputs
  } catch (error) {
    if (!(error instanceof AuthorError)) throw error
    say(error.message)
    return undefined
  }
}

interface Exit {
  readonly type: 'exit'
  readonly finished: boolean
  readonly code: number
}

class Run {
  exit: Promise<Exit>
  private readonly child: ChildProcess
  private finished = false

  constructor([program = '', ...args]: readonly string[]) {
    // A session of its own: a Ctrl-C reaches it through us, in order, and not twice.
    this.child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true })
    this.child.on('message', (message) => {
      if ((message as { readonly type?: unknown }).type === 'finished') this.finished = true
    })
    this.exit = once(this.child, 'exit').then(([code]) => ({
      type: 'exit', finished: this.finished, code: (code as number | null) ?? 1,
    }))
  }

  /** Its exit has been heard. */
  expectNothing(): void {
    this.exit = new Promise(() => undefined)
  }

  async stop(): Promise<void> {
    const { child } = this
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), LEAVE_TIMEOUT_MS)
    await gone
    clearTimeout(timer)
  }
}
