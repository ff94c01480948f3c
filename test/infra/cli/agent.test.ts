import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { testBroker } from '../../support/broker.js'
import { openJournalPort } from '../../../infra/agent/journal-port.js'
import { Running, warren } from '../../support/command-line.js'
import { outlasting } from '../../support/outlasting.js'
import { pipeTo, temporaryDirectory } from '../agent/temporary.js'

const broker = testBroker()
const PRETTY = ['--port', '0', '--log-format', 'pretty']

/** A master of a cluster of this name, and the environment to join it. */
async function mastered(t: TestContext, cluster: string) {
  const environment = { WARREN_BROKER: broker.url, WARREN_CLUSTER: cluster }
  const master = new Running(t, ['master', '--port', '0', ...PRETTY], { environment })
  const [, http = ''] = await master.saying(/(http:\/\/127\.0\.0\.1:\d+)/)
  const agents = async () => (await (await fetch(`${http}/v1/agents`)).json() as { agents: unknown }).agents
  return { environment, master, agents }
}

test('an agent says as what it is registered, and is the same one after a restart', async (t) => {
  const { environment, master } = await mastered(t, 'same')
  const args = [
    'agent', '--work-dir', temporaryDirectory(t), ...PRETTY,
    '--resources', 'cpus:3;mem:512;disk:100;ports:[31000-31001]', '--attributes', 'rack:r1',
  ]
  const ids: (string | undefined)[] = []
  for (let life = 0; life < 2; life++) {
    const agent = new Running(t, args, { environment })
    const [, id] = await agent.saying(
      /registered as (\S+) with cluster same \(3 cpus, 512 MB mem, 100 MB disk, ports \[31000-31001\]\)/)
    ids.push(id)
    agent.signal('SIGTERM')
    assert.equal((await agent.ended).code, 0)
  }
  assert.equal(ids[0], ids[1])
  master.signal('SIGTERM')
  assert.equal((await master.ended).code, 0)
})

test('what is not named is probed', async (t) => {
  const { environment } = await mastered(t, 'probed')
  const args = ['agent', '--work-dir', temporaryDirectory(t), '--resources', 'cpus:1', ...PRETTY]
  const agent = new Running(t, args, { environment })
  await agent.saying(/\(1 cpu, \d+ MB mem, \d+ MB disk, ports \[31000-32000\]\)/)
})

test('SIGTERM ends an agent\'s tasks, and its master knows that it has left', async (t) => {
  const directory = temporaryDirectory(t)
  const { environment, agents } = await mastered(t, 'leaving')
  const agent = new Running(t, ['agent', '--work-dir', join(directory, 'w'), ...PRETTY], { environment })
  await agent.saying(/registered as/)
  const pipe = pipeTo(directory, 'pipe')
  const line = `exec 3>${pipe.path}; echo up; sleep 1000`
  const task = new Running(t, ['run', '--', 'sh', '-c', line], { environment })
  await task.saying(/up/)
  const began = performance.now()
  agent.signal('SIGTERM')
  assert.equal((await agent.ended).code, 0)
  assert.ok(performance.now() - began < 10_000)
  await pipe.closed
  assert.deepEqual(await agents(), [])
})

test('an agent does not go on with what another one remembers', async (t) => {
  const { environment } = await mastered(t, 'others')
  const args = ['agent', '--work-dir', temporaryDirectory(t), ...PRETTY]
  const first = new Running(t, [...args, '--name', 'a1'], { environment })
  await first.saying(/registered as/)
  first.signal('SIGTERM')
  await first.ended
  const { code, stderr } = await warren(t, [...args, '--name', 'a2'], { environment })
  assert.match(stderr, /^warren: work directory '.*' is that of the agent 'a1'; .*--name a1, .*--work-dir\n$/)
  assert.equal(code, 3)
})

