import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { commandLine } from '../../../infra/process-table.js'
import { testBroker } from '../../support/broker.js'
import { devCluster, Running, warren } from '../../support/command-line.js'
import { pipeTo, temporaryDirectory } from '../agent/temporary.js'

const broker = testBroker()
let clusters = 0

/** What `warren dev --json` says of it. */
interface Ready {
  readonly processes: readonly { readonly title: string; readonly pid: number }[]
  readonly agents: readonly { readonly name: string; readonly id: string }[]
}

/** A cluster of processes, each named so that tests do not meet on the broker. */
async function opened(t: TestContext, ...more: readonly string[]) {
  const directory = temporaryDirectory(t)
  const cluster = `c${++clusters}`
  const { dev, http, find } = await devCluster(
    t, join(directory, 'w'), '--broker', broker.url, '--cluster', cluster, '--json', ...more)
  const [line] = await dev.saying(/^.*"event":"ready".*$/m)
  return { directory, cluster, dev, http, find, ...JSON.parse(line) as Ready }
}

test('over a broker the master and each agent are processes, and none shows the password', async (t) => {
  const { cluster, dev, find, processes } = await opened(t)
  assert.deepEqual(processes.map(({ title }) => title), ['master m1', 'agent a1', 'agent a2'])
  const password = new URL(broker.url).password
  for (const { title, pid } of processes) {
    const line = commandLine(pid).join(' ')
    assert.ok(line.includes(title.split(' ', 1)[0] ?? ''), line)
    assert.ok(password !== '' && !line.includes(password), line)
  }
  const ran = await warren(t, ['run', ...find, '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])
  assert.deepEqual(ran, { code: 3, stdout: 'out\n', stderr: 'err\n' })
  const named = await warren(t, ['run', '--cluster', cluster, ...find, '--', 'echo', 'named'])
  assert.deepEqual(named, { code: 0, stdout: 'named\n', stderr: '' }, 'its name beside its place is no other cluster')
  const primes = ['actors/frameworks/example/primes.ts', '--', '200000', '3']
  const counted = await warren(t, ['framework', 'run', ...find, ...primes])
  assert.match(counted.stderr, /there are 17984 primes below 200000/)
  dev.signal('SIGTERM')
  const { code, stdout, stderr } = await dev.ended
  assert.equal(code, 0, stderr)
  assert.ok(!`${stdout}${stderr}`.includes(password), 'the password is never printed')
  assert.deepEqual(processes.filter(({ pid }) => commandLine(pid).length > 0), [])
})

test('an agent that is killed is reported, and the others go on', async (t) => {
  const { directory, dev, http, find, processes, agents } = await opened(t)
  const gate = join(directory, 'gate')
  execFileSync('mkfifo', [gate])
  const task = new Running(t, ['run', ...find, '--', 'sh', '-c', `echo up; exit $(cat ${gate})`])
  await task.saying(/up/)
  const { tasks } = await (await fetch(`${http}/v1/tasks`)).json() as { tasks: readonly { agent: string }[] }
  const idle = agents.find(({ id }) => id !== tasks[0]?.agent)
  const victim = processes.find(({ title }) => title === `agent ${idle?.name}`)
  assert.ok(victim)
  process.kill(victim.pid, 'SIGKILL')
  const [line] = await dev.saying(/^.*"event":"node-ended".*$/m)
  const { again, ...ended } = JSON.parse(line)
  const command = `agent --name ${idle?.name} `
  assert.ok(again.startsWith('WARREN_BROKER="$(node -p ') && again.includes(command), again)
  assert.deepEqual(ended, {
    schemaVersion: 1, event: 'node-ended', node: victim.title, pid: victim.pid, how: 'SIGKILL',
  })
  writeFileSync(gate, '4')
  assert.equal((await task.ended).code, 4)
  dev.signal('SIGINT')
  assert.equal((await dev.ended).code, 0)
})

test('of three masters the leader may be killed: commands find the next, and it can be started again', async (t) => {
  const { dev, find, processes, agents, ...ready } = await opened(t, '--masters', '3')
  const { masters } = ready as unknown as { readonly masters: readonly { readonly name: string; http: string }[] }
  assert.deepEqual(masters.map(({ name }) => name), ['m1', 'm2', 'm3'])
  const leader = processes.find(({ title }) => title === 'master m1')
  assert.ok(leader)
  process.kill(leader.pid, 'SIGKILL')
  const listed = await warren(t, ['agent', 'list', '--json', ...find])
  assert.equal(listed.code, 0, listed.stderr)
  assert.deepEqual(JSON.parse(listed.stdout).agents.map(({ id }: { id: string }) => id).sort(),
    agents.map(({ id }) => id).sort())
  const ran = await warren(t, ['run', ...find, '--', 'sh', '-c', 'echo still here'])
  assert.deepEqual(ran, { code: 0, stdout: 'still here\n', stderr: '' })
  const [line] = await dev.saying(/^.*"event":"node-ended".*$/m)
  const { again } = JSON.parse(line) as { readonly again: string }
  assert.ok(again.includes(`--port ${new URL(masters[0]?.http ?? '').port}`), line)
  const { findings } = JSON.parse((await warren(t, ['doctor', '--json', ...find])).stdout) as {
    readonly findings: readonly { readonly fix?: string }[]
  }
  assert.ok(findings.some(({ fix }) => fix === `start it again: ${again}`), JSON.stringify(findings))
  dev.signal('SIGTERM')
  assert.equal((await dev.ended).code, 0)
})

test('when warren dev is killed its nodes end their tasks and leave by themselves', async (t) => {
  const { directory, dev, http, find } = await opened(t)
  const socket = connect(Number(new URL(http).port), '127.0.0.1')
  await once(socket, 'connect')
  const pipe = pipeTo(directory, 'pipe')
  const task = new Running(t, ['run', ...find, '--', 'sh', '-c', `exec 3>${pipe.path}; echo up; sleep 1000`])
  await task.saying(/up/)
  dev.signal('SIGKILL')
  await Promise.all([pipe.closed, once(socket.resume(), 'close')])
})

test('nodes outlive their broker, and go on when it is back', async (t) => {
  const { dev, find } = await opened(t, '--log-level', 'info')
  await broker.kill()
  await dev.saying(/"node":"master-m1".*the connection to the other nodes is lost/)
  await broker.start()
  for (const node of ['master-m1', 'agent-a1', 'agent-a2']) {
    await dev.saying(new RegExp(`"node":"${node}".*connected again`))
  }
  const ran = await warren(t, ['run', ...find, '--timeout', '60s', '--', 'true'])
  assert.equal(ran.code, 0, ran.stderr)
})

test('a broker that cannot be reached is named without its password, and nothing is left', async (t) => {
  const workDir = temporaryDirectory(t)
  const began = performance.now()
  const url = 'amqp://user:secret@127.0.0.1:1'
  const ended = await warren(t, ['dev', '--work-dir', workDir, '--port', '0', '--broker', url])
  assert.match(ended.stderr, /^warren: cannot reach the broker: amqp:\/\/user@127\.0\.0\.1:1: .*--broker\n$/)
  assert.ok(!ended.stderr.includes('secret'))
  assert.equal(ended.code, 6)
  assert.ok(performance.now() - began < 6_000)
})
