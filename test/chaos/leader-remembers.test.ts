import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryDirectory } from '../infra/agent/temporary.js'
import { testBroker } from '../support/broker.js'
import { Running, warren } from '../support/command-line.js'
import { service } from '../support/service.js'

// A cluster in every state that an operator can bring it into, over a RabbitMQ; its leader is killed, and then all
// masters are, so that the last one knows nothing but what the log says.

const broker = testBroker()
const started = (t: TestContext, ...args: string[]) =>
  new Running(t, args, { environment: { WARREN_BROKER: broker.url, WARREN_CLUSTER: 'remembered' } })
const node = (t: TestContext, ...args: string[]) => started(t, ...args, '--log-format', 'json')

/** What was decided and must not be forgotten; the rest of a view is of the moment. */
const REMEMBERED = {
  agents: ['id', 'name', 'state', 'resources', 'used', 'attributes', 'tasks', 'admittedAt', 'deadline', 'goneAt'],
  frameworks: ['id', 'name', 'state', 'roles', 'used', 'tasks'],
  tasks: ['id', 'framework', 'agent', 'launch', 'role', 'state', 'resources', 'command', 'launchedAt'],
} as const
type Noun = keyof typeof REMEMBERED
type View = Readonly<Record<string, unknown>>

interface Master {
  readonly process: Running
  readonly http: string
}

async function master(t: TestContext, name: string): Promise<Master> {
  const process = node(t, 'master', '--name', name, '--port', '0', '--agent-timeout', '5s')
  const [, http = ''] = await process.saying(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/)
  return { process, http }
}

async function killed(running: Running): Promise<void> {
  running.signal('SIGKILL')
  await running.ended
}

async function view({ http }: Master, noun: Noun): Promise<readonly View[]> {
  const answer = await fetch(`${http}/v1/${noun}${noun === 'agents' ? '?all=true' : ''}`)
  const { [noun]: rows = [] } = await answer.json() as Partial<Record<Noun, View[]>>
  const remembered = rows.map((row) => Object.fromEntries(REMEMBERED[noun].map((name) => [name, row[name]])))
  return remembered.sort((left, right) => String(left['id']).localeCompare(String(right['id'])))
}

const belief = async (of: Master) =>
  ({ agents: await view(of, 'agents'), frameworks: await view(of, 'frameworks'), tasks: await view(of, 'tasks') })

/** Asks until it is so; the test's own limit ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

test('agents, frameworks and tasks are with the next leader as they were, and with one that has only the log', {
  timeout: 110_000,
}, async (t) => {
  const directory = temporaryDirectory(t)
  const first = await master(t, 'm1')
  await first.process.saying(/"msg":"leading"/)
  const second = await master(t, 'm2')
  // Tasks outlive their agents, and end with the test's directory.
  const untilOver = `while [ -e ${directory} ]; do sleep 0.2; done`
  const agents: Running[] = []
  const agent = async (name: string): Promise<string> => {
    const running = node(t, 'agent', '--port', '0', '--name', name, '--work-dir', join(directory, name),
      '--resources', 'cpus:2;mem:512;disk:10', '--attributes', `rack:${name}`)
    agents.push(running)
    return (await running.saying(/registered as ([\w-]+)/))[1] ?? ''
  }
  const order = async (...args: string[]) => {
    const { code, stderr } = await warren(t, ['agent', ...args, '--master', first.http])
    assert.equal(code, 0, stderr)
  }

  // One agent after the other, so that what is run is run there.
  const drained = await agent('drained')
  const run = started(t, 'run', '--', 'sh', '-c',
    `trap "" TERM; echo begun; ${untilOver}`)
  await run.saying(/begun/)
  await order('drain', drained, '--grace', '10m', '--deadline', '1h')
  await agent('works')
  writeFileSync(join(directory, 'service.ts'), service(untilOver))
  const kept = node(t, 'framework', 'run', join(directory, 'service.ts'), '--keep', join(directory, 'service.id'))
  await kept.saying(/one is RUNNING/)
  await killed(kept)
  await order('deactivate', await agent('rests'))
  await order('gone', await agent('went'))
  await agent('is-away')
  await killed(agents[4] as Running)

  const states = JSON.stringify(['draining', 'active', 'deactivated', 'gone', 'unreachable'])
  await until(async () => JSON.stringify((await view(first, 'agents')).map(({ state }) => state)) === states)
  await until(async () => (await view(first, 'frameworks')).some(({ state }) => state === 'disconnected'))
  const before = await belief(first)
  assert.deepEqual(before.tasks.map(({ state }) => state).sort(), ['KILLING', 'RUNNING'])

  const isAsBefore = async (of: Master, epoch: number) => {
    await of.process.saying(/"msg":"leading"/)
    for (const each of agents.slice(0, 3)) await each.saying(new RegExp(`"epoch":${epoch},"msg":"registered`))
    // The scheduler of `run` comes back in its own time.
    await until(async () => (await view(of, 'frameworks')).some(({ state }) => state === 'active'))
    assert.deepEqual(await belief(of), before)
  }
  await killed(first.process)
  await isAsBefore(second, 2)
  await killed(second.process)
  await isAsBefore(await master(t, 'm3'), 3)
})
