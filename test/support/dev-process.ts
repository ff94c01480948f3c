/** Dev process: a cluster as `warren dev` starts it, of processes over a broker of its own, that may be killed. */
import type { TestContext } from 'node:test'
import { Running } from './command-line.js'

export interface DevProcess {
  readonly masters: readonly { readonly name: string; readonly http: string }[]
  /** The options by which other commands find it. */
  readonly find: readonly string[]
  /** Ends a node as `kill -9` does, such as `master m1`. */
  kill(title: string): void
}

interface Ready {
  readonly masters: DevProcess['masters']
  readonly processes: readonly { readonly title: string; readonly pid: number }[]
}

/** It ends, with its broker, when the test is over. */
export async function devProcess(
  t: TestContext, workDir: string, masters: number, ...more: readonly string[]
): Promise<DevProcess> {
  const dev = new Running(t, [
    'dev', '--work-dir', workDir, '--port', '0', '--masters', String(masters), '--broker', 'auto', '--json', ...more,
  ])
  t.after(async () => {
    dev.signal('SIGTERM')
    await dev.ended
  })
  const [line] = await dev.saying(/^\{.*"event":"ready".*\}$/m)
  const ready = JSON.parse(line) as Ready
  return {
    masters: ready.masters, find: ['--work-dir', workDir],
    kill(title) {
      const node = ready.processes.find((each) => each.title === title)
      if (!node) throw new Error(`there is no process '${title}'`)
      process.kill(node.pid, 'SIGKILL')
    },
  }
}
