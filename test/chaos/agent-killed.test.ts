import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryDirectory } from '../infra/agent/temporary.js'
import { testBroker } from '../support/broker.js'
import { Running, warren } from '../support/command-line.js'
import { outlasting } from '../support/outlasting.js'

// A master, an agent and a framework as people start them, over a RabbitMQ; the agent is killed without a word.

const broker = testBroker()
const PRETTY = ['--log-format', 'pretty']

async function mastered(t: TestContext, cluster: string) {
  const environment = { WARREN_BROKER: broker.url, WARREN_CLUSTER: cluster }
  const master = new Running(t, ['master', '--port', '0', ...PRETTY], { environment })
  const [, http = ''] = await master.saying(/(http:\/\/127\.0\.0\.1:\d+)/)
  return { environment, http }
}

test('tasks outlive their agent, in a custom executor and as commands, and nothing runs twice', {
  timeout: 110_000,
}, async (t) => {
  const directory = temporaryDirectory(t)
  const { environment, http } = await mastered(t, 'agent-killed')
  const workDir = join(directory, 'w')
  const args = ['agent', '--name', 'a1', '--work-dir', workDir, '--resources', 'cpus:4;mem:1024', ...PRETTY]
  const agent = new Running(t, args, { environment })
  const [, id] = await agent.saying(/registered as (\S+)/)
  const tasks = outlasting(directory, ['t', 'u', 'command'], ['v'])
  const run = new Running(t, ['framework', 'run', tasks.framework], { environment })
  for (const task of ['t', 'u', 'command']) await run.saying(new RegExp(`${task} RUNNING`))
  agent.signal('SIGKILL')
  await agent.ended
  // What happens while it is away is told when it is back.
  tasks.open('t')
  const again = new Running(t, args, { environment })
  const began = performance.now()
  assert.equal((await again.saying(/registered as (\S+)/))[1], id)
  await run.saying(/t FINISHED/)
  assert.ok(performance.now() - began < 10_000, 'at once')
  await run.saying(/v RUNNING/)
  for (const task of ['u', 'v', 'command']) tasks.open(task)
  for (const task of ['u', 'v', 'command']) await run.saying(new RegExp(`${task} FINISHED`))
  assert.equal((await run.ended).code, 0)
  assert.doesNotMatch(run.printed, /GONE|FAILED|LOST/)
  const logs = await warren(t, ['task', 'logs', 'command', '--master', http])
  assert.equal(logs.stdout, 'up\ndown\n', 'its output is whole')
  const begun = tasks.begun().map((line) => line.split(' '))
  assert.deepEqual(begun.map(([task]) => task).sort(), ['command', 't', 'u', 'v'])
  const processes = begun.flatMap(([task, pid]) => task === 'command' ? [] : [pid])
  assert.equal(new Set(processes).size, 1, 'one executor ran them all')
})