test('a journal that cannot be read is refused in words', async (t) => {
  const directory = temporaryDirectory(t)
  writeFileSync(join(directory, 'journal'), 'something else, of somebody else')
  const { code, stderr } = await warren(t, ['agent', '--work-dir', directory, ...PRETTY], {
    environment: { WARREN_BROKER: broker.url },
  })
  assert.match(stderr, /^warren: '.*journal' is no journal of Warren's\n$/)
  assert.equal(code, 3)
})

test('two agents do not share a work directory', async (t) => {
  const directory = temporaryDirectory(t)
  const { environment } = await mastered(t, 'shared')
  const args = ['agent', '--work-dir', directory, ...PRETTY]
  await new Running(t, args, { environment }).saying(/registered as/)
  const second = await warren(t, args, { environment })
  assert.match(second.stderr, /^warren: work directory '.*' is in use by process \d+; .*--work-dir\n$/)
  assert.equal(second.code, 3)
})

test('after a boot the agent is the same one, its tasks are gone, and nothing is signalled', async (t) => {
  const directory = temporaryDirectory(t)
  const { environment } = await mastered(t, 'rebooted')
  const workDir = join(directory, 'w')
  const args = ['agent', '--name', 'a1', '--work-dir', workDir, '--resources', 'cpus:4', ...PRETTY]
  const agent = new Running(t, args, { environment })
  const [, id] = await agent.saying(/registered as (\S+)/)
  const tasks = outlasting(directory, ['t', 'command'], [])
  const run = new Running(t, ['framework', 'run', tasks.framework], { environment })
  for (const task of ['t', 'command']) await run.saying(new RegExp(`${task} RUNNING`))
  agent.signal('SIGKILL')
  await agent.ended
  const pids = tasks.begun().map((line) => Number(line.split(' ')[1]))
  t.after(() => { for (const pid of pids) process.kill(pid, 'SIGKILL') })
  await writtenBefore(workDir, 'the boot before')
  const again = new Running(t, args, { environment })
  assert.equal((await again.saying(/registered as (\S+)/))[1], id)
  for (const task of ['t', 'command']) await run.saying(new RegExp(`${task} GONE .*the machine was rebooted`))
  assert.equal((await run.ended).code, 0)
  for (const pid of pids) assert.ok(process.kill(pid, 0), 'whoever has its pid now is left alone')
})

test('an agent comes back with more than it had, and with less only if its tasks have room', async (t) => {
  const directory = temporaryDirectory(t)
  const { environment } = await mastered(t, 'resized')
  const start = (resources: string) => new Running(t, ['agent', '--name', 'a1', '--work-dir', join(directory, 'w'),
    '--resources', `${resources};mem:512;disk:10`, ...PRETTY], { environment })
  const first = start('cpus:4')
  const [, id] = await first.saying(/registered as (\S+)/)
  const tasks = outlasting(directory, ['t', 'command'], [])
  const run = new Running(t, ['framework', 'run', tasks.framework], { environment })
  for (const task of ['t', 'command']) await run.saying(new RegExp(`${task} RUNNING`))

  let last = first
  const again = async (resources: string, saying: RegExp) => {
    last.signal('SIGKILL')
    await last.ended
    last = start(resources)
    return last.saying(saying)
  }
  const [, larger] = await again('cpus:8', /registered as (\S+) .*\(8 cpus, /)
  await again('cpus:0.1', /comes back with cpus:0\.1;.* start it with --resources of at least that, .* drain it/s)
  const [, smaller] = await again('cpus:1', /registered as (\S+) .*\(1 cpu, /)
  assert.deepEqual([larger, smaller], [id, id])
  for (const task of ['t', 'command']) tasks.open(task)
  assert.equal((await run.ended).code, 0)
  assert.equal(tasks.begun().length, 2, 'nothing has begun twice')
})

/** Makes a journal one that was written in another boot of this machine. */
async function writtenBefore(workDir: string, bootId: string): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    void openJournalPort(join(workDir, 'journal'), () => resolve()).then(async (journal) => {
      const records = [{ type: 'life-begun', name: 'agent-a1', bootId }] as const
      journal.handle({ type: 'append', records, token: 1, replyTo: 'anybody' as never })
      await journal.close()
    })
  })
  await answered
}

test('an agent does not start when the port that it was given is in use, and says what to do', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const port = String((server.address() as AddressInfo).port)
  const args = ['agent', '--work-dir', temporaryDirectory(t), '--port', port, '--log-format', 'pretty']
  const { code, stderr } = await warren(t, args, { environment: { WARREN_BROKER: broker.url } })
  assert.equal(code, 3)
  assert.equal(stderr, `warren: port ${port} of 127.0.0.1 is in use; choose another with --port (0 takes a free one)\n`)
})
