/**
 * `warren start`: the first tour, which `npm start` begins. A cluster comes up on this machine, one
 * cycle of offers is played on it, and a real job runs over real files; then the cluster stays, to try.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EmbeddedCluster } from '../dev/embedded-cluster.js'
import { describeResources } from '../../actors/resources/print.js'
import { silent } from '../../runtime/logger.js'
import type { Command } from './command.js'
import { CLUSTER_OPTION, DEFAULT_CLUSTER, workDirOf } from './connection.js'
import { whichOf } from './dev-summary.js'
import { EXIT, Failure } from './failure.js'
import { asCalled, invocation } from './invocation.js'
import { exitCodeOf, Lifetime } from './lifetime.js'
import { nodeFailure } from './node-failure.js'
import { PORT_OPTION } from './node-options.js'

const CLI = fileURLToPath(new URL('../../../infra/bin/warren.mjs', import.meta.url))
const PACKAGES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
/** Enough to see the job run, few enough to see it end. */
const FILES_MAX = 400
const TOP = 5

export const command: Command = {
  options: [
    { flags: '--once', help: 'end after the job instead of staying up' },
    PORT_OPTION,
    CLUSTER_OPTION,
    { flags: '--work-dir <directory>', help: 'where the cluster keeps its files' },
  ],
  examples: ['npm start', 'npm start -- --once', 'npm start -- --once --port 0'],
  async run({ options }) {
    const name = String(options['cluster'] ?? DEFAULT_CLUSTER)
    say('1. A cluster: one master and two agents, in this process')
    const { openEmbeddedCluster } = await import('../dev/embedded-cluster.js')
    const lifetime = new Lifetime()
    const cluster = await openEmbeddedCluster({
      cluster: name, workDir: workDirOf(options), port: Number(options['port']),
      agents: [{ name: 'a1' }, { name: 'a2' }], logger: silent,
      tracePart: 1,
    }).catch((error: unknown) => {
      throw nodeFailure(error)
    })
    try {
      const interrupted = await Promise.race([tour(cluster, workDirOf(options)), lifetime.wish])
      if (interrupted) return exitCodeOf(interrupted)
      if (options['once'] === true) return EXIT.ok
      say(tryNext(whichOf(options)))
      const code = await lifetime.stayUp(() => cluster.close())
      say('Stopped.')
      return code
    } finally {
      await cluster.close()
    }
  },
}

async function tour(cluster: EmbeddedCluster, workDir: string): Promise<undefined> {
  for (const { info } of cluster.agents) say(`   ${info.hostname} offers ${describeResources(info.resources)}`)
  say(`   HTTP interface, and the console for a browser: ${cluster.http}`)
  say(asCalled('\n2. One cycle of offers, on a small cluster of its own (`warren example offers`)'))
  const { play } = await import('./example-offers.js')
  await play(undefined, ({ step, text }) => say(`   (${step}) ${text}`), () => undefined)
  say(asCalled('\n3. A job on real files: `warren batch -- wc -w {}`, one task per file'))
  await countWords(workDir)
}

/** Counts the words of every Markdown file in the installed packages, as a user would: with `warren batch`. */
async function countWords(workDir: string): Promise<void> {
  const files = markdownFiles(PACKAGES).slice(0, FILES_MAX)
  say(`   ${files.length} Markdown files in the installed packages`)
  const began = performance.now()
  const printed = await batch(workDir, files)
  const counts = printed.trim().split('\n').map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match ? [{ words: Number(match[1]), file: match[2] as string }] : []))
    .sort((left, right) => right.words - left.words)
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  const total = counts.reduce((sum, { words }) => sum + words, 0)
  const tasks = `counted by ${counts.length} tasks in ${seconds} s`
  say(`   ${total.toLocaleString('en')} words in ${counts.length} files, ${tasks}; the longest:`)
  for (const { words, file } of counts.slice(0, TOP)) {
    say(`   ${words.toLocaleString('en').padStart(9)}  ${relative(PACKAGES, file)}`)
  }
}

/** Runs the job in a process of its own, which joins the cluster by its socket. Answers what it printed. */
function batch(workDir: string, inputs: readonly string[]): Promise<string> {
  const argv = [CLI, 'batch', '--work-dir', workDir, '--cpus', '0.25', '--mem', '32', '--', 'wc', '-w', '{}']
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  child.stdin.end(`${inputs.join('\n')}\n`)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(printed)
      else reject(new Failure(EXIT.failed, `the job ended with exit code ${code}; see above`))
    })
  })
}

function markdownFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.md'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort()
}

const tryNext = (which: string): string => `
The cluster stays up until you press Ctrl-C. In another terminal, try:

   ${invocation()} run${which} -- sh -c 'echo hello from $(hostname), task $WARREN_TASK_ID'
   ${invocation()} agent list${which}
   ${invocation()} task list${which} --all
   seq 20 | ${invocation()} batch${which} -- sh -c 'echo $(( $1 * $1 ))' square {}
   ${invocation()} framework run${which} actors/frameworks/example/hello.ts
`

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
