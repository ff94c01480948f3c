/** Command: what `warren run -- true` costs a user, against starting Node and doing nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silent } from '../../runtime/logger.js'
import { startPrivateBroker } from '../amqp/private-broker.js'
import { Closing } from '../dev/closing.js'
import { openEmbeddedCluster } from '../dev/embedded-cluster.js'
import { openProcessCluster } from '../dev/process-cluster.js'
import { contest, type Row } from './rounds.js'

const CLI = fileURLToPath(new URL('../../../infra/bin/warren.mjs', import.meta.url))
const TIMES = 5
const CLUSTER = 'bench'

type Progress = (text: string) => void

export async function command(progress: Progress): Promise<Row[]> {
  return [
    await measured('embedded', progress, async (workDir) => {
      const cluster = await openEmbeddedCluster({ cluster: CLUSTER, workDir, agents: [{ name: 'a1' }], logger: silent })
      return () => cluster.close()
    }),
    await measured('over RabbitMQ', progress, openOverBroker),
  ]
}

/** Opens a cluster in a work directory; the answer closes it. */
type Open = (workDir: string) => Promise<() => Promise<void>>

async function measured(mode: string, progress: Progress, open: Open): Promise<Row> {
  const workDir = mkdtempSync(join(tmpdir(), 'warren-bench-'))
  const close = await open(workDir)
  try {
    return await contest({
      bench: 'command', row: `\`warren run -- true\`, ${mode}`, unit: 'ms', peer: '`node -e 0`', progress,
      subject: () => wallTime([CLI, 'run', '--work-dir', workDir, '--cluster', CLUSTER, '--', 'true']),
      rival: () => wallTime(['-e', '0']),
    })
  } finally {
    await close()
    rmSync(workDir, { recursive: true, force: true })
  }
}

async function openOverBroker(workDir: string): Promise<() => Promise<void>> {
  const closing = new Closing()
  const broker = await startPrivateBroker()
  closing.add(() => broker.stop())
  const cluster = await openProcessCluster({
    cluster: CLUSTER, workDir, broker: broker.url, agents: [{ name: 'a1' }], port: 0, masters: 1,
    logLevel: 'error', logFormat: 'json',
    log: () => undefined, wish: new Promise(() => undefined), died: () => undefined,
  }).catch(async (error: unknown) => {
    await closing.close()
    throw error
  })
  closing.add(() => cluster.close())
  return () => closing.close()
}

/** The mean of a few runs, in milliseconds. */
async function wallTime(argv: readonly string[]): Promise<number> {
  const began = performance.now()
  for (let time = 0; time < TIMES; time++) {
    const child = spawn(process.execPath, argv, { stdio: 'ignore' })
    const [code] = await once(child, 'exit') as [number | null]
    if (code !== 0) throw new Error(`${argv.join(' ')} exited with ${code}`)
  }
  return (performance.now() - began) / TIMES
}
