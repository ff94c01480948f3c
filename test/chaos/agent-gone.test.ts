import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testBroker } from '../support/broker.js'
import { Running } from '../support/command-line.js'

// A batch as people run it, over a RabbitMQ; an agent is killed and never comes back.

const broker = testBroker()
const CLUSTER = 'lost'

test('a batch runs elsewhere what was lost with an agent that is gone for good', { timeout: 110_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-lost-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const environment = { WARREN_BROKER: broker.url }
  const node = (...args: string[]) => new Running(t, [...args, '--cluster', CLUSTER, '--log-format', 'json'],
    { environment })
  const master = node('master', '--name', 'm1', '--port', '0', '--agent-timeout', '5s')
  await master.saying(/"msg":"leading"/)
  const agents = await Promise.all(['a1', 'a2'].map(async (name) => {
    const agent = node('agent', '--name', name, '--hostname', name, '--work-dir', join(directory, name),
      '--resources', 'cpus:1;mem:256;disk:10')
    await agent.saying(/registered as/)
    return agent
  }))
  // The task says where it runs by its directory, and waits for a file, so that what outlives its agent ends, too.
  const line = `pwd >> ${directory}/begun; while [ ! -e ${directory}/go ]; do sleep 0.1; done`
  writeFileSync(join(directory, 'inputs'), 'one\n')
  const batch = new Running(t, ['batch', '--cluster', CLUSTER, '--cpus', '1', '--input', join(directory, 'inputs'),
    '--', 'sh', '-c', line, 'x'], { environment })
  const [place] = await begun(directory, 1)
  const victim = agents[place?.includes('/a1/') ? 0 : 1]
  victim?.signal('SIGKILL')
  const places = await begun(directory, 2)
  assert.notEqual(places[1]?.includes('/a1/'), place?.includes('/a1/'), 'it runs on the other agent')
  writeFileSync(join(directory, 'go'), '')
  const { code, stderr } = await batch.ended
  assert.equal(code, 0, stderr)
})

/** The lines of the file in which tasks write where they run, once there are so many. */
async function begun(directory: string, count: number): Promise<readonly string[]> {
  const lines = () => {
    try {
      // The shell makes the file before it writes into it.
      return readFileSync(join(directory, 'begun'), 'utf8').split('\n').filter((line) => line !== '')
    } catch {
      return []
    }
  }
  await new Promise<void>((resolve) => {
    const watcher = watch(directory, () => look())
    const look = () => {
      if (lines().length < count) return
      watcher.close()
      resolve()
    }
    look()
  })
  return lines()
}
