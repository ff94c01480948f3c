/** Cluster line: runs `warren` as people do, in a process of its own, against a cluster of this process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseResources } from '../../actors/resources/parse.js'
import { openEmbeddedCluster, type EmbeddedCluster } from '../../infra/dev/embedded-cluster.js'
import { silent } from '../../runtime/logger.js'
import { LAUNCHER, PATH } from './command-line.js'


export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export class ClusterLine {
  constructor(readonly cluster: EmbeddedCluster, private readonly workDir: string) {}

  /** Runs one command to its end. */
  async run(argv: readonly string[], input = ''): Promise<Ended> {
    const child = this.start(argv)
    let [stdout, stderr] = ['', '']
    child.stdout?.setEncoding('utf8').on('data', (text) => { stdout += text })
    child.stderr?.setEncoding('utf8').on('data', (text) => { stderr += text })
    child.stdin?.on('error', () => undefined).end(input)
    const [code] = await once(child, 'close') as [number | null]
    return { code, stdout, stderr }
  }

  async close(): Promise<void> {
    await this.cluster.close()
    rmSync(this.workDir, { recursive: true, force: true })
  }

  start([command = '', ...rest]: readonly string[]): ChildProcess {
    return spawn(process.execPath, [LAUNCHER, command, '--work-dir', this.workDir, ...rest], {
      stdio: 'pipe', env: { ...process.env, PATH },
    })
  }
}

/** A cluster with a directory of its own, for a file of tests; to be closed after them. */
export async function clusterLine(agents: readonly string[]): Promise<ClusterLine> {
  const workDir = mkdtempSync(join(tmpdir(), 'warren-cli-'))
  const cluster = await openEmbeddedCluster({
    cluster: 'warren', workDir, logger: silent,
    agents: agents.map((text, index) => {
      const resources = parseResources(text)
      if (!resources.ok) throw new Error(resources.problem)
      return { name: `a${index + 1}`, resources: resources.value }
    }),
  })
  return new ClusterLine(cluster, workDir)
}
