/** Command: what `warren run -- true` costs a user, against starting Node and doing nothing. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silent } from '../../runtime/logger.js'
import { openEmbeddedCluster } from '../dev/embedded-cluster.js'
import { contest, type Row } from './rounds.js'

const CLI = fileURLToPath(new URL('../../../infra/bin/warren.mjs', import.meta.url))
const TIMES = 5

export async function command(progress: (text: string) => void): Promise<Row[]> {
  const workDir = mkdtempSync(join(tmpdir(), 'warren-bench-'))
  const cluster = await openEmbeddedCluster({ cluster: 'bench', workDir, agents: [{ name: 'a1' }], logger: silent })
  try {
    return [await contest({
      bench: 'command', row: '`warren run -- true`, embedded', unit: 'ms', peer: '`node -e 0`', progress,
      subject: () => wallTime([CLI, 'run', '--work-dir', workDir, '--cluster', 'bench', '--', 'true']),
      rival: () => wallTime(['-e', '0']),
    })]
  } finally {
    await cluster.close()
    rmSync(workDir, { recursive: true, force: true })
  }
}

/** The mean of a few runs, in milliseconds. */
async function wallTime(argv: readonly string[]): Promise<number> {
  const began = performance.now()
  for (let time = 0; time < TIMES; time++) {
    const code = await new Promise((resolve) => spawn(process.execPath, argv, { stdio: 'ignore' }).once('exit', resolve))
    if (code !== 0) throw new Error(`${argv.join(' ')} exited with ${code}`)
  }
  return (performance.now() - began) / TIMES
}
