import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../infra/agent/temporary.js'
import { Running } from '../support/command-line.js'
import { testBroker } from '../support/broker.js'
import { outlasting } from '../support/outlasting.js'

// A real agent whose disk takes nothing more: the kernel lets no file of its process grow any further, as it
// lets none grow on a full disk. That needs no file system of its own, so it holds in any container.

const broker = testBroker()
const PRETTY = ['--log-format', 'pretty']
const JSON_LINES = ['--log-format', 'json']

/** Files of this process may grow to so many bytes. */
const limit = (pid: number, bytes: number | 'unlimited'): void => {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`])
}

test('on a full disk a task that ends is told of, and launches are refused; with room again these go on', {
  timeout: 110_000,
}, async (t) => {
  const directory = temporaryDirectory(t)
  const environment = { WARREN_BROKER: broker.url, WARREN_CLUSTER: 'disk-full' }
  const master = new Running(t, ['master', '--port', '0', ...PRETTY], { environment })
  await master.saying(/(http:\/\/127\.0\.0\.1:\d+)/)
  const workDir = join(directory, 'w')
  const args = ['agent', '--port', '0', '--name', 'a1', '--work-dir', workDir, '--resources', 'cpus:4', ...PRETTY]
  const agent = new Running(t, args, { environment })
  const [, id] = await agent.saying(/registered as (\S+)/)
  const tasks = outlasting(directory, ['t'], [])
  const framework = new Running(t, ['framework', 'run', tasks.framework], { environment })
  await framework.saying(/t RUNNING/)

  limit(agent.pid, statSync(join(workDir, 'journal')).size)
  tasks.open('t')
  await framework.saying(/t FINISHED/)
  assert.equal((await framework.ended).code, 0, 'its end was written into the reserve')
  assert.doesNotMatch(agent.printed, /refused/)

  // A launch that was refused is nothing whose end gives room back, so that of it waits.
  const refused = new Running(t, ['run', '--', 'echo', 'hello'], { environment })
  await agent.saying(/the disk refused a launch.*file too large/s)
  await agent.saying(/the journal refused updates.*file too large/s)
  assert.doesNotMatch(refused.printed, /hello/)

  limit(agent.pid, 'unlimited')
  const { code, stdout } = await refused.ended
  assert.deepEqual([code, stdout], [0, 'hello\n'], 'it was told that it had not begun, and was begun again')

  agent.signal('SIGKILL')
  await agent.ended
  const again = new Running(t, args, { environment })
  assert.equal((await again.saying(/registered as (\S+)/))[1], id, 'its journal is whole')
})

test('an agent on a full disk follows the next leader, and comes back after a kill', {
  timeout: 110_000,
}, async (t) => {
  const directory = temporaryDirectory(t)
  const environment = { WARREN_BROKER: broker.url, WARREN_CLUSTER: 'disk-full-led-on' }
  const master = () => new Running(t, ['master', '--port', '0', ...JSON_LINES], { environment })
  const leader = master()
  await leader.saying(/"msg":"leading"/)
  const workDir = join(directory, 'w')
  const args = ['agent', '--port', '0', '--name', 'a1', '--work-dir', workDir, '--resources', 'cpus:4', ...JSON_LINES]
  const agent = new Running(t, args, { environment })
  await agent.saying(/"epoch":1,"msg":"registered/)
  const tasks = outlasting(directory, ['t'], [])
  const framework = new Running(t, ['framework', 'run', tasks.framework], { environment })
  await framework.saying(/t RUNNING/)

  const bytes = statSync(join(workDir, 'journal')).size
  limit(agent.pid, bytes)
  leader.signal('SIGKILL')
  master()
  await agent.saying(/"epoch":2,"msg":"registered/)
  agent.signal('SIGKILL')
  await agent.ended
  limit(process.pid, bytes) // What is started now inherits it.
  const again = new Running(t, args, { environment })
  limit(process.pid, 'unlimited')
  await again.saying(/"epoch":2,"msg":"registered/)

  limit(again.pid, 'unlimited')
  tasks.open('t')
  await framework.saying(/t FINISHED/)
  assert.equal((await framework.ended).code, 0)
})
