import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { testBroker } from '../support/broker.js'
import { Running, warren } from '../support/command-line.js'

// Masters, agents and commands as people start them, over a RabbitMQ; masters are killed without a word.

const broker = testBroker()
const CLUSTER = 'killed'
const LEADING = /"msg":"leading"/

interface Master {
  readonly process: Running
  readonly http: string
}

async function master(t: TestContext, name: string): Promise<Master> {
  const args = ['master', '--cluster', CLUSTER, '--name', name, '--port', '0', '--log-format', 'json']
  const process = new Running(t, args, { environment: { WARREN_BROKER: broker.url } })
  const [, http = ''] = await process.saying(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/)
  return { process, http }
}

/** A pipe on which a task waits, and by which the test lets it go on. */
function gate(directory: string): { readonly path: string; readonly open: () => void } {
  const path = join(directory, 'gate')
  execFileSync('mkfifo', [path])
  return { path, open: () => writeFileSync(path, 'go\n') }
}

test('leader after leader is killed: a command runs on, and ends as it should', { timeout: 110_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-killed-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const environment = { WARREN_BROKER: broker.url }
  const door = gate(directory)
  const first = await master(t, 'm1')
  await first.process.saying(LEADING)
  const [second, third] = await Promise.all([master(t, 'm2'), master(t, 'm3')])
  const agent = new Running(t, ['agent', '--cluster', CLUSTER, '--name', 'a1', '--work-dir', join(directory, 'a1'),
    '--resources', 'cpus:4;mem:1024;disk:10', '--log-format', 'json'], { environment })
  await agent.saying(/registered as/)
  const line = `echo begun; cat ${door.path}; exit 7`
  const command = new Running(t, ['run', '--cluster', CLUSTER, '--cpus', '1', '--', 'sh', '-c', line], { environment })
  await command.saying(/begun/)

  const standbys = [second, third]
  let leader = first
  for (const epoch of [2, 3]) {
    leader.process.signal('SIGKILL')
    leader = await Promise.race(standbys.map(async (each) => {
      await each.process.saying(LEADING)
      return each
    }))
    standbys.splice(standbys.indexOf(leader), 1)
    await agent.saying(new RegExp(`"epoch":${epoch},"msg":"registered`))
  }
  // Started anew, the first master follows, and sends whoever asks it on to the leader.
  const again = await master(t, 'm1')
  const { cluster } = JSON.parse(await textOf(`${again.http}/v1/cluster`, /"leader":"m[23]"/)) as {
    cluster: { leading: boolean; epoch: number; tasks: number }
  }
  assert.deepEqual([cluster.leading, cluster.epoch, cluster.tasks], [false, 3, 1])
  const listed = await warren(t, ['task', 'list', '--json', '--master', again.http])
  const { tasks } = JSON.parse(listed.stdout) as { tasks: { state: string }[] }
  assert.deepEqual(tasks.map(({ state }) => state), ['RUNNING'])

  door.open()
  const { code, stdout } = await command.ended
  assert.deepEqual([code, stdout], [7, 'begun\ngo\n'], 'its output is whole, and it ran once')
})

/** Asks again until the answer is as expected: a master that was just started folds its log first. */
async function textOf(url: string, expected: RegExp): Promise<string> {
  for (;;) {
    const text = await (await fetch(url)).text()
    if (expected.test(text)) return text
  }
}
