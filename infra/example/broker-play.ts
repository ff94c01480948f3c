/**
 * Broker play: the worked example as four operating-system processes over RabbitMQ, each started as a
 * user would start it. They hand the messages that they receive to this process, which tells the story.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hop, TraceSink } from '../../runtime/hop.js'
import { randomName } from '../../runtime/random.js'
import { Closing } from '../dev/closing.js'
import { systemRandom } from '../random.js'
import { hopOf, HOPS_VARIABLE } from '../trace/process-sink.js'

const CLI = fileURLToPath(new URL('../../../infra/bin/warren.mjs', import.meta.url))
const script = (name: string) => fileURLToPath(new URL(`../../actors/frameworks/offers/${name}.js`, import.meta.url))
const LEAVE_TIMEOUT_MS = 10_000

export interface Actor {
  readonly name: string
  readonly pid: number
}

/**
 * Resolves when the actors are on the stage; what it answers ends the play.
 * @param entered is called for each process before anything is told of it
 */
export async function playOverBroker(
  broker: string, traces: TraceSink, entered: (actor: Actor) => void,
): Promise<() => Promise<void>> {
  const closing = new Closing()
  const cluster = `example-${randomName(systemRandom, 6)}`
  const workDir = mkdtempSync(join(tmpdir(), 'warren-example-'))
  closing.add(() => rmSync(workDir, { recursive: true, force: true }))
  const enter = async (name: string, argv: readonly string[], until: string): Promise<void> => {
    const environment = { ...process.env, WARREN_BROKER: broker, WARREN_CLUSTER: cluster, [HOPS_VARIABLE]: 'parent' }
    const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const
    const child = spawn(process.execPath, [CLI, ...argv], { env: environment, stdio: [...stdio] })
    closing.add(() => leave(child))
    entered({ name, pid: child.pid ?? 0 })
    await heard(name, child, until, traces)
  }
  try {
    await enter('master', ['master', '--port', '0'], 'elected')
    await enter('framework-1', ['framework', 'run', script('first')], 'subscribed')
    await enter('framework-2', ['framework', 'run', script('second')], 'subscribed')
    await enter('agent', ['agent', '--resources', 'cpus:4;mem:4096', '--work-dir', workDir], 'agent-registered')
    return () => closing.close()
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** Resolves with the first message of that type; rejects when the process ends before, with what it said. */
function heard(name: string, child: ChildProcess, type: string, traces: TraceSink): Promise<void> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000)
  })
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const hop: Hop | undefined = hopOf(message)
      if (!hop) return
      traces.hop(hop)
      if (hop.message.type === type) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      const words = said.trim().replace(/^warren: /, '')
      reject(new Error(`${name} ended (${signal ?? code}): ${words}`))
    })
  })
}

function leave(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), LEAVE_TIMEOUT_MS)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
